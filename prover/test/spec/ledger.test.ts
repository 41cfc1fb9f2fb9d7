// docs/spec/ledger.md §10: hashes, batches, log, tree, files, attestation and disclosure, computed again.
import { expect, test } from "@jest/globals";
import { Identity } from "@semaphore-protocol/identity";
import { IncrementalMerkleTree } from "@zk-kit/incremental-merkle-tree";
import { ledgerPaths, publicPaths } from "../../src/formats/public-paths.ts";
import { importIdentity, openAttestation, replayLedger, type SealedAttestation } from "../../src/index.ts";
import { testExample } from "./support/checks.ts";
import { memberKey } from "./support/election.ts";
import { exampleLedger, ledgerExample } from "./support/hours.ts";
import {
  bytes,
  canonical,
  field,
  frame,
  H,
  hpkeSeal,
  integer,
  oracle,
  pair,
  point,
  publicKeyOf,
  S,
  sha256,
  signInRole,
  signPlain,
  uint,
} from "./support/independent.ts";
import { readExample, section, tableRows } from "./support/pages.ts";

interface Signature {
  readonly r8: unknown;
  readonly s: string;
}
interface Batch {
  readonly header: { readonly serial: number; readonly period: number; readonly category: string };
  readonly inner: readonly string[];
  readonly signature: Signature;
}
interface Entry {
  readonly previous: string;
  readonly size: number;
  readonly root: string;
  readonly change: {
    readonly kind: string;
    readonly batch?: Batch;
    readonly positions?: readonly number[];
    readonly request?: { readonly signature: Signature };
  };
}
type Texts =
  | "registrySeed"
  | "ledgerId"
  | "issuerKey"
  | "genesis"
  | "next"
  | "root"
  | "checkpoint"
  | "level10File"
  | "attestation"
  | "ephemeral"
  | "mailboxKey"
  | "disclosure";
interface LedgerExample extends Record<Texts, string> {
  readonly issuer: unknown;
  readonly categories: Readonly<Record<string, string>>;
  readonly commitments: readonly string[];
  readonly salts: readonly string[];
  readonly inner: readonly string[];
  readonly lines: readonly string[];
  readonly leaves: readonly string[];
  readonly sealed: SealedAttestation;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

const example = readExample("ledger") as unknown as LedgerExample;
const ledgerId = bytes(example.ledgerId);
const lines = example.lines.map((line) => JSON.parse(line) as { entry: Entry; signature: string });
const entries = lines.map(({ entry }) => entry);
const issuer = new Identity(bytes(example.issuerKey));
const issuerPoint = point(pair(example.issuer));
const ascii = (text: string): Buffer => Buffer.from(text, "ascii");
const tag = (name: string): bigint => integer(ascii(name));

testExample("ledger", ledgerExample);

/** Poseidon(tag, …) of §1. */
const inner = (i: number, amount: number): bigint =>
  oracle.poseidon([
    tag("commune-zk.ledger.inner"),
    BigInt(example.commitments[i]!),
    BigInt(amount),
    integer(bytes(example.salts[i]!)),
  ]);
const leaf = (hash: bigint, category: string): bigint =>
  oracle.poseidon([tag("commune-zk.ledger.leaf"), hash, 202601n, BigInt(example.categories[category]!)]);

test("the page's words give categories, hashes and leaves", () => {
  for (const [name, value] of Object.entries(example.categories)) {
    expect(integer(S("category", ascii(name))).toString()).toBe(value);
  }
  const hours = [inner(0, 600), inner(1, 1200)].sort((a, b) => (a < b ? -1 : 1));
  expect(example.inner).toEqual([...hours, inner(2, 92)].map(String));
  const revoked = hours.indexOf(inner(0, 600));
  const leaves = [...hours.map((hash) => leaf(hash, "hours")), leaf(inner(2, 92), "cyber-literacy")];
  expect(example.leaves).toEqual(leaves.with(revoked, 0n).map(String));
  expect(entries.at(-1)!.change.positions).toEqual([revoked]);
});

test("Semaphore's library signs the same batches and the same request", () => {
  const batches = entries.flatMap(({ change }) => (change.batch === undefined ? [] : [change.batch]));
  expect(batches).toHaveLength(2);
  const signatures = (message: Buffer) => {
    const { R8, S: scalar } = issuer.signMessage(integer(message));
    return { r8: R8.map(String), s: String(scalar) };
  };
  for (const [i, { header, inner: hashes, signature }] of batches.entries()) {
    expect(header).toMatchObject({ serial: i, period: 202601 });
    const message = S(
      "credit-batch",
      ledgerId,
      issuerPoint,
      uint(header.serial, 8),
      uint(header.period, 4),
      ascii(header.category),
      uint(hashes.length, 4),
      Buffer.concat(hashes.map(field)),
    );
    expect(signature).toEqual(signatures(message));
  }
  const { positions, request } = entries.at(-1)!.change;
  const list = Buffer.concat(positions!.map((position) => uint(position, 4)));
  const message = S("credit-revocation", ledgerId, issuerPoint, uint(positions!.length, 4), list);
  expect(request!.signature).toEqual(signatures(message));
});

test("the page's words give links and signatures of the log", () => {
  const seed = bytes(example.registrySeed);
  const registryKey = publicKeyOf(seed);
  let link = H("ledger-genesis", ledgerId, bytes(registryKey)).toString("hex");
  expect(link).toBe(example.genesis);
  for (const [i, { entry }] of lines.entries()) {
    expect(entry.previous).toBe(link);
    const document = Buffer.from(canonical(entry));
    expect(example.lines[i]).toBe(
      `${canonical({ entry, signature: signInRole("ledger-entry", document, seed) })}\n`,
    );
    link = H("ledger-entry", document).toString("hex");
  }
  expect(link).toBe(example.next);
});

test("zk-kit's tree gives every entry's root, and the files", () => {
  const treeOf = (leaves: readonly string[]) =>
    new IncrementalMerkleTree((values) => oracle.poseidon(values.map(BigInt)), 20, 0n, 2, leaves.map(BigInt));
  const whole = example.leaves.map((value, i) =>
    value === "0" ? leaf(BigInt(example.inner[i]!), "hours").toString() : value,
  );
  const sizes = [0, 0, 2, 3];
  for (const [i, size] of sizes.entries()) {
    expect([entries[i]!.size, entries[i]!.root]).toEqual([size, String(treeOf(whole.slice(0, size)).root)]);
  }
  expect([entries[4]!.size, entries[4]!.root]).toEqual([3, String(treeOf(example.leaves).root)]);
  expect(example.root).toBe(entries[4]!.root);
  // One node of height 10: the path of leaf 0 joins it to zeros alone.
  let node = oracle.poseidon([BigInt(example.leaves[0]!), BigInt(example.leaves[1]!)]);
  const proof = treeOf(example.leaves).createProof(0);
  for (let h = 1; h < 10; h++) node = oracle.poseidon([node, BigInt(proof.siblings[h]![0]!)]);
  expect(example.level10File).toBe(field(node).toString("hex"));
  expect(example.files.map(({ path }) => path)).toEqual([
    "entries.ndjson",
    "leaves/0",
    "level-10",
    "checkpoint",
  ]);
  const rows = tableRows(section("ledger", /Files/)).map(([path]) => path!);
  const named = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, path]) => path!));
  const paths = Object.values(ledgerPaths).map((path) => (typeof path === "string" ? path : path(7)));
  expect(named.map((path) => path.replace("<n>", "7")).sort()).toEqual([...paths].sort());
  expect(publicPaths.rollLeaves(7)).toBe(`roll/${ledgerPaths.leaves(7)}`);
});

