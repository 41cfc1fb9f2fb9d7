// Poseidon's constants, computed instead of carried along: they are the output of a shift register, which no
// compression makes smaller. A test compares them with poseidon-lite's tables.
//
// Source: Grassi et al., Poseidon (USENIX Security 2021), appendix F, "Grain LFSR in self-shrinking mode", as in the
// reference script generate_parameters_grain.sage with the arguments 1 0 254 t 8 R_P r.

import { FIELD_ORDER } from "./field.ts";

const FIELD_BITS = 254;
/** Half of them before the partial rounds, half of them after. */
export const FULL_ROUNDS = 8;
/** Partial rounds for t = 2, 3, … 6. */
const PARTIAL_ROUNDS = [56, 57, 56, 60, 60];

/** C: a constant for every round and element of the state; M: the matrix that mixes them. */
export interface PoseidonConstants {
  readonly C: readonly bigint[];
  readonly M: readonly (readonly bigint[])[];
  readonly partialRounds: number;
}

/**
 * Constants of Poseidon over the scalar field of BN254 with x⁵.
 *
 * @param t - elements of the state, 2 … 6: one more than there are inputs.
 * @throws RangeError - another t.
 */
export function poseidonConstants(t: number): PoseidonConstants {
  const partialRounds = PARTIAL_ROUNDS[t - 2];
  if (partialRounds === undefined) throw new RangeError(`t: expected 2 … 6, got ${t}`);
  const next = grain(t, partialRounds);
  const C = Array.from({ length: (FULL_ROUNDS + partialRounds) * t }, () => {
    let value = next();
    while (value >= FIELD_ORDER) value = next();
    return value;
  });
  const xy = Array.from({ length: 2 * t }, () => next() % FIELD_ORDER);
  const M = xy.slice(0, t).map((x) => xy.slice(t).map((y) => inverse((x + y) % FIELD_ORDER)));
  return { C, M, partialRounds };
}

/** Numbers of 254 bits, one after the other. */
function grain(t: number, partialRounds: number): () => bigint {
  // The register's 80 bits, 16 to a word, the oldest first. Its nearest tap is 18 bits behind the end: 16 new
  // bits never depend on each other.
  let [a, b, c, d, e] = firstState(t, partialRounds);
  const word = (): number => {
    const at13 = (a << 13) | (b >> 3);
    const at23 = (b << 7) | (c >> 9);
    const at38 = (c << 6) | (d >> 10);
    const at51 = (d << 3) | (e >> 13);
    const at62 = (d << 14) | (e >> 2);
    const fresh = (a ^ at13 ^ at23 ^ at38 ^ at51 ^ at62) & 0xffff;
    [a, b, c, d, e] = [b, c, d, e, fresh];
    return fresh;
  };
  for (let i = 0; i < 10; i++) word();
  let rest = 0;
  let left = 0;
  // Of two bits the second counts where the first is 1.
  const bit = (): number => {
    for (;;) {
      if (left === 0) {
        rest = word();
        left = 16;
      }
      left -= 2;
      const pair = (rest >> left) & 3;
      if (pair >= 2) return pair & 1;
    }
  };
  return () => {
    let value = 0n;
    // 31 bits at a time: a BigInt for every bit takes far longer.
    for (let done = 0; done < FIELD_BITS; ) {
      const length = Math.min(31, FIELD_BITS - done);
      let part = 0;
      for (let i = 0; i < length; i++) part = (part << 1) | bit();
      value = (value << BigInt(length)) | BigInt(part);
      done += length;
    }
    return value;
  };
}

/** What the register begins with: field (1), S-box (0), bits, t, full and partial rounds, and thirty ones. */
function firstState(t: number, partialRounds: number): [number, number, number, number, number] {
  const parts: readonly (readonly [value: number, bits: number])[] = [
    [1, 2],
    [0, 4],
    [FIELD_BITS, 12],
    [t, 12],
    [FULL_ROUNDS, 10],
    [partialRounds, 10],
  ];
  const bits = parts.map(([value, length]) => value.toString(2).padStart(length, "0")).join("");
  const all = bits + "1".repeat(30);
  const at = (i: number): number => Number.parseInt(all.slice(16 * i, 16 * i + 16), 2);
  return [at(0), at(1), at(2), at(3), at(4)];
}

/** Inverse modulo the field's order of a number that is not 0, by Euclid. */
export function inverse(value: bigint): bigint {
  let [r0, r1, s0, s1] = [FIELD_ORDER, value, 0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - q * r1, s1, s0 - q * s1];
  }
  return s0 < 0n ? s0 + FIELD_ORDER : s0;
}
