// docs/spec/trustees.md §5: a key generation, a complaint, two partial decryptions and their combination, all
// from made-up secrets, computed again by circomlibjs and Node's cryptography.
import { expect, test } from "@jest/globals";
import { parsePoint } from "../../src/formats/point.ts";
import { decodeSlot } from "../../src/protocol/decode.ts";
import { finishDkg, verifyDkgTranscript } from "../../src/protocol/dkg-judge.ts";
import { testExample } from "./support/checks.ts";
import { exampleElection } from "./support/election.ts";
import { trusteesExample } from "./support/examples.ts";
import {
  bytes,
  canonical,
  combination,
  equality,
  field,
  H,
  L,
  modL,
  oracle,
  type Pair,
  pair,
  point,
  schnorr,
  sealWithZeroNonce,
  signInRole,
  u32,
} from "./support/independent.ts";
import { readExample, readRecords } from "./support/pages.ts";

interface TrusteesExample
  extends Record<"ceremonyId" | "commitment" | "transcript" | "complaint" | "sum", string> {
  readonly encryptionKeys: readonly unknown[];
  readonly share: Record<"plain" | "key" | "ciphertext", string> & { readonly shared: unknown };
  readonly messages: readonly string[];
  readonly publicKey: unknown;
  readonly shares: readonly string[];
  readonly decryption: readonly string[];
  readonly lambdas: readonly string[];
  readonly combined: unknown;
  readonly counters: readonly number[];
}

const example = readExample("trustees") as unknown as TrusteesExample;
const election = await exampleElection(readRecords());
const { valid: poll } = election;
const ceremony = {
  ceremonyId: example.ceremonyId,
  threshold: 2,
  trustees: poll.poll.trustees.map(({ signingKey }, i) => ({
    signingKey,
    encryptionKey: poll.encryptionKeys[i]!,
  })),
};
const { base8, multiply } = oracle;
const id = bytes(example.ceremonyId);
const seed = (i: number): Buffer => bytes(`1${i}`.repeat(32));
const encryptionKey = (i: number): Pair => multiply(base8, BigInt(100 + i));
/** The page's made-up secrets of trustee i: a₀, a₁, r, and the nonces of three proofs. */
const draws = (i: number): bigint[] => [1, 2, 3, 4, 5, 6].map((k) => BigInt(1000 * i + k));

testExample("trustees", () => trusteesExample(election));

const text = (value: Pair): string[] => value.map(String);
const wrapped = (role: string, message: object, i: number): string =>
  canonical({ message, signature: signInRole(role, Buffer.from(canonical(message)), seed(i)) });

function sealedShare(dealer: number, recipient: number): Buffer {
  const [a0, a1, r] = draws(dealer) as [bigint, bigint, bigint];
  const shared = multiply(encryptionKey(recipient), r);
  const parties = [id, u32(dealer), u32(recipient)];
  const key = H("dkg-share-key", ...parties, point(shared));
  return sealWithZeroNonce(key, field(modL(a0 + a1 * BigInt(recipient))), Buffer.concat(parties));
}

/** trustees.md §1, 2. */
function reveal(i: number): object {
  const [a0, a1, r, w0, w1, w] = draws(i) as [bigint, bigint, bigint, bigint, bigint, bigint];
  const proof = (purpose: string, context: readonly Buffer[], secret: bigint, nonce: bigint) => {
    const made = schnorr(purpose, context, secret, nonce);
    return { r: text(made.r), z: String(made.z) };
  };
  return {
    type: "commune-zk/dkg-reveal/v1",
    ceremonyId: example.ceremonyId,
    trustee: i,
    commitments: [a0, a1].map((a) => text(multiply(base8, a))),
    ephemeral: text(multiply(base8, r)),
    possession: [
      proof("dkg-possession", [id, u32(i), u32(0)], a0, w0),
      proof("dkg-possession", [id, u32(i), u32(1)], a1, w1),
    ],
    ephemeralPossession: proof("dkg-ephemeral", [id, u32(i)], r, w),
    shares: [1, 2, 3].map((j) => sealedShare(i, j).toString("hex")),
  };
}

const reveals = [1, 2, 3].map(reveal);
const revealBytes = reveals.map((message) => Buffer.from(canonical(message)));
const transcript = H("dkg-transcript", id, u32(3), ...revealBytes.map((b) => H("dkg-reveal", b)));

