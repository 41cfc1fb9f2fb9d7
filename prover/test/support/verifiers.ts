// Verifiers that are none.
import type { ProofVerifier } from "../../src/index.ts";

/** One that answers as `verify` does, also for many. */
export function verifierOf(publicCount: number, verify: ProofVerifier["verify"]): ProofVerifier {
  return {
    publicCount,
    verify,
    async findInvalid(statements) {
      const invalid: number[] = [];
      for (const [i, { publicSignals, proof }] of statements.entries()) {
        if (!(await verify(publicSignals, proof))) invalid.push(i);
      }
      return invalid;
    },
  };
}
