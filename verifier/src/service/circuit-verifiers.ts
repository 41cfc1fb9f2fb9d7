// Verifiers of a key set's circuits, made when they are first needed.
import {
  type ArtifactSource,
  createVerifier,
  type KeyedCircuitName,
  type LoadedManifest,
  type ProofVerifier,
  verificationKeyOf,
} from "@commune-zk/prover";

/** A key set with its files. */
export interface KeySet {
  readonly manifest: LoadedManifest;
  readonly artifacts: ArtifactSource;
}

/** Makes the verifier of a circuit, once. @throws Error - its key cannot be used: a fault of the service's own. */
export function circuitVerifiers({
  manifest,
  artifacts,
}: KeySet): (circuit: KeyedCircuitName) => Promise<ProofVerifier> {
  const verifiers = new Map<string, Promise<ProofVerifier>>();
  return (circuit) => {
    const known = verifiers.get(circuit);
    if (known !== undefined) return known;
    const made = verificationKeyOf(artifacts, manifest.manifest, circuit)
      .then(createVerifier)
      .catch((cause: unknown) => {
        // A damaged file of our own is no fault of the proof, so not an InputError.
        throw new Error(`the verification key of ${circuit} cannot be used`, { cause });
      });
    verifiers.set(circuit, made);
    made.catch(() => verifiers.delete(circuit));
    return made;
  };
}
