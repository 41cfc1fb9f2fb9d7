// Roots of unity of BN254's scalar field.
import { FIELD_ORDER } from "../formats/field.ts";

/** r − 1 = 2^TWO_ADICITY · ODD. */
const TWO_ADICITY = 28n;
const ODD = (FIELD_ORDER - 1n) >> TWO_ADICITY;
/** The least number that is no square, as snarkjs takes it: setup and prover have to agree on the roots. */
const NON_RESIDUE = 5n;

/**
 * A primitive root of unity of order 2^power.
 *
 * @throws RangeError - there is none: power is not in 0 … 28.
 */
export function rootOfUnity(power: number): bigint {
  if (!Number.isInteger(power) || power < 0 || power > TWO_ADICITY) throw new RangeError("power of a root");
  return powerOf(NON_RESIDUE, ODD << (TWO_ADICITY - BigInt(power)));
}

/** a⁻¹ mod r; 0 for 0. */
export function inverseModR(a: bigint): bigint {
  return powerOf(a, FIELD_ORDER - 2n);
}

function powerOf(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % FIELD_ORDER;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % FIELD_ORDER;
    square = (square * square) % FIELD_ORDER;
  }
  return result;
}
