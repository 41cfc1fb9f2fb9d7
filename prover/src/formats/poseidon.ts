// Poseidon over BN254's scalar field, as circomlib has it: by the kernels, or, where a browser compiles none at once,
// by its definition, which takes longer. Grassi et al., USENIX Security 2021.

import { kernelsNow } from "../wasm/kernels-now.ts";
import { hashGroups } from "./poseidon-kernels.ts";
import { poseidonPlain } from "./poseidon-plain.ts";

const MOST_INPUTS = 5;

/** Pairs that are hashed before memory is used again. */
const TOGETHER = 4096;

/**
 * The hash of 1 … 5 field elements below r. What is in them may be secret: memory is overwritten.
 *
 * @throws RangeError - another count.
 */
export function poseidon(inputs: readonly bigint[]): bigint {
  const { length } = inputs;
  if (length < 1 || length > MOST_INPUTS) {
    throw new RangeError(`expected 1 … ${MOST_INPUTS} inputs, got ${length}`);
  }
  const workspace = kernelsNow();
  if (workspace === undefined) return poseidonPlain(inputs);
  const hash = hashGroups(workspace, inputs, length);
  workspace.wipe();
  return hash[0]!;
}

/**
 * The hashes of neighbours, two and two: half as many as there are field elements below r, which are public.
 *
 * @throws RangeError - an odd count.
 */
export function poseidonOfPairs(nodes: readonly bigint[]): bigint[] {
  if (nodes.length % 2 !== 0) throw new RangeError("expected pairs");
  const workspace = kernelsNow();
  const hashes: bigint[] = [];
  for (let from = 0; from < nodes.length; from += 2 * TOGETHER) {
    const part = nodes.slice(from, from + 2 * TOGETHER);
    if (workspace !== undefined) hashes.push(...hashGroups(workspace, part, 2));
    else for (let i = 0; i < part.length; i += 2) hashes.push(poseidonPlain([part[i]!, part[i + 1]!]));
  }
  return hashes;
}
