// The poll document and its signatures. docs/spec/poll.md §2, §3.
import { z } from "zod";
import { fromHex } from "../formats/bytes.ts";
import { canonicalBytes, parseCanonicalJson } from "../formats/canonical-json.ts";
import { signDocument } from "../formats/ed25519.ts";
import { CIRCUIT_NAMES } from "../formats/manifest.ts";
import { count, hex, parseWith, pointJson, text, time } from "../formats/schema.ts";
import { frozenRollSchema } from "./frozen-roll.ts";
import { scopeOf } from "./scope.ts";
import { boardSchema, keySetSchema, organisationSchema } from "./scope-document.ts";

const name = text(200);

const rulesSchema = z.strictObject({
  circuit: z.enum(CIRCUIT_NAMES),
  countersPerSlot: z.int().min(1).max(4),
  valueBits: z.int().min(1).max(24),
  maxima: z.array(z.int().min(1).max(255)).max(16),
  minTotal: count,
  maxTotal: count,
  cost: z.enum(["linear", "quadratic"]),
  distinct: z.boolean(),
  revisions: z.boolean(),
});

const shape = {
  type: z.literal("commune-zk/poll/v1"),
  organisation: organisationSchema,
  nonce: hex(32),
  title: text(500),
  options: z.array(name).min(2).max(16),
  rules: rulesSchema,
  roll: frozenRollSchema,
  opensAt: time,
  closesAt: time,
  minimumBallots: z.int().min(1),
  shardBallots: z.int().min(1),
  trustees: z
    .array(z.strictObject({ name, signingKey: hex(32), encryptionKey: pointJson }))
    .min(1)
    .max(64),
  threshold: z.int().min(1),
  witnesses: z.array(z.strictObject({ name, signingKey: hex(32) })).max(64),
  board: boardSchema,
  keySet: keySetSchema,
};

const pollWithoutKeySchema = z.strictObject(shape);

const pollSchema = z.strictObject({
  ...shape,
  encryption: z.strictObject({
    ceremonyId: hex(31),
    publicKey: pointJson,
    commitments: z.array(pointJson).min(1).max(64),
  }),
});

const signaturesSchema = z.strictObject({
  type: z.literal("commune-zk/poll-signatures/v1"),
  pollId: hex(31),
  registrar: hex(64),
  trustees: z.array(hex(64)),
});

/** A poll document, in shape. Only `validatePoll` says that it is a poll. */
export type Poll = z.infer<typeof pollSchema>;
/** A poll before its key generation. */
export type PollWithoutKey = z.infer<typeof pollWithoutKeySchema>;
/** The rules of a poll. */
export type PollRules = z.infer<typeof rulesSchema>;
/** `signatures.json`. */
export type PollSignatures = z.infer<typeof signaturesSchema>;

/**
 * A poll document by its shape alone.
 *
 * @throws InputError `poll-malformed`, `not-canonical-json`, `bad-json`, `bad-utf8`.
 */
export function parsePoll(bytes: Uint8Array): Poll {
  return parseWith(pollSchema, parseCanonicalJson(bytes, "poll.json"), "poll-malformed", "poll.json");
}

/**
 * `signatures.json` by its shape alone.
 *
 * @throws InputError `poll-signatures-malformed`, `not-canonical-json`, `bad-json`, `bad-utf8`.
 */
export function parsePollSignatures(bytes: Uint8Array): PollSignatures {
  const place = "signatures.json";
  return parseWith(signaturesSchema, parseCanonicalJson(bytes, place), "poll-signatures-malformed", place);
}

/** Canonical bytes of a poll. */
export function pollBytes(poll: Poll): Uint8Array {
  return canonicalBytes(poll);
}

/** The scope of a poll, from its canonical bytes. */
export function pollIdOf(bytes: Uint8Array): string {
  return scopeOf("poll", bytes);
}

/** The scope of the key generation for a poll; `encryption`, if there, is left out. */
export function ceremonyIdOf(poll: PollWithoutKey): string {
  const { encryption: _, ...rest } = poll as Poll;
  return scopeOf("ceremony", canonicalBytes(rest));
}

/**
 * Signs a pollId, as registrar or trustee. A trustee signs one document per ceremony, and only after it has
 * compared H and commitments with those of its own ceremony.
 *
 * @param secretKey - Ed25519 seed.
 */
export function signPoll(pollId: string, secretKey: Uint8Array): string {
  return signDocument("poll", fromHex(pollId, 31, "pollId"), secretKey);
}

/** Canonical bytes of `signatures.json`. */
export function pollSignaturesBytes(signatures: Omit<PollSignatures, "type">): Uint8Array {
  return canonicalBytes({ type: "commune-zk/poll-signatures/v1", ...signatures });
}
