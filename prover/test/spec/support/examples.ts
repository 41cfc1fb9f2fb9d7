// The values of docs/spec/examples/*.json, made by the code under test from made-up secrets. The tests compare
// the stored files with these, and compute both again from the pages' words; make-examples.ts stores them.
import { readFileSync } from "node:fs";
import { sha256 } from "@noble/hashes/sha2.js";
import { buildBn128 } from "ffjavascript";
import { problemOf } from "../../../../verifier/src/http/problem.ts";
import { fromUtf8, toHex, uintBytes } from "../../../src/formats/bytes.ts";
import { canonicalBytes } from "../../../src/formats/canonical-json.ts";
import { ed25519PublicKey, signatureMessage, signDocument } from "../../../src/formats/ed25519.ts";
import { SUBGROUP_ORDER } from "../../../src/formats/field.ts";
import { proofToJson } from "../../../src/formats/groth16-proof.ts";
import { frame, hashFramed, hashToScalar, hashToScopeBytes } from "../../../src/formats/hash.ts";
import { leafHash, nodeHash } from "../../../src/formats/merkle-log.ts";
import { BASE8, multiply, type Point, pointToBytes, pointToJson } from "../../../src/formats/point.ts";
import { publicPaths } from "../../../src/formats/public-paths.ts";
import { decodeRecord, statementHash } from "../../../src/formats/record.ts";
import { encodeEntries } from "../../../src/formats/tiles.ts";
import { aggregateShards, shardsOf } from "../../../src/protocol/aggregate.ts";
import { checkStatement } from "../../../src/protocol/ballot.ts";
import { BoardTree } from "../../../src/protocol/board-tree.ts";
import { equalityToJson, proveEquality } from "../../../src/protocol/chaum-pedersen.ts";
import { closingQuorum, closingStatementBytes } from "../../../src/protocol/closing.ts";
import {
  complaintContext,
  DKG_TYPES,
  dkgTranscript,
  type RevealContent,
  readDkgMessage,
} from "../../../src/protocol/dkg-messages.ts";
import { openShare } from "../../../src/protocol/dkg-share.ts";
import { eddsaToJson, signEddsa } from "../../../src/protocol/eddsa-poseidon.ts";
import { ballotNullifier, type Identity, importIdentity } from "../../../src/protocol/identity.ts";
import { searchSpace, usedSlots } from "../../../src/protocol/layout.ts";
import { lagrangeAtZero } from "../../../src/protocol/polynomial.ts";
import { merklePath } from "../../../src/protocol/poseidon-tree.ts";
import { makeReceipt, receiptBytes } from "../../../src/protocol/receipt.ts";
import { emptyRoll, rollHead } from "../../../src/protocol/roll-log.ts";
import { pollLeaves, rollTree } from "../../../src/protocol/roll-tree.ts";
import { proveSchnorr, schnorrToJson } from "../../../src/protocol/schnorr.ts";
import { scopeToField } from "../../../src/protocol/scope.ts";
import { combine } from "../../../src/protocol/shares.ts";
import { signMessage } from "../../../src/protocol/signed-message.ts";
import type { ValidPoll } from "../../../src/protocol/validate-poll.ts";
import { hoursManifest } from "../../support/hours-keys.ts";
import { manifest } from "../../support/keys.ts";
import {
  BALLOTS,
  DECRYPTING,
  type ExampleElection,
  type ExamplePoll,
  exampleRoll,
  memberKey,
  ROLL_ID,
  registrar,
  registrationOf,
  repeated,
} from "./election.ts";
import { ledgerExample } from "./hours.ts";
import { withDraws } from "./scripted.ts";

/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
/** The content of an example file. */
export type Example = Readonly<Record<string, Json>>;

const point = (value: Point): Json => [...pointToJson(value)];
const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
const canonicalText = (value: unknown): string => fromUtf8(canonicalBytes(value));

