// The parts of @zk-kit/incremental-merkle-tree 1.1 that tests call as an oracle. It ships types, which its
// `exports` hides from the bundler resolution.
declare module "@zk-kit/incremental-merkle-tree" {
  export class IncrementalMerkleTree {
    constructor(
      hash: (nodes: bigint[]) => bigint,
      depth: number,
      zero: bigint,
      arity: number,
      leaves: readonly bigint[],
    );
    readonly root: bigint;
    createProof(index: number): { readonly siblings: readonly (readonly bigint[])[] };
  }
}
