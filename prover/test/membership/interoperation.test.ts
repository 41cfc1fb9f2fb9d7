// Our proofs and a stock Semaphore V4 client's: each side accepts the other's, and they look alike.
// docs/spec/membership.md §3, §5.
import { afterAll, describe, expect, test } from "@jest/globals";
import { Identity as StockIdentity } from "@semaphore-protocol/identity";
import { verifyProof } from "@semaphore-protocol/proof";
import {
  appendBatch,
  leanLeaves,
  leanRollOf,
  membershipDepth,
  proveSignIn,
  type SemaphoreProof,
  verifySignIn,
} from "../../src/index.ts";
import { randomHex } from "../../src/rehearsal.ts";
import {
  asStock,
  endStockThreads,
  frozen,
  makeMembers,
  proverOf,
  stockGroup,
  stockProof,
  verifier,
} from "./support.ts";

afterAll(endStockThreads);

const origin = "https://commune.example";

/** The numbers that a stock client would be given to make the proof of this sign-in. */
const purposeIn = ({ scope, message }: SemaphoreProof) => ({
  scope: BigInt(scope),
  message: BigInt(message),
});

describe.each([1, 2, 3, 5, 9])("on a roll of %i", (size) => {
  // The last member: where the roll is no power of two, the one with the shortest path.
  const members = makeMembers(size);
  const position = size - 1;
  const identity = members.identities[position]!;
  const own = frozen(members, members.roll);
  const group = stockGroup(leanLeaves(members.roll, ["member"]));
  const challenge = { origin, nonce: randomHex() };
  let ours: SemaphoreProof;

  test("the stock client accepts our proof", async () => {
    ours = await proveSignIn({ ...challenge, ...(await proverOf(identity, own)) });
    expect(ours.merkleTreeDepth).toBe(Math.max(1, group.depth));
    expect(ours.merkleTreeRoot).toBe(group.root.toString());
    expect(await verifyProof(asStock(ours))).toBe(true);
    const altered = { ...asStock(ours), message: (BigInt(ours.message) + 1n).toString() };
    expect(await verifyProof(altered)).toBe(false);
  });

  test("our verifier accepts the stock client's proof, which says the same", async () => {
    const theirs = await stockProof(identity, group, purposeIn(ours));
    const accepted = await verifySignIn({ ...challenge, rolls: [own.roll], proof: theirs, verifier });
    expect(accepted).toEqual({ nullifier: BigInt(ours.nullifier), roll: own.roll });
    const pathLength = group.generateMerkleProof(position).siblings.length;
    const { points, merkleTreeDepth, ...said } = theirs;
    expect(merkleTreeDepth).toBe(Math.max(1, pathLength));
    expect({ ...ours, points, merkleTreeDepth }).toEqual({ ...said, points, merkleTreeDepth });
    // Same fields, same forms: nothing but the numbers differs.
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
    expect(ours.points.map((point) => typeof point)).toEqual(points.map((point) => typeof point));
  });
});

describe("the depth of a proof", () => {
  test("is the same for every member of a roll, and the stock client's for all but the right edge", () => {
    for (let size = 1; size <= 33; size++) {
      const group = stockGroup(Array.from({ length: size }, (_, i) => BigInt(i + 1)));
      const stock = Array.from({ length: size }, (_, i) => group.generateMerkleProof(i).siblings.length || 1);
      const ours = membershipDepth({ members: size });
      expect([size, Math.max(...stock)]).toEqual([size, ours]);
      const edge = stock.findIndex((depth) => depth !== ours);
      // Everybody before the first short path looks as with the stock client.
      if (edge >= 0) expect(stock.slice(edge).every((depth) => depth < ours)).toBe(true);
    }
  });

  test("would, as the stock client picks it, name the last member of a roll of five", () => {
    const group = stockGroup([1n, 2n, 3n, 4n, 5n]);
    const depths = [0, 1, 2, 3, 4].map((i) => group.generateMerkleProof(i).siblings.length);
    expect(depths).toEqual([3, 3, 3, 3, 1]);
    expect(membershipDepth({ members: 5 })).toBe(3);
  });
});

test("a stock client rebuilds the group of a roll that people left, and proves on it", async () => {
  const members = makeMembers(["member", "guest", "member", "member", "member"]);
  const { state } = appendBatch(
    members.roll,
    [
      { kind: "leave", position: 2 },
      { kind: "tier", position: 1, tier: "member" },
      { kind: "tier", position: 0, tier: "guest" },
    ],
    members.registrar.secretKey,
  );
  const own = frozen(members, state);
  // What anybody reads in the log: who stands there now, in the order of positions.
  const standing = [1, 3, 4].map((position) => members.identities[position]!);
  const group = stockGroup([]);
  group.addMembers(standing.map(({ privateKey }) => new StockIdentity(privateKey).commitment));
  expect(group.root).toBe(own.roll.root);
  expect(leanRollOf(state, ["member"]).roll.members).toBe(3);
  const challenge = { origin, nonce: randomHex() };
  const mine = await proveSignIn({ ...challenge, ...(await proverOf(standing[0]!, own)) });
  const theirs = await stockProof(standing[1]!, group, purposeIn(mine));
  const { nullifier } = await verifySignIn({ ...challenge, rolls: [own.roll], proof: theirs, verifier });
  expect(nullifier).not.toBe(BigInt(mine.nullifier));
  // Nobody who left is a leaf, and neither is 0.
  const left = members.identities[2]!;
  expect(group.indexOf(left.commitment)).toBe(-1);
  expect(own.tree.layers[0]).not.toContain(0n);
});