/** conventions.md §7. */
export async function conventionsExample(): Promise<Example> {
  const parts = [Uint8Array.of(1, 2), new Uint8Array(0)];
  const written = '{ "title": "Caf\\u00e9", "n": 1e1, "list": [], "0": "€" }';
  const bytes = canonicalBytes(JSON.parse(written));
  const seed = repeated(0x01);
  const secret = 7n;
  const binding = { purpose: "example", context: [Uint8Array.of(1, 2)] };
  const publicPoint = multiply(BASE8, secret);
  const schnorr = await withDraws([11n], () => proveSchnorr(binding, { secret, publicPoint }));
  const base = multiply(BASE8, 3n);
  const image = multiply(base, secret);
  const equality = await withDraws([11n], () => proveEquality(binding, { base, publicPoint, image, secret }));
  const challenge = (points: readonly Point[]): string =>
    hashToScalar("example", [...binding.context, ...points.map(pointToBytes)], SUBGROUP_ORDER).toString();
  return {
    hashing: {
      frame: toHex(frame("example", parts)),
      H: toHex(hashFramed("example", parts)),
      S: toHex(hashToScopeBytes("example", parts)),
      C: hashToScalar("example", parts, SUBGROUP_ORDER).toString(),
    },
    base8: { point: point(BASE8), bytes: toHex(pointToBytes(BASE8)) },
    document: { written, canonical: fromUtf8(bytes), bytes: toHex(bytes) },
    signature: {
      seed: toHex(seed),
      publicKey: ed25519PublicKey(seed),
      message: toHex(signatureMessage("roll-batch", bytes)),
      signature: signDocument("roll-batch", bytes, seed),
    },
    schnorr: {
      secret: secret.toString(),
      nonce: "11",
      publicPoint: point(publicPoint),
      challenge: challenge([BASE8, publicPoint, schnorr.r]),
      z: schnorr.z.toString(),
      proof: json(schnorrToJson(schnorr)),
    },
    equality: {
      secret: secret.toString(),
      nonce: "11",
      base: point(base),
      publicPoint: point(publicPoint),
      image: point(image),
      challenge: challenge([BASE8, base, publicPoint, image, equality.r1, equality.r2]),
      z: equality.z.toString(),
      proof: json(equalityToJson(equality)),
    },
  };
}

/** identity.md §4. */
export function identityExample(): Example {
  const privateKey = memberKey(0);
  const identity = importIdentity(privateKey);
  const registration = registrationOf(0);
  const { registrarKey, rollId, registrarNonce, mailboxKey } = registration;
  const parts = [registrarKey, rollId, registrarNonce].map((hex) => Buffer.from(hex, "hex"));
  const publicKey = pointToBytes(identity.publicKey);
  const message = hashToScopeBytes("possession", [...parts, publicKey, Buffer.from(mailboxKey, "hex")]);
  return {
    privateKey: toHex(privateKey),
    secret: identity.secret.toString(),
    publicKey: point(identity.publicKey),
    commitment: identity.commitment.toString(),
    eddsa: { message: "1", signature: json(eddsaToJson(signEddsa(privateKey, 1n))) },
    registration: {
      registrarKey,
      rollId,
      registrarNonce,
      mailboxKey,
      message: toHex(message),
      document: canonicalText(registration),
    },
  };
}

/** roll.md §5. */
export function rollExample(): Example {
  const { roll, lines } = exampleRoll();
  const genesis = emptyRoll({ rollId: ROLL_ID, registrarKey: registrar.publicKey }).link;
  const texts = lines.map((line) => fromUtf8(line));
  const leaves = pollLeaves(roll, ["member"]);
  const tree = rollTree(leaves, 10);
  const nodes = (values: readonly bigint[]): string => values.map((v) => toHex(uintBytes(v, 32))).join("");
  return {
    registrarSeed: toHex(registrar.secretKey),
    registrarKey: registrar.publicKey,
    rollId: ROLL_ID,
    lines: texts,
    genesis,
    previous: (JSON.parse(texts[1]!) as { batch: { previous: string } }).batch.previous,
    next: roll.link,
    head: rollHead(roll),
    leaves: leaves.map(String),
    root: tree.root.toString(),
    leavesFile: nodes(leaves),
    level10File: nodes(tree.layers[10]!),
    path: { leafIndex: 3, siblings: merklePath(tree, 3).siblings.map(String) },
  };
}

