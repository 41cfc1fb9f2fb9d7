// The manifest of a key set: which circuits there are, and the digest of every file. docs/spec/keys.md.
import { sha256 } from "@noble/hashes/sha2.js";
import { z } from "zod";
import { toHex } from "./bytes.ts";
import { parseCanonicalJson } from "./canonical-json.ts";
import { hex, parseWith } from "./schema.ts";

/** Circuits of ballots, with their depth and slots. */
export const CIRCUITS = {
  "ballot-compact-10": { depth: 10, slots: 1 },
  "ballot-compact-16": { depth: 16, slots: 1 },
  "ballot-compact-20": { depth: 20, slots: 1 },
  "ballot-wide-20": { depth: 20, slots: 4 },
} as const;

/** Name of a ballot circuit. */
export type CircuitName = keyof typeof CIRCUITS;

/** All names, in order. */
export const CIRCUIT_NAMES = Object.keys(CIRCUITS) as [CircuitName, ...CircuitName[]];

/** Circuits of claims of hours: `depth` of roll and ledger, `slots` credits. */
export const HOURS_CIRCUITS = {
  "hours-1": { depth: 20, slots: 1 },
  "hours-4": { depth: 20, slots: 4 },
} as const;

/** Name of an hours circuit. */
export type HoursCircuitName = keyof typeof HOURS_CIRCUITS;

/** All names of hours circuits, in order. */
export const HOURS_CIRCUIT_NAMES = Object.keys(HOURS_CIRCUITS) as [HoursCircuitName, ...HoursCircuitName[]];

/** Name of any circuit that a key set can hold. */
export type KeyedCircuitName = CircuitName | HoursCircuitName;

const file = z.strictObject({
  // No part begins with a dot: `..` would lead a reader of directories out of its own.
  path: z.string().regex(/^[a-z0-9-]+(\/[a-z0-9-][a-z0-9.-]*)*$/),
  sha256: hex(32),
  size: z
    .int()
    .min(1)
    .max(2 ** 31),
});

const circuit = z.strictObject({
  r1csSha256: hex(32),
  constraints: z.int().min(1),
  wasm: file,
  provingKey: file,
  verificationKey: file,
  transcript: file,
  contributions: z.array(z.strictObject({ name: z.string().max(200), hash: hex(64) })).min(1),
});

const schema = z.strictObject({
  type: z.literal("commune-zk/key-manifest/v1"),
  kind: z.enum(["development", "ceremony"]),
  circuits: z.partialRecord(z.enum([...CIRCUIT_NAMES, ...HOURS_CIRCUIT_NAMES]), circuit),
});

/** A key set's manifest. */
export type KeyManifest = z.infer<typeof schema>;
/** One file of a manifest. */
export type ManifestFile = z.infer<typeof file>;

/** What a manifest says of one circuit. */
export type CircuitEntry = z.infer<typeof circuit>;

/** A manifest with the digest that polls and policies name. */
export interface LoadedManifest {
  readonly manifest: KeyManifest;
  /** SHA-256 of the canonical bytes, hexadecimal: `keySet.digest` of a poll or policy. */
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/**
 * A manifest from untrusted canonical bytes.
 *
 * @throws InputError `manifest-malformed`, `not-canonical-json`, `bad-json`, `bad-utf8`.
 */
export function parseManifest(bytes: Uint8Array, place = "keys.json"): LoadedManifest {
  const manifest = parseWith(schema, parseCanonicalJson(bytes, place), "manifest-malformed", place);
  return { manifest, digest: toHex(sha256(bytes)), bytes };
}
