// The registrar's word on who is a member now: what sign-ins and gates are proven against.
// docs/spec/membership.md §6.
import { z } from "zod";
import { canonicalBytes, parseCanonicalJson } from "../../formats/canonical-json.ts";
import { InputError } from "../../formats/errors.ts";
import { parseWith, time } from "../../formats/schema.ts";
import { parseWrapper, signMessage, verifyMessage } from "../signed-message.ts";
import { type LeanRoll, readLeanRoll } from "./lean-roll.ts";
import { type NoAnchor, type RegistrarAnchor, signedDocumentShape } from "./signed-document.ts";

const schema = z.strictObject({
  type: z.literal("commune-zk/roll-snapshot/v1"),
  ...signedDocumentShape,
  takenAt: time,
});

/** A snapshot document, in shape. Only {@link validateSnapshot} says that the registrar signed it. */
export type RollSnapshot = z.infer<typeof schema>;

declare const validated: unique symbol;

/** A snapshot that its registrar signed; only {@link validateSnapshot} makes one. */
export interface ValidSnapshot {
  readonly [validated]: true;
  readonly snapshot: RollSnapshot;
  readonly roll: LeanRoll;
  /** False only where the caller gave no trust anchor. */
  readonly anchored: boolean;
}

/**
 * Signs a snapshot.
 *
 * @param secretKey - Ed25519 seed of the registrar.
 * @returns bytes of `roll/snapshot.json`.
 */
export function signSnapshot(snapshot: RollSnapshot, secretKey: Uint8Array): Uint8Array {
  return canonicalBytes(signMessage("roll-snapshot", snapshot, secretKey));
}

/**
 * A snapshot that the registrar signed.
 *
 * A member proves only against rolls that others can compare: a roll of one, made up for one member, would name
 * that member. `roll.head` and `roll.members` are what to compare and to show.
 *
 * @param anchor - the registrar's key, given by another way; a snapshot has no id.
 * @throws InputError `snapshot-malformed`, `snapshot-not-anchored`, `snapshot-bad-signature`,
 *   `not-canonical-json`, `bad-json`, `bad-utf8`, or as `readLeanRoll`.
 */
export function validateSnapshot(bytes: Uint8Array, anchor: RegistrarAnchor | NoAnchor): ValidSnapshot {
  const place = "snapshot.json";
  const wrapped = parseWrapper(parseCanonicalJson(bytes, place), "snapshot-malformed", place);
  const snapshot = parseWith(schema, wrapped.message, "snapshot-malformed", place);
  const { key } = snapshot.organisation;
  if (anchor.kind === "registrar" && anchor.key !== key) {
    throw new InputError("snapshot-not-anchored", "not by the registrar whose key was given", place);
  }
  const roll = readLeanRoll(snapshot.roll, key, place);
  if (!verifyMessage("roll-snapshot", wrapped, key)) {
    throw new InputError("snapshot-bad-signature", "not signed by the registrar", place);
  }
  return { snapshot, roll, anchored: anchor.kind !== "none" } as unknown as ValidSnapshot;
}
