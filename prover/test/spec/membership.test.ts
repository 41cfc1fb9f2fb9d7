// docs/spec/membership.md §10: tree, documents, scopes and a proof, computed again from the page's words and by
// the stock Semaphore client.
import { afterAll, expect, test } from "@jest/globals";
import { Group } from "@semaphore-protocol/group";
import { Identity } from "@semaphore-protocol/identity";
import { verifyProof } from "@semaphore-protocol/proof";
import { SEMAPHORE_MANIFEST_DIGEST } from "../../src/index.ts";
import type { SemaphoreProof } from "../../src/protocol/membership/index.ts";
import {
  auditPetition,
  validatePetition,
  validateSnapshot,
  verifyPetitionSignature,
} from "../../src/protocol/membership/index.ts";
import { asStock, endStockThreads, verifier } from "../membership/support.ts";
import { testExample } from "./support/checks.ts";
import {
  bytes,
  canonical,
  field,
  integer,
  oracle,
  publicKeyOf,
  S,
  signInRole,
  uint,
} from "./support/independent.ts";
import { membershipExample } from "./support/membership.ts";
import { readExample, readPage } from "./support/pages.ts";

interface Numbers extends Record<"scope" | "message", string> {}
interface MembershipExample
  extends Record<"root" | "snapshot" | "petition" | "petitionId" | "record", string> {
  readonly leaves: readonly string[];
  readonly paths: readonly { readonly index: number; readonly siblings: readonly string[] }[];
  readonly signature: Numbers & { readonly publicSignals: readonly string[] };
  readonly signIn: Numbers & Record<"origin" | "nonce", string>;
  readonly gate: Numbers & Record<"origin" | "nonce" | "gate" | "epoch", string>;
  readonly proof: SemaphoreProof;
}

const example = readExample("membership") as unknown as MembershipExample;
const { proof } = example;
const seed = bytes("01".repeat(32));
const anchor = { kind: "registrar", key: publicKeyOf(seed) } as const;
const text = (value: string): Buffer => Buffer.from(value);

afterAll(endStockThreads);

testExample("membership", () => membershipExample(proof));

test("the stock client's identities and group give leaves, root and paths", () => {
  // Positions 1 (rotated to key 4), 2 and 3 of roll.md §5.
  const keys = [4, 2, 3].map((i) => Buffer.from(Array.from({ length: 32 }, (_, k) => 32 * i + k)));
  const leaves = keys.map((key) => new Identity(key).commitment);
  expect(example.leaves).toEqual(leaves.map(String));
  const group = new Group(leaves);
  expect(example.root).toBe(group.root.toString());
  const paths = leaves.map((_, i) => group.generateMerkleProof(i));
  expect(example.paths).toEqual(
    paths.map(({ index, siblings }) => ({ index, siblings: siblings.map(String) })),
  );
  // circomlibjs hashes the page's rule: the third leaf stands alone below the root.
  const [a, b, c] = leaves as [bigint, bigint, bigint];
  expect(example.root).toBe(oracle.poseidon([oracle.poseidon([a, b]), c]).toString());
});

test("the page's words give the documents' form, signatures and id", () => {
  const roles = { snapshot: "roll-snapshot", petition: "petition" } as const;
  for (const kind of ["snapshot", "petition"] as const) {
    const { message } = JSON.parse(example[kind]) as { message: { roll: Record<string, unknown> } };
    const signature = signInRole(roles[kind], text(canonical(message)), seed);
    expect(canonical({ message, signature })).toBe(example[kind]);
    const { head, rollId } = readExample("roll");
    const { leaves, root } = example;
    expect(message.roll).toMatchObject({ id: rollId, head, members: leaves.length, leanRoot: root });
  }
  const { message } = JSON.parse(example.petition) as { message: unknown };
  expect(S("scope/petition", text(canonical(message))).toString("hex")).toBe(example.petitionId);
});

test("the page's words give scopes and messages", () => {
  const { signature, signIn, gate, petitionId } = example;
  const id = bytes(petitionId);
  expect(signature).toMatchObject(numbers(id, S("message/petition", id)));
  const challenge = [text(signIn.origin), bytes(signIn.nonce)];
  expect(signIn).toMatchObject(numbers(S("scope/sign-in", ...challenge), S("message/sign-in", ...challenge)));
  const where = [gate.origin, gate.gate, gate.epoch].map(text);
  const message = S("message/gate", ...where, bytes(gate.nonce));
  expect(gate).toMatchObject(numbers(S("scope/gate", ...where), message));
});

function numbers(scope: Buffer, message: Buffer): Numbers {
  return { scope: integer(scope).toString(), message: integer(message).toString() };
}

test("circomlibjs gives the nullifier, and the stock client accepts the proof for these numbers", async () => {
  const [root, nullifier, , scope] = example.signature.publicSignals as [string, string, string, string];
  const { secretScalar } = new Identity(Buffer.from(Array.from({ length: 32 }, (_, k) => 96 + k)));
  expect(oracle.poseidon([BigInt(scope), secretScalar]).toString()).toBe(nullifier);
  const { scope: raw, message } = example.signature;
  expect(proof).toMatchObject({ merkleTreeDepth: 2, merkleTreeRoot: root, nullifier, scope: raw, message });
  expect(await verifyProof(asStock(proof))).toBe(true);
});

test("the page's words give the record", () => {
  const [ax, ay, bx1, bx0, by1, by0, cx, cy] = proof.points as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const signals = [2n, proof.merkleTreeRoot, proof.nullifier, proof.message, proof.scope];
  const parts = [...signals, ax, ay, bx0, bx1, by0, by1, cx, cy].map(field);
  expect(Buffer.concat([Buffer.of(1), uint(5, 2), ...parts]).toString("hex")).toBe(example.record);
});

test("the code takes documents, proof and record", async () => {
  const petition = validatePetition(text(example.petition), {
    kind: "petition-id",
    petitionId: example.petitionId,
  });
  const { roll } = validateSnapshot(text(example.snapshot), anchor);
  expect(petition.roll).toEqual(roll);
  const { nullifier } = await verifyPetitionSignature({ petition, proof, verifier });
  const records = [bytes(example.record)];
  expect(await auditPetition({ petition, records, verifier })).toEqual({ nullifiers: [nullifier] });
});

test("the page names the digest of the pinned keys", () => {
  expect(readPage("membership")).toContain(`\`${SEMAPHORE_MANIFEST_DIGEST}\``);
});
