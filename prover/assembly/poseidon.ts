// Poseidon over the scalar field with x⁵, of up to five inputs: as in the paper, without its shortcuts for partial
// rounds. Grassi et al., USENIX Security 2021, §2.3, with the parameters of circomlib.
import * as F from "./field";

const B: usize = F.BYTES;
const FULL_ROUNDS: u32 = 8;
const STATE = memory.data(36 * 6);
const MIXED = memory.data(36 * 6);
const T = memory.data(36);

/**
 * The hash of each of n groups of t − 1 inputs.
 *
 * @param out - n × 32 bytes, little-endian, canonical; may be where the inputs are.
 * @param inputs - n × (t − 1) × 32 bytes, little-endian, below r.
 * @param t - elements of the state, 2 … 6.
 * @param constants - in Montgomery form: t for each round, then the matrix, row by row.
 */
export function poseidon(
  out: usize,
  n: u32,
  inputs: usize,
  t: u32,
  partialRounds: u32,
  constants: usize,
): void {
  let from = inputs;
  for (let i: u32 = 0; i < n; i++) {
    F.setZero(STATE);
    for (let j: u32 = 1; j < t; j++) {
      const at = STATE + <usize>j * B;
      F.fromBytes(at, from);
      F.toMontgomery(at, at);
      from += 32;
    }
    permute(t, partialRounds, constants);
    F.toBytes(out + 32 * <usize>i, STATE);
  }
}

function permute(t: u32, partialRounds: u32, constants: usize): void {
  const rounds = FULL_ROUNDS + partialRounds;
  const matrix = constants + <usize>(rounds * t) * B;
  let constant = constants;
  for (let round: u32 = 0; round < rounds; round++) {
    for (let i: u32 = 0; i < t; i++) {
      const at = STATE + <usize>i * B;
      F.add(at, at, constant);
      constant += B;
    }
    const isFull = round < FULL_ROUNDS / 2 || round >= FULL_ROUNDS / 2 + partialRounds;
    const powers = isFull ? t : 1;
    for (let i: u32 = 0; i < powers; i++) fifthPower(STATE + <usize>i * B);
    let entry = matrix;
    for (let i: u32 = 0; i < t; i++) {
      const sum = MIXED + <usize>i * B;
      F.mul(sum, STATE, entry);
      entry += B;
      for (let j: u32 = 1; j < t; j++) {
        F.mul(T, STATE + <usize>j * B, entry);
        F.add(sum, sum, T);
        entry += B;
      }
    }
    memory.copy(STATE, MIXED, <usize>t * B);
  }
}

function fifthPower(a: usize): void {
  F.sqr(T, a);
  F.sqr(T, T);
  F.mul(a, a, T);
}
