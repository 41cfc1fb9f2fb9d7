// The stock Semaphore client behind our interface of an engine: as its users have it, with as many threads as the
// machine has cores.
import { type CircuitInput, type Engine, fromHex, parseProof } from "@commune-zk/prover";
import { Identity } from "@semaphore-protocol/identity";
import { generateProof, type SemaphoreProof } from "@semaphore-protocol/proof";
import type { MembershipStatement } from "./engines.ts";

type MerkleProof = Exclude<Parameters<typeof generateProof>[1], { readonly indexOf: unknown }>;
type Files = NonNullable<Parameters<typeof generateProof>[5]>;

/**
 * Proves one statement; of the inputs that it is handed it takes the hashes of scope and message alone, to say what
 * was proven: it makes the circuit's inputs itself.
 */
export function stockSemaphoreEngine(statement: MembershipStatement): Engine {
  const identity = new Identity(fromHex(statement.privateKey, 32, "privateKey"));
  const scope = BigInt(statement.scope);
  const message = BigInt(statement.message);
  return {
    async prove({ artifacts: { wasm, provingKey }, inputs }) {
      const path: MerkleProof = {
        root: BigInt(statement.root),
        leaf: identity.commitment,
        index: statement.index,
        // The client fills the list up.
        siblings: statement.siblings.map(BigInt),
      };
      // It hands them on to snarkjs, which takes bytes as well as the paths and addresses of its types.
      const files = { wasm, zkey: provingKey } as unknown as Files;
      const depth = statement.siblings.length;
      const made = await generateProof(identity, path, message, scope, depth, files);
      if (made.scope !== statement.scope || made.message !== statement.message) {
        throw new Error("the stock client proved another scope or message");
      }
      return {
        proof: proofOf(made),
        publicSignals: [
          BigInt(made.merkleTreeRoot),
          BigInt(made.nullifier),
          single(inputs.message),
          single(inputs.scope),
        ],
      };
    },
    async dispose() {
      const { curve_bn128: curve } = globalThis as { curve_bn128?: { terminate(): Promise<void> } };
      await curve?.terminate();
    },
  };
}

function proofOf({ points: [ax, ay, bx1, bx0, by1, by0, cx, cy] }: SemaphoreProof) {
  return parseProof({
    a: [ax, ay],
    b: [
      [bx0, bx1],
      [by0, by1],
    ],
    c: [cx, cy],
  });
}

function single(input: CircuitInput | undefined): bigint {
  if (typeof input !== "bigint") throw new TypeError("the inputs are not those of a membership statement");
  return input;
}
