// The election of the specification's examples: four members, three trustees and a witness, whose every secret
// is made up and visibly so. The code under test does all the work; only its random numbers are given to it.
import { concatBytes, toHex, utf8 } from "../../../src/formats/bytes.ts";
import { canonicalBytes, parseCanonicalJson } from "../../../src/formats/canonical-json.ts";
import { checkpointOrigin, signCheckpoint } from "../../../src/formats/checkpoint.ts";
import { type Ed25519KeyPair, ed25519PublicKey } from "../../../src/formats/ed25519.ts";
import { memoryPublicFiles } from "../../../src/formats/public-files.ts";
import { publicPaths } from "../../../src/formats/public-paths.ts";
import { boardFiles } from "../../../src/formats/tiles.ts";
import { verificationKeyOf } from "../../../src/groth16/artifacts.ts";
import { createVerifier } from "../../../src/groth16/verify.ts";
import { auditBoard, type BoardAudit } from "../../../src/protocol/audit-board.ts";
import { BoardTree } from "../../../src/protocol/board-tree.ts";
import { memoryCloserStore } from "../../../src/protocol/closer-store.ts";
import {
  assembleClosing,
  type ClosingSignature,
  signClosing,
  type VerifiedClosing,
  verifyClosing,
} from "../../../src/protocol/closing.ts";
import { type Identity, importIdentity } from "../../../src/protocol/identity.ts";
import { partialDecrypt } from "../../../src/protocol/partial-decrypt.ts";
import { createRegistration, type Registration } from "../../../src/protocol/registration.ts";
import { appendBatch, emptyRoll, type RollEvent } from "../../../src/protocol/roll-log.ts";
import { rollFiles } from "../../../src/protocol/roll-tree.ts";
import type { SignedMessage } from "../../../src/protocol/signed-message.ts";
import { resultBytes, tally } from "../../../src/protocol/tally.ts";
import type { ValidPoll } from "../../../src/protocol/validate-poll.ts";
import {
  completePoll,
  draftPoll,
  type PollPlan,
  type RehearsedPoll,
  type RehearsedRoll,
} from "../../../src/rehearsal.ts";
import { artifacts, manifest } from "../../support/keys.ts";
import { judge } from "../../support/polls.ts";
import { withDraws } from "./scripted.ts";

/** 32 equal bytes. */
export const repeated = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
/** {@link repeated} in hexadecimal. */
const repeatedHex = (byte: number): string => toHex(repeated(byte));

/** Key pair of a seed of equal bytes. */
function keyPair(byte: number): Ed25519KeyPair {
  return { secretKey: repeated(byte), publicKey: ed25519PublicKey(repeated(byte)) };
}

/** Private key of member i: the bytes 32·i, 32·i + 1 … */
export function memberKey(i: number): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, k) => 32 * i + k);
}

export const registrar = keyPair(0x01);
export const boardKey = keyPair(0x02);
export const ROLL_ID = repeatedHex(0xb0);
/** Seeds of the trustees' signing keys. */
const TRUSTEE_SEEDS = [0x11, 0x12, 0x13];
const WITNESS_SEED = 0x21;
/** eᵢ. */
const ENCRYPTION_SECRETS = [101n, 102n, 103n];
/** aᵢ₀, aᵢ₁, rᵢ and the nonces of the two possession proofs and of that of rᵢ. */
const DKG_DRAWS = [1, 2, 3].map((i) => [1, 2, 3, 4, 5, 6].map((k) => BigInt(1000 * i + k)));
export const OPENS = 1_767_225_600;
export const CLOSES = 1_767_830_400;

/** The ballots in the order of the board: who votes what, with which nonce k. */
export const BALLOTS = [
  { position: 1, revision: 0, votes: [3, 1, 0], nonce: 5001n },
  { position: 3, revision: 0, votes: [2, 2, 0], nonce: 5002n },
  { position: 1, revision: 1, votes: [0, 1, 3], nonce: 5003n },
] as const;

/** Closers 1, 3 and 4 sign: trustee 2 is absent throughout. */
const CLOSERS = [1, 3, 4];
/** Trustees who decrypt, with the nonce of each one's proof. */
export const DECRYPTING = [
  { trustee: 1, nonce: 7001n },
  { trustee: 3, nonce: 7003n },
] as const;

/** Registration of member i on the example's roll. */
export function registrationOf(i: number): Registration {
  return createRegistration({
    identity: importIdentity(memberKey(i)),
    registrarKey: registrar.publicKey,
    rollId: ROLL_ID,
    registrarNonce: repeatedHex(0xc0 + i),
    mailboxKey: repeatedHex(0xd0 + i),
  });
}

/** The batches of the log: four join, then one changes tier, one leaves, one rotates. */
const BATCHES: readonly (readonly RollEvent[])[] = [
  [0, 1, 2, 3].map((i) => ({ kind: "join", tier: "member", registration: registrationOf(i) })),
  [
    { kind: "tier", position: 2, tier: "guest" },
    { kind: "leave", position: 0 },
    { kind: "rotate", position: 1, registration: registrationOf(4) },
  ],
];

/** The example's roll. `identities` are those that stand there at the end, by position. */
export function exampleRoll(): RehearsedRoll & { readonly lines: readonly Uint8Array[] } {
  let roll = emptyRoll({ rollId: ROLL_ID, registrarKey: registrar.publicKey });
  const lines: Uint8Array[] = [];
  for (const events of BATCHES) {
    const appended = appendBatch(roll, events, registrar.secretKey);
    roll = appended.state;
    lines.push(appended.line);
  }
  const identities = [0, 4, 2, 3].map((i): Identity => importIdentity(memberKey(i)));
  return { identities, roll, rollEvents: concatBytes(...lines), lines };
}

