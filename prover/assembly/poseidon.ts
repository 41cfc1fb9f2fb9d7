// Poseidon over the scalar field with x⁵, of up to five inputs. Grassi et al., USENIX Security 2021, §2.3, with the
// parameters of circomlib. Partial rounds in the coordinates of prover/src/formats/poseidon-schedule.ts, where most of
// the matrix is a shift.
import * as F from "./field";

const B: usize = F.BYTES;
const HALF: u32 = 4;
const STATE = memory.data(36 * 6);
const MIXED = memory.data(36 * 6);
const T = memory.data(36);

/**
 * The hash of each of n groups of t − 1 inputs.
 *
 * @param out - n × 32 bytes, little-endian, canonical; may be where the inputs are.
 * @param inputs - n × (t − 1) × 32 bytes, little-endian, below r.
 * @param t - elements of the state, 2 … 6.
 * @param schedule - numbers in Montgomery form, in the order of poseidon-schedule.ts.
 */
export function poseidon(
  out: usize,
  n: u32,
  inputs: usize,
  t: u32,
  partialRounds: u32,
  schedule: usize,
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
    permute(t, partialRounds, schedule);
    F.toBytes(out + 32 * <usize>i, STATE);
  }
}

function permute(t: u32, partialRounds: u32, schedule: usize): void {
  const row = <usize>t * B;
  const square = <usize>t * row;
  const matrix = schedule;
  const into = matrix + square;
  const back = into + square;
  const partial = back + square;
  let constant = partial + 2 * row - B;
  for (let round: u32 = 0; round < HALF; round++) {
    fullRound(t, constant, round === HALF - 1 ? into : matrix);
    constant += row;
  }
  for (let round: u32 = 1; round < partialRounds; round++) {
    partialRound(t, constant, partial);
    constant += B;
  }
  F.add(STATE, STATE, constant);
  constant += B;
  fifthPower(STATE);
  mix(t, back);
  for (let round: u32 = 0; round < HALF; round++) {
    fullRound(t, constant, matrix);
    constant += row;
  }
}

function fullRound(t: u32, constants: usize, matrix: usize): void {
  for (let i: u32 = 0; i < t; i++) {
    const at = STATE + <usize>i * B;
    F.add(at, at, constants + <usize>i * B);
    fifthPower(at);
  }
  mix(t, matrix);
}

/** The state times a matrix. */
function mix(t: u32, matrix: usize): void {
  for (let i: u32 = 0; i < t; i++) {
    product(MIXED + <usize>i * B, STATE, matrix + <usize>(i * t) * B, t);
  }
  memory.copy(STATE, MIXED, <usize>t * B);
}

/** s' = first row · (s⁵, z); zᵢ' = zᵢ₊₁, and the last one is s⁵ + second row · z. */
function partialRound(t: u32, constant: usize, rows: usize): void {
  const others = t - 1;
  F.add(STATE, STATE, constant);
  fifthPower(STATE);
  product(MIXED, STATE, rows, t);
  product(T, STATE + B, rows + <usize>t * B, others);
  F.add(T, T, STATE);
  F.copy(STATE, MIXED);
  for (let i: u32 = 1; i < others; i++) F.copy(STATE + <usize>i * B, STATE + <usize>(i + 1) * B);
  F.copy(STATE + <usize>others * B, T);
}

const REST = memory.data(36);

/** out = Σ aᵢ·bᵢ over n pairs, 1 … 6; out is none of them. */
function product(out: usize, a: usize, b: usize, n: u32): void {
  if (n === 1) F.mul(out, a, b);
  else if (n === 2) F.product2(out, a, b);
  else {
    F.product3(out, a, b);
    if (n > 3) {
      product(REST, a + 3 * B, b + 3 * B, n - 3);
      F.add(out, out, REST);
    }
  }
}

function fifthPower(a: usize): void {
  F.sqr(T, a);
  F.sqr(T, T);
  F.mul(a, a, T);
}