test("the page's words give all nine messages of the key generation, byte for byte", () => {
  const head = { ceremonyId: example.ceremonyId };
  const commitments = revealBytes.map((b, k) => H("dkg-commit", id, u32(k + 1), b).toString("hex"));
  const type = "commune-zk/dkg-commit/v1";
  const commits = commitments.map((commitment, k) => ({ type, ...head, trustee: k + 1, commitment }));
  const verdicts = [1, 2, 3].map((trustee) => ({
    type: "commune-zk/dkg-verdict/v1",
    ...head,
    trustee,
    accept: true,
    transcript: transcript.toString("hex"),
  }));
  const lines = [commits, reveals, verdicts].flatMap((round) =>
    round.map((message, k) => wrapped("dkg", message, k + 1)),
  );
  expect(example.messages).toEqual(lines);
  expect([example.commitment, example.transcript]).toEqual([commitments[0], transcript.toString("hex")]);
  expect(example.encryptionKeys.map(pair)).toEqual([1, 2, 3].map(encryptionKey));
});

test("the page's words give the share from trustee 1 to trustee 2", () => {
  const { plain, shared, key, ciphertext } = example.share;
  expect(plain).toBe(String(1001 + 2 * 1002));
  // K from either side: rᵢ·Eⱼ = eⱼ·Rᵢ.
  expect(pair(shared)).toEqual(multiply(encryptionKey(2), 1003n));
  expect(pair(shared)).toEqual(multiply(multiply(base8, 1003n), 102n));
  expect(H("dkg-share-key", id, u32(1), u32(2), point(pair(shared))).toString("hex")).toBe(key);
  expect(sealedShare(1, 2).toString("hex")).toBe(ciphertext);
});

test("the page's words give key and shares", () => {
  expect(pair(example.publicKey)).toEqual(multiply(base8, 6003n));
  expect(example.shares).toEqual([1, 2, 3].map((j) => String(6003 + 6006 * j)));
});

test("the code makes the key from the messages", () => {
  const key = verifyDkgTranscript(
    Buffer.from(example.messages.map((line) => `${line}\n`).join("")),
    ceremony,
  );
  expect(key.publicKey.equals(parsePoint(example.publicKey))).toBe(true);
});

test("the page's words give the complaint, and the code convicts its sender", () => {
  const ephemeral = multiply(base8, 1003n);
  const { image, r1, r2, z } = equality("dkg-complaint", [id, u32(2), u32(1), transcript], {
    base: ephemeral,
    secret: 102n,
    nonce: 8001n,
  });
  const message = {
    type: "commune-zk/dkg-verdict/v1",
    ceremonyId: example.ceremonyId,
    trustee: 2,
    accept: false,
    transcript: example.transcript,
    against: 1,
    opening: text(image),
    equality: { r1: text(r1), r2: text(r2), z: String(z) },
  };
  expect(wrapped("dkg", message, 2)).toBe(example.complaint);
  const messages = example.messages.with(7, example.complaint).map((line) => JSON.parse(line) as unknown);
  expect(finishDkg({ ceremony, messages })).toEqual({
    aborted: true,
    culprits: [{ trustee: 2, reason: "dkg-false-complaint" }],
  });
});

const [sums] = readExample("closing").aggregate as unknown as readonly { c1: unknown; c2: unknown }[];
const c1 = pair(sums!.c1);

test("the page's words give the share messages", () => {
  const { pollId } = poll;
  const { closingDigest } = readExample("closing") as { closingDigest: string };
  const made = [
    [1, 12009n, 7001n],
    [3, 24021n, 7003n],
  ] as const;
  const messages = made.map(([i, secret, nonce]) => {
    const context = [bytes(pollId), bytes(closingDigest), u32(0), u32(0), u32(i)];
    const { image, r1, r2, z } = equality("share", context, { base: c1, secret, nonce });
    const share = {
      shard: 0,
      slot: 0,
      point: text(image),
      equality: { r1: text(r1), r2: text(r2), z: String(z) },
    };
    const message = {
      type: "commune-zk/share/v1",
      pollId,
      closing: closingDigest,
      trustee: i,
      shares: [share],
    };
    return wrapped("share", message, i);
  });
  expect(example.decryption).toEqual(messages);
});

test("the page's words combine the shares to the sum of the votes", async () => {
  const [lambda1, lambda3] = example.lambdas.map(BigInt) as [bigint, bigint];
  expect([modL(2n * lambda1), modL(2n * lambda3)]).toEqual([3n, L - 1n]);
  const points = example.decryption.map((line) => {
    const { message } = JSON.parse(line) as { message: { shares: { point: unknown }[] } };
    return pair(message.shares[0]!.point);
  });
  const combined = combination([
    [1n, pair(sums!.c2)],
    [-lambda1, points[0]!],
    [-lambda3, points[1]!],
  ]);
  expect(combined).toEqual(pair(example.combined));
  const m = example.counters.reduce((sum, value, j) => sum + BigInt(value) * 256n ** BigInt(j), 0n);
  expect(m).toBe(BigInt(example.sum));
  expect(combined).toEqual(multiply(base8, m));
  const task = {
    point: parsePoint(example.combined),
    valueBits: 8,
    ballots: 2,
    range: { maxima: [3, 3, 3] },
  };
  expect(await decodeSlot(task)).toEqual(example.counters);
});
