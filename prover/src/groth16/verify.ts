// Groth16 verification over BN254. Groth 2016 §3.2 (the equation of Verify).
import { FIELD_ORDER } from "../formats/field.ts";
import type { Groth16Proof } from "../formats/groth16-proof.ts";
import { putG1, putG2, putScalars } from "../formats/kernel-points.ts";
import type { VerificationKey } from "../formats/verification-key.ts";
import { compileKernels } from "../wasm/code.ts";
import { Workspace } from "../wasm/kernels.ts";
import { type ProofPoints, preparePairingCheck } from "./pairing-check.ts";
import { Turns } from "./turns.ts";

/** A statement by its public signals, and a proof of it whose points `parseProof` or `proofFromBytes` has checked. */
export interface ProvenStatement {
  readonly publicSignals: readonly bigint[];
  readonly proof: Groth16Proof;
}

/** Verifies proofs under one verification key. */
export interface ProofVerifier {
  /** How many public signals there are. */
  readonly publicCount: number;
  /**
   * Whether the proof is one for these public signals. Its points have been checked by `parseProof` or
   * `proofFromBytes`.
   *
   * @throws RangeError - not exactly `publicCount` signals, or one not below r.
   */
  verify(publicSignals: readonly bigint[], proof: Groth16Proof): Promise<boolean>;
  /**
   * Which proofs are none for their statements: their indices, ascending. Many are checked at once by a random
   * combination of their equations (Bellare, Garay and Rabin, EUROCRYPT 1998, small exponents); where that does not
   * hold, each half by itself, down to single proofs. A bad proof passes with probability 2⁻¹²⁸ at most. The thread is
   * left to others between combinations.
   *
   * @param options - `signal` is looked at between combinations.
   * @throws RangeError - as `verify`, before anything is computed.
   * @throws unknown - the reason with which the signal fired.
   */
  findInvalid(
    statements: readonly ProvenStatement[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<number[]>;
}

/** Most proofs in a combination: more save little, and take memory. */
const BATCH = 64;

/** A verifier in the calling thread. `verificationKey` is from `parseVerificationKey`. */
export async function createVerifier(verificationKey: VerificationKey): Promise<ProofVerifier> {
  const { publicCount, alpha, beta, gamma, delta, ic } = verificationKey;
  const workspace = await Workspace.start(await compileKernels());
  const check = preparePairingCheck(workspace, {
    publicCount,
    alpha: putG1(workspace, alpha),
    beta: putG2(workspace, beta),
    gamma: putG2(workspace, gamma),
    delta: putG2(workspace, delta),
    ic: putG1(workspace, ...ic),
  });
  const checkSignals = (publicSignals: readonly bigint[]): void => {
    if (publicSignals.length !== publicCount) {
      throw new RangeError(`expected ${publicCount} public signals, received ${publicSignals.length}`);
    }
    if (publicSignals.some((value) => value < 0n || value >= FIELD_ORDER)) {
      throw new RangeError("public signal out of range");
    }
  };
  /** What `work` makes of statements in memory. */
  const placed = (
    statements: readonly ProvenStatement[],
    work: (points: ProofPoints[]) => boolean,
  ): boolean => {
    return workspace.within(() =>
      work(
        statements.map(({ publicSignals, proof }) => ({
          scalars: putScalars(workspace, publicSignals),
          a: putG1(workspace, proof.a),
          b: putG2(workspace, proof.b),
          c: putG1(workspace, proof.c),
        })),
      ),
    );
  };
  return {
    publicCount,
    async verify(publicSignals, proof) {
      checkSignals(publicSignals);
      return placed([{ publicSignals, proof }], ([points]) => check.one(points!));
    },
    async findInvalid(statements, { signal } = {}) {
      for (const { publicSignals } of statements) checkSignals(publicSignals);
      const turns = new Turns(signal);
      /** Of statements from … to − 1. */
      const find = async (from: number, to: number): Promise<number[]> => {
        await turns.between();
        const part = statements.slice(from, to);
        const areGood = placed(part, (points) =>
          points.length === 1 ? check.one(points[0]!) : check.all(points),
        );
        if (areGood) return [];
        if (part.length === 1) return [from];
        const middle = from + Math.ceil(part.length / 2);
        return [...(await find(from, middle)), ...(await find(middle, to))];
      };
      const invalid: number[] = [];
      for (let from = 0; from < statements.length; from += BATCH) {
        invalid.push(...(await find(from, Math.min(from + BATCH, statements.length))));
      }
      return invalid;
    },
  };
}
