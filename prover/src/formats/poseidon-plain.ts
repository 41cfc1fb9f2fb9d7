// Poseidon as its definition has it, in big integers: what the kernels are compared with, and what hashes where a
// browser compiles none at once. Grassi et al., Poseidon (USENIX Security 2021), §2.3, with x⁵ and full rounds before
// and after the partial ones; inputs behind a zero, as circomlib has them.
import { FIELD_ORDER } from "./field.ts";
import { FULL_ROUNDS, type PoseidonConstants, poseidonConstants } from "./poseidon-constants.ts";

/** By the size of the state. */
const constants = new Map<number, PoseidonConstants>();

/**
 * The hash of 1 … 5 field elements below r.
 *
 * @throws RangeError - another count.
 */
export function poseidonPlain(inputs: readonly bigint[]): bigint {
  const t = inputs.length + 1;
  const { C, M, partialRounds } = constants.get(t) ?? poseidonConstants(t);
  constants.set(t, { C, M, partialRounds });
  const firstHalf = FULL_ROUNDS / 2;
  let state = [0n, ...inputs];
  for (let round = 0; round < FULL_ROUNDS + partialRounds; round++) {
    const isFull = round < firstHalf || round >= firstHalf + partialRounds;
    const boxed = state.map((value, i) => {
      const sum = value + C[round * t + i]!;
      return isFull || i === 0 ? sum ** 5n % FIELD_ORDER : sum;
    });
    state = M.map((row) => row.reduce((sum, factor, i) => sum + factor * boxed[i]!, 0n) % FIELD_ORDER);
  }
  return state[0]!;
}
