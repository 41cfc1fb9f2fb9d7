// Draws that a seed decides, for statements that can be had again. Nothing here is secret; what blinds a proof is not
// drawn here.
import { createHash } from "node:crypto";
import { L, R } from "@commune-zk/circuits/soundness";

/** The draws of one case. */
export interface Draws {
  /** Uniform in [0, bound), up to a bias of bound / 2²⁵⁶. */
  below(bound: number): number;
  /** A field element, with the same bias for r. */
  field(): bigint;
  /** A scalar in [1, l − 1], as a field element. */
  scalar(): bigint;
}

/** SHA-256 of the case's name and a counter, 32 bytes a draw. */
export function drawsOf(name: string): Draws {
  let counter = 0;
  const draw = (): bigint =>
    BigInt(`0x${createHash("sha256").update(`commune-zk.proofs/${name}/${counter++}`).digest("hex")}`);
  return {
    below: (bound) => Number(draw() % BigInt(bound)),
    field: () => draw() % R,
    scalar: () => (draw() % (L - 1n)) + 1n,
  };
}