/** poll.md §6. */
export function pollExample({ valid, registration }: ExamplePoll): Example {
  const { layout, pollId, poll } = valid;
  return {
    poll: fromUtf8(registration.poll),
    ceremonyId: poll.encryption.ceremonyId,
    pollId,
    field: scopeToField(pollId).toString(),
    signatures: fromUtf8(registration.signatures),
    active: [...layout.active],
    maxima: [...layout.maxima],
    base: Number(layout.base),
    searchSpace: usedSlots(poll).map((slot) => Number(searchSpace(slot, poll.roll.size))),
    verificationKeys: valid.trusteeVerificationKeys.map(point),
  };
}

/** ballot.md §9. */
export function ballotExample({ valid, identities }: ExamplePoll, record: Uint8Array): Example {
  const [ballot] = BALLOTS;
  const identity: Identity = identities[ballot.position]!;
  const { publicSignals, proof } = decodeRecord(record);
  const { ciphertexts } = checkStatement(valid, publicSignals, "example");
  const packed = ballot.votes.reduce(
    (sum, vote, i) => sum + BigInt(vote) * valid.layout.base ** BigInt(i),
    0n,
  );
  const submission = {
    type: "commune-zk/ballot/v1",
    pollId: valid.pollId,
    publicSignals: publicSignals.map(String),
    proof: proofToJson(proof),
  };
  return {
    privateKey: toHex(identity.privateKey),
    secret: identity.secret.toString(),
    pollId: valid.pollId,
    nullifier: ballotNullifier(identity, valid.pollId).toString(),
    votes: [...ballot.votes],
    packed: packed.toString(),
    nonce: ballot.nonce.toString(),
    c1: point(ciphertexts[0]!.c1),
    c2: point(ciphertexts[0]!.c2),
    publicSignals: publicSignals.map(String),
    statementHash: statementHash(publicSignals),
    submission: JSON.stringify(submission),
  };
}

/** Entries of the Certificate Transparency reference implementation's tree, in hexadecimal. */
const CT_ENTRIES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];

/** Tile indices of the page's table of paths. */
const TILE_INDICES = [0, 5, 999, 1000, 1067, 1_234_067];

/** board.md §5. */
export function boardExample(
  { valid, checkpoints, board }: Pick<ExampleElection, "valid" | "checkpoints" | "board">,
  records: readonly Uint8Array[],
): Example {
  const small = new BoardTree();
  for (const entry of CT_ENTRIES) small.append(Buffer.from(entry, "hex"));
  const hex = (hashes: readonly Uint8Array[]): string[] => hashes.map(toHex);
  const tree = new BoardTree();
  for (const record of records) tree.append(record);
  const leaves = records.map(leafHash);
  const receipt = makeReceipt({
    poll: valid,
    record: records[2]!,
    index: 2,
    checkpoint: checkpoints[3]!,
    inclusion: tree.inclusion(2, 3),
  });
  return {
    small: {
      entries: CT_ENTRIES,
      leafHash: toHex(leafHash(Buffer.from(CT_ENTRIES[3]!, "hex"))),
      nodeHash: toHex(nodeHash(leafHash(Buffer.from("", "hex")), leafHash(Buffer.from("00", "hex")))),
      roots: Array.from({ length: 9 }, (_, size) => toHex(small.root(size))),
      inclusion5of7: hex(small.inclusion(5, 7)),
      consistency3to7: hex(small.consistency(3, 7)),
    },
    boardSeed: toHex(repeated(0x02)),
    boardKey: valid.poll.board.key,
    entries: hex(records),
    leafHashes: hex(leaves),
    root: board.root,
    emptyCheckpoint: checkpoints[0]!,
    checkpoint: checkpoints[3]!,
    tilePaths: TILE_INDICES.map((index) => publicPaths.tile(0, index)),
    partialTilePath: publicPaths.entries(0, 3),
    tile: hex(leaves).join(""),
    entriesTileStart: toHex(encodeEntries(records).subarray(0, 5)),
    receipt: fromUtf8(receiptBytes(receipt)),
  };
}

/** Numbers of the page's table of quorums. */
const QUORUMS = [
  { closers: 1, threshold: 1 },
  { closers: 3, threshold: 2 },
  { closers: 4, threshold: 2 },
  { closers: 5, threshold: 3 },
  { closers: 7, threshold: 4 },
  { closers: 9, threshold: 3 },
];

