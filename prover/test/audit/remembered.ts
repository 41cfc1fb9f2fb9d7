// The pairing of proofs, asked once for each statement and proof: hundreds of audits of one board differ in one
// item each, and whatever differs is verified anew. To be called before anything is imported that verifies.
import { jest } from "@jest/globals";
import type { ProofVerifier } from "../../src/groth16/verify.ts";
import { verifierOf } from "../support/verifiers.ts";

/** From now on a verdict that was given is remembered, with the key that it was given under. */
export async function rememberVerdicts(): Promise<void> {
  const verify = await import("../../src/groth16/verify.ts");
  const verifiers = new Map<string, Promise<ProofVerifier>>();
  const verdicts = new Map<string, boolean>();
  jest.unstable_mockModule("../../src/groth16/verify.ts", () => ({
    async createVerifier(key: Parameters<typeof verify.createVerifier>[0]): Promise<ProofVerifier> {
      const { alpha, beta, gamma, delta, ic } = key;
      const id = [alpha, beta, gamma, delta, ic].join();
      const known = verifiers.get(id) ?? verify.createVerifier(key);
      verifiers.set(id, known);
      const verifier = await known;
      return verifierOf(verifier.publicCount, async (publicSignals, proof) => {
        const question = [id, ...publicSignals, proof.a, proof.b, proof.c].join();
        const verdict = verdicts.get(question) ?? (await verifier.verify(publicSignals, proof));
        verdicts.set(question, verdict);
        return verdict;
      });
    },
  }));
}
