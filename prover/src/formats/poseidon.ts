// Poseidon over BN254's scalar field, as circomlib has it: by the kernels, or, where a browser compiles none at once,
// by poseidon-lite, which takes longer. Grassi et al., USENIX Security 2021.

import { poseidon1 } from "poseidon-lite/poseidon1";
import { poseidon2 } from "poseidon-lite/poseidon2";
import { poseidon3 } from "poseidon-lite/poseidon3";
import { poseidon4 } from "poseidon-lite/poseidon4";
import { poseidon5 } from "poseidon-lite/poseidon5";
import { kernelsNow } from "../wasm/kernels-now.ts";
import { hashGroups } from "./poseidon-kernels.ts";

const LITE = [poseidon1, poseidon2, poseidon3, poseidon4, poseidon5];

/** Pairs that are hashed before memory is used again. */
const TOGETHER = 4096;

/**
 * The hash of 1 … 5 field elements below r. What is in them may be secret: memory is overwritten.
 *
 * @throws RangeError - another count.
 */
export function poseidon(inputs: readonly bigint[]): bigint {
  const lite = LITE[inputs.length - 1];
  if (lite === undefined) throw new RangeError(`expected 1 … ${LITE.length} inputs, got ${inputs.length}`);
  const workspace = kernelsNow();
  if (workspace === undefined) return lite([...inputs]);
  const hash = hashGroups(workspace, inputs, inputs.length);
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
    else for (let i = 0; i < part.length; i += 2) hashes.push(poseidon2([part[i]!, part[i + 1]!]));
  }
  return hashes;
}