const PLAN: PollPlan = {
  organisation: "Example commune",
  title: "What shall the spring assembly spend its day on?",
  options: ["Kitchen", "Roof", "Orchard"],
  rules: {
    circuit: "ballot-compact-10",
    countersPerSlot: 4,
    valueBits: 8,
    maxima: [3, 3, 3],
    minTotal: 0,
    maxTotal: 4,
    cost: "linear",
    distinct: false,
    revisions: true,
  },
  tiers: ["member"],
  opensAt: OPENS,
  closesAt: CLOSES,
  minimumBallots: 2,
  shardBallots: 1000,
  trustees: ["Trustee 1", "Trustee 2", "Trustee 3"],
  threshold: 2,
  witnesses: ["Witness"],
  board: { name: "board.example", key: boardKey.publicKey },
  keySet: { digest: manifest.digest, kind: manifest.manifest.kind },
};

/** The poll with its key generation and everybody's secrets, and as a reader judges it. */
export interface ExamplePoll extends RehearsedPoll {
  readonly valid: ValidPoll;
  readonly lines: readonly Uint8Array[];
}

/** Makes the example's poll. */
export async function examplePoll(): Promise<ExamplePoll> {
  const members = exampleRoll();
  const { draft, tree, trusteeKeys, witnessKeys } = await withDraws(
    [
      ...TRUSTEE_SEEDS.flatMap((seed, i) => [repeated(seed), ENCRYPTION_SECRETS[i]!]),
      repeated(WITNESS_SEED),
      repeated(0xe0),
    ],
    () => draftPoll(PLAN, members, registrar),
  );
  const { files, ...completed } = await withDraws(DKG_DRAWS.flat(), () =>
    completePoll(draft, trusteeKeys, registrar),
  );
  const registration = { ...files, rollEvents: members.rollEvents };
  const valid = judge(registration, { kind: "poll-id", pollId: completed.pollId });
  return { ...members, ...completed, registration, tree, registrar, trusteeKeys, witnessKeys, valid };
}

/** Public files of the example's poll before anybody voted. */
function filesBefore({ registration, tree }: ExamplePoll): Map<string, Uint8Array> {
  return new Map([
    [publicPaths.poll, registration.poll],
    [publicPaths.signatures, registration.signatures],
    [publicPaths.keys, manifest.bytes],
    [publicPaths.rollEvents, registration.rollEvents],
    [publicPaths.dkg, registration.dkg],
    ...rollFiles(tree),
  ]);
}

/** The whole election, from poll to result. */
export interface ExampleElection extends ExamplePoll {
  readonly board: BoardAudit;
  /** Checkpoint at each size, 0 to 3. */
  readonly checkpoints: readonly string[];
  readonly closingSignatures: readonly ClosingSignature[];
  readonly closing: VerifiedClosing;
  readonly decryptionShares: readonly SignedMessage[];
  /** All public files, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Runs the example's election over records that were proven before.
 *
 * @param records - one for each of {@link BALLOTS}.
 */
export async function exampleElection(records: readonly Uint8Array[]): Promise<ExampleElection> {
  const made = await examplePoll();
  const { valid: poll, trusteeKeys, witnessKeys, ceremony } = made;
  const files = filesBefore(made);
  const tree = new BoardTree();
  const origin = checkpointOrigin(poll.poll.board.name, poll.pollId);
  const seal = () => signCheckpoint(origin, { size: tree.size, root: tree.root() }, boardKey.secretKey);
  const checkpoints = [seal()];
  for (const record of records) {
    tree.append(record);
    checkpoints.push(seal());
  }
  for (const [path, content] of boardFiles(records)) files.set(path, content);
  files.set(publicPaths.checkpoint, utf8(checkpoints.at(-1)!));

  const verifier = await createVerifier(await verificationKeyOf(artifacts, manifest.manifest, poll.circuit));
  const board = await auditBoard({ poll, files: memoryPublicFiles(files), verifier });
  const secrets = [
    ...trusteeKeys.map(({ signingSecret }) => signingSecret),
    ...witnessKeys.map(({ secretKey }) => secretKey),
  ];
  const closingSignatures = await Promise.all(
    CLOSERS.map((closerIndex) => {
      const secretKey = secrets[closerIndex - 1]!;
      return signClosing({ poll, board, closerIndex, secretKey, store: memoryCloserStore(), now: CLOSES });
    }),
  );
  const closingBytes = assembleClosing({ poll, signatures: closingSignatures });
  files.set(publicPaths.closing, closingBytes);
  const closing = verifyClosing(poll, closingBytes);

  const decryptionShares: SignedMessage[] = [];
  for (const { trustee, nonce } of DECRYPTING) {
    const share = await withDraws([nonce], () =>
      partialDecrypt({
        poll,
        closing,
        board,
        trusteeIndex: trustee,
        share: ceremony.shares[trustee - 1]!,
        signingSecret: secrets[trustee - 1]!,
        store: memoryCloserStore(),
      }),
    );
    decryptionShares.push(share);
    files.set(publicPaths.share(trustee), canonicalBytes(share));
  }
  const outcome = await tally({ poll, board, closing, shares: decryptionShares });
  if (!outcome.complete) throw new Error("the example's shares do not suffice");
  files.set(publicPaths.result, resultBytes(outcome.result));
  return { ...made, board, checkpoints, closingSignatures, closing, decryptionShares, files };
}

/** A public file that is canonical JSON. */
export function documentOf({ files }: ExampleElection, path: string): unknown {
  return parseCanonicalJson(files.get(path)!, path);
}