/** Number of ballots and `shardBallots` of the page's shards. */
const SHARDS = [
  [2, 1000],
  [1000, 1000],
  [1001, 1000],
  [10, 4],
  [2501, 1000],
] as const;

function shardSizes(valid: ValidPoll, count: number, shardBallots: number): number[] {
  const poll = { ...valid, poll: { ...valid.poll, shardBallots, minimumBallots: 1 } };
  // Only their number matters here.
  const ballots = Array.from({ length: count }, (_, i) => ({
    nullifier: BigInt(i),
    revision: 0,
    statementHash: "",
    ciphertexts: [],
  }));
  return shardsOf(poll, { pollId: valid.pollId, ballots, digest: "" }).map((shard) => shard.length);
}

/** closing.md §6. */
export function closingExample({
  valid,
  board,
  closing,
  closingSignatures,
  files,
}: ExampleElection): Example {
  const [aggregates] = aggregateShards(valid, board.counted);
  return {
    counted: board.counted.ballots.map(({ nullifier, revision, statementHash: hash }) => ({
      nullifier: nullifier.toString(),
      revision,
      statementHash: hash,
    })),
    countedDigest: board.counted.digest,
    statement: fromUtf8(closingStatementBytes(closing.statement)),
    closingDigest: closing.digest,
    signatures: closingSignatures.map(({ closer, signature }) => ({ closer, signature })),
    closing: fromUtf8(files.get(publicPaths.closing)!),
    quorums: QUORUMS.map((given) => [given.closers, given.threshold, closingQuorum(given)]),
    shards: SHARDS.map(([count, shardBallots]) => [
      count,
      shardBallots,
      shardSizes(valid, count, shardBallots),
    ]),
    aggregate: json(aggregates!.slots.map(({ c1, c2 }) => ({ c1: pointToJson(c1), c2: pointToJson(c2) }))),
    result: fromUtf8(files.get(publicPaths.result)!),
  };
}

/** trustees.md §5. */
export async function trusteesExample(election: ExampleElection): Promise<Example> {
  const { valid, ceremony, trusteeKeys, registration, board, decryptionShares } = election;
  const lines = fromUtf8(registration.dkg).trimEnd().split("\n");
  const reveals = ceremony.messages.slice(3, 6).map(({ message }) => canonicalBytes(message));
  const { ceremonyId } = valid.poll.encryption;
  const trustees = trusteeKeys;
  const context = { ceremonyId, threshold: 2, trustees };
  const transcript = dkgTranscript(context, reveals);
  // A complaint without ground: trustee 2 opens the good share that trustee 1 sent to it.
  const [accuser, against] = [2, 1];
  const own = trusteeKeys[accuser - 1]!;
  const ephemeral = multiply(BASE8, 1003n);
  const opening = multiply(ephemeral, own.encryptionSecret);
  const equality = await withDraws([8001n], () =>
    proveEquality(complaintContext(context, { accuser, against, transcript }), {
      base: ephemeral,
      publicPoint: own.encryptionKey,
      image: opening,
      secret: own.encryptionSecret,
    }),
  );
  const complaint = signMessage(
    "dkg",
    {
      type: DKG_TYPES.verdict,
      ceremonyId,
      trustee: accuser,
      accept: false,
      transcript,
      against,
      opening: pointToJson(opening),
      equality: equalityToJson(equality),
    },
    own.signingSecret,
  );
  const [aggregates] = aggregateShards(valid, board.counted);
  const points = DECRYPTING.map(({ trustee }) => ({
    trustee,
    point: multiply(aggregates!.slots[0]!.c1, ceremony.shares[trustee - 1]!),
  }));
  return {
    ceremonyId,
    encryptionKeys: trusteeKeys.map(({ encryptionKey }) => point(encryptionKey)),
    commitment: (ceremony.messages[0]!.message as { commitment: string }).commitment,
    share: {
      // From trustee 1 to trustee 2.
      plain: openShare(
        { ceremony: context, dealer: against, recipient: accuser, shared: opening },
        readDkgMessage(ceremony.messages[3], context).content as RevealContent,
      )!.toString(),
      shared: point(opening),
      key: toHex(
        hashFramed("dkg-share-key", [
          Buffer.from(ceremonyId, "hex"),
          uintBytes(1, 4),
          uintBytes(2, 4),
          pointToBytes(opening),
        ]),
      ),
      ciphertext: (ceremony.messages[3]!.message as unknown as { shares: string[] }).shares[1]!,
    },
    transcript,
    messages: lines,
    complaint: canonicalText(complaint),
    publicKey: point(valid.publicKey),
    shares: ceremony.shares.map(String),
    decryption: decryptionShares.map((share) => canonicalText(share)),
    lambdas: lagrangeAtZero(DECRYPTING.map(({ trustee }) => trustee)).map(String),
    combined: point(combine(aggregates!.slots[0]!.c2, points)),
    counters: [2, 3, 3],
    sum: (2n + 3n * 256n + 3n * 65_536n).toString(),
  };
}

