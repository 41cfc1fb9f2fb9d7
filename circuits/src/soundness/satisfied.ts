// The plain meaning of a constraint system.
import type { LinearCombination, R1cs } from "../r1cs.ts";
import { R } from "./oracle.ts";

/** Positions of the constraints that the witness violates. */
export function violated({ system }: R1cs, witness: readonly bigint[]): number[] {
  const value = (combination: LinearCombination): bigint => {
    let sum = 0n;
    for (const [wire, coefficient] of combination) sum += coefficient * witness[wire]!;
    return sum % R;
  };
  const broken: number[] = [];
  for (const [i, { a, b, c }] of system.entries()) {
    if ((value(a) * value(b) - value(c)) % R !== 0n) broken.push(i);
  }
  return broken;
}

/** Whether the witness satisfies every constraint. */
export function isSatisfied(r1cs: R1cs, witness: readonly bigint[]): boolean {
  return violated(r1cs, witness).length === 0;
}
