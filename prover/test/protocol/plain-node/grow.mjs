// The tree of a roll by two threads of Node, against the one made at once.
import { growRollTree, rollTree } from "@commune-zk/prover";
import { nodeThreads } from "@commune-zk/prover/node";

const leaves = Array.from({ length: 12_000 }, (_, i) => BigInt(i * i));
const { count, start } = nodeThreads(2);
let started = 0;
const counted = () => {
  started++;
  return start();
};
const { root } = await growRollTree(leaves, 20, { threads: { count, start: counted } });
console.log(`same: ${root === rollTree(leaves, 20).root}`);
console.log(`threads: ${started}`);