/** Sections of a ptau-like file: type and content. */
function phase1Sections(file: Buffer): { readonly type: number; readonly content: Buffer }[] {
  const sections: { type: number; content: Buffer }[] = [];
  for (let at = 12; at < file.length; ) {
    const size = Number(file.readBigUInt64LE(at + 4));
    sections.push({ type: file.readUInt32LE(at), content: file.subarray(at + 12, at + 12 + size) });
    at += 12 + size;
  }
  return sections;
}

/** The stored phase 1. */
export function readPhase1(): Buffer {
  return readFileSync(new URL("../../../../keys/artifacts/phase1.bin", import.meta.url));
}

/** keys.md §6. */
export async function keysExample(): Promise<Example> {
  const curve = await buildBn128(true);
  const sections = phase1Sections(readPhase1());
  const content = (type: number): Buffer => sections.find((found) => found.type === type)!.content;
  const g1 = content(2).subarray(32, 64);
  const g2 = content(3).subarray(64, 128);
  const decompressed = async (group: typeof curve.G1, bytes: Uint8Array): Promise<Json> =>
    JSON.parse(
      JSON.stringify(
        group.toObject(await group.batchCtoLEM(Uint8Array.from(bytes))).slice(0, 2),
        (_, value) => (typeof value === "bigint" ? value.toString() : value),
      ),
    );
  return {
    digest: manifest.digest,
    kind: manifest.manifest.kind,
    sizeBytes: manifest.bytes.length,
    hours: {
      digest: hoursManifest.digest,
      kind: hoursManifest.manifest.kind,
      sizeBytes: hoursManifest.bytes.length,
    },
    sections: sections.map(({ type, content: bytes }) => [type, bytes.length]),
    tauG1: { bytes: toHex(g1), point: await decompressed(curve.G1, g1) },
    tauG2: { bytes: toHex(g2), point: await decompressed(curve.G2, g2) },
  };
}

/** http.md §7. */
export function httpExample(
  { valid, checkpoints }: ExampleElection,
  records: readonly Uint8Array[],
): Example {
  const receipts = records.map((record, index) => {
    const tree = new BoardTree();
    for (const entry of records.slice(0, index + 1)) tree.append(entry);
    const checkpoint = checkpoints[index + 1]!;
    return fromUtf8(
      receiptBytes(makeReceipt({ poll: valid, record, index, checkpoint, inclusion: tree.inclusion(index) })),
    );
  });
  const title = "another statement with this nullifier and revision is recorded";
  return {
    registered: JSON.stringify({ pollId: valid.pollId }),
    receipts,
    problem: JSON.stringify(problemOf("nullifier-used", title)),
    unknown: JSON.stringify(problemOf("poll-unknown", "no such poll")),
  };
}

/** public-files.md §3. */
export function publicFilesExample({ files }: ExampleElection): Example {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    files: sorted.map(([path, content]) => ({ path, size: content.length, sha256: toHex(sha256(content)) })),
  };
}

/** Every example file's content, by page. */
export async function allExamples(
  election: ExampleElection,
  records: readonly Uint8Array[],
): Promise<Record<string, Example>> {
  return {
    conventions: await conventionsExample(),
    identity: identityExample(),
    roll: rollExample(),
    poll: pollExample(election),
    ballot: ballotExample(election, records[0]!),
    board: boardExample(election, records),
    closing: closingExample(election),
    trustees: await trusteesExample(election),
    keys: await keysExample(),
    http: httpExample(election, records),
    "public-files": publicFilesExample(election),
    ledger: await ledgerExample(),
  };
}
