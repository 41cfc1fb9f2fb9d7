// What all scope documents have in common: their parts, and how a reader judges them. docs/spec/poll.md §1, §2.
import { z } from "zod";
import { InputError } from "../formats/errors.ts";
import type { LoadedManifest } from "../formats/manifest.ts";
import { publicPaths } from "../formats/public-paths.ts";
import { hex, text } from "../formats/schema.ts";

/** Who puts the document up: the registrar's Ed25519 key. */
export const organisationSchema = z.strictObject({ name: text(200), key: hex(32) });

/** The board on which records stand: its name, and the Ed25519 key that signs checkpoints. */
export const boardSchema = z.strictObject({ name: z.string().regex(/^[a-z0-9.-]{1,64}$/), key: hex(32) });

/** The key set under which proofs are made and verified. */
export const keySetSchema = z.strictObject({ digest: hex(32), kind: z.enum(["development", "ceremony"]) });

/** A board's name and key. */
export type BoardIdentity = z.infer<typeof boardSchema>;

/** What {@link checkKeySet} compares. */
export interface KeySetCheck {
  readonly keySet: z.infer<typeof keySetSchema>;
  readonly circuit: keyof LoadedManifest["manifest"]["circuits"];
  /** The reader's own key set. */
  readonly manifest: LoadedManifest;
  readonly allowDevelopmentKeys: boolean;
  /** Code where the document says another kind than the manifest: `poll-bad-key-set` … */
  readonly code: string;
  /** The document's file. */
  readonly place: string;
}

/**
 * That a document names the reader's own key set, rightly, and a circuit in it.
 *
 * @throws InputError `key-set-digest-mismatch`, `code`, `development-keys-refused`, `circuit-not-in-key-set`.
 */
export function checkKeySet({
  keySet,
  circuit,
  manifest: { manifest, digest },
  allowDevelopmentKeys,
  code,
  place,
}: KeySetCheck): void {
  if (keySet.digest !== digest) {
    throw new InputError("key-set-digest-mismatch", "another key set than the reader's is named", place);
  }
  if (keySet.kind !== manifest.kind) {
    throw new InputError(code, "the key set is of another kind than the document says", place);
  }
  if (manifest.kind === "development" && !allowDevelopmentKeys) {
    throw new InputError(
      "development-keys-refused",
      "the proving keys were made by one machine, for development",
      place,
    );
  }
  if (manifest.circuits[circuit] === undefined) {
    throw new InputError("circuit-not-in-key-set", "the key set lacks the document's circuit", place);
  }
}

/**
 * Judges a document by the reader's key set or, without one, by the document's own `keys.json`. Only what is wrong
 * with that file itself is laid at its door.
 *
 * @param own - `keys.json`, read.
 * @param manifest - the key set that the reader believes in.
 * @param judge - the document's judge.
 * @param digestOf - `keySet.digest` of the document.
 * @throws InputError `key-set-digest-mismatch` at `keys.json`, or as `judge`.
 */
export function judgeWithKeys<V>(
  { own, manifest }: { own: LoadedManifest; manifest: LoadedManifest | undefined },
  judge: (manifest: LoadedManifest) => V,
  digestOf: (valid: V) => string,
): V {
  const notNamed = () =>
    new InputError("key-set-digest-mismatch", "not the key set that is named", publicPaths.keys);
  let valid: V;
  try {
    valid = judge(manifest ?? own);
  } catch (error) {
    const ownIsAnother = manifest === undefined && error instanceof InputError;
    throw ownIsAnother && error.code === "key-set-digest-mismatch" ? notNamed() : error;
  }
  if (own.digest !== digestOf(valid)) throw notNamed();
  return valid;
}