test("the page's words give the checkpoint", () => {
  const leafOf = (line: string): Buffer => sha256(bytes("00"), Buffer.from(line.slice(0, -1)));
  const node = (left: Buffer, right: Buffer): Buffer => sha256(bytes("01"), left, right);
  const [a, b, c, d, e] = example.lines.map(leafOf) as [Buffer, Buffer, Buffer, Buffer, Buffer];
  const root = node(node(node(a, b), node(c, d)), e);
  const origin = `board.example/${example.ledgerId}`;
  const text = `${origin}\n5\n${root.toString("base64")}\n`;
  const seed = bytes("02".repeat(32));
  const keyId = sha256(Buffer.from(`${origin}\n`), bytes("01"), bytes(publicKeyOf(seed))).subarray(0, 4);
  const signature = Buffer.concat([keyId, bytes(signPlain(Buffer.from(text), seed))]);
  expect(example.checkpoint).toBe(`${text}\n— ${origin} ${signature.toString("base64")}\n`);
});

test("RFC 9180 in Node's own cryptography seals the same attestation", async () => {
  const content = Buffer.from(example.attestation);
  expect(canonical(JSON.parse(example.attestation))).toBe(example.attestation);
  const plain = Buffer.concat([uint(content.length, 2), content, Buffer.alloc(638 - content.length)]);
  const info = frame("sealed-attestation", [ledgerId]);
  const { mailboxKey: to } = example;
  const made = hpkeSeal({ to, info, plain, ephemeral: bytes(example.ephemeral) });
  const { ledgerId: id } = example;
  expect(example.sealed).toEqual({ type: "commune-zk/sealed-attestation/v1", ledgerId: id, ...made });
  const opened = await openAttestation(importIdentity(memberKey(4)), example.sealed);
  expect(opened).toEqual(JSON.parse(example.attestation));
});

test("Semaphore's library signs the same disclosure", () => {
  const member = new Identity(Buffer.from(memberKey(3)));
  const { signature, ...disclosure } = JSON.parse(example.disclosure);
  const { attestation } = disclosure;
  const message = S(
    "credit-disclosure",
    bytes(disclosure.registrarKey),
    bytes(disclosure.rollId),
    bytes(disclosure.registrarNonce),
    ascii(disclosure.tier),
    point(pair(disclosure.publicKey)),
    ledgerId,
    issuerPoint,
    uint(attestation.serial, 8),
    uint(attestation.period, 4),
    ascii(attestation.category),
    uint(attestation.amount, 4),
    bytes(attestation.salt),
  );
  const { R8, S: scalar } = member.signMessage(integer(message));
  expect(signature).toEqual({ r8: R8.map(String), s: String(scalar) });
  expect(disclosure.publicKey).toEqual(member.publicKey.map(String));
  expect(attestation).toMatchObject({ amount: 92, category: "cyber-literacy" });
});

test("the code replays the log to the example's state", async () => {
  const { state } = await exampleLedger();
  const { registryKey } = state;
  expect(
    replayLedger(Buffer.from(example.lines.join("")), { ledgerId: example.ledgerId, registryKey }),
  ).toEqual(state);
});
