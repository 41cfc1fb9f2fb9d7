// The roll as a signed log of admission batches, and its replay. docs/spec/roll.md §1, §2.
import { z } from "zod";
import { fromHex, toHex, uintBytes } from "../formats/bytes.ts";
import { canonicalBytes, parseCanonicalJson } from "../formats/canonical-json.ts";
import { verifyDocument } from "../formats/ed25519.ts";
import { InputError } from "../formats/errors.ts";
import { hashFramed } from "../formats/hash.ts";
import { count, hex, parseWith } from "../formats/schema.ts";
import { registrationSchema, verifyRegistration } from "./registration.ts";
import { logLines, signedLine, withNewline } from "./signed-log.ts";

/** Shape of a tier's name. */
export const tierName = z.string().regex(/^[a-z0-9-]{1,32}$/);

const eventSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("join"), tier: tierName, registration: registrationSchema }),
  z.strictObject({ kind: z.literal("tier"), position: count, tier: tierName }),
  z.strictObject({ kind: z.literal("leave"), position: count }),
  z.strictObject({ kind: z.literal("rotate"), position: count, registration: registrationSchema }),
]);

const batchSchema = z.strictObject({
  type: z.literal("commune-zk/roll-batch/v1"),
  rollId: hex(32),
  registrarKey: hex(32),
  serial: count,
  previous: hex(32),
  counts: z.strictObject({ join: count, tier: count, leave: count, rotate: count }),
  events: z.array(eventSchema).min(1).max(4096),
});

const lineSchema = z.strictObject({ batch: batchSchema, signature: hex(64) });

/** One change of the roll. */
export type RollEvent = z.infer<typeof eventSchema>;
/** Events that the registrar admits together. */
export type RollBatch = z.infer<typeof batchSchema>;

/** Who stands at a position of the roll. */
export interface RollPosition {
  readonly tier: string;
  readonly commitment: bigint;
  /** X25519, hexadecimal, as the member registered it: nothing has checked it. */
  readonly mailboxKey: string;
}

/** A roll after some batches. */
export interface RollState {
  readonly rollId: string;
  readonly registrarKey: string;
  /** Number of batches. */
  readonly batches: number;
  /** `previous` of the next batch. */
  readonly link: string;
  /** By position; null where the member has left. */
  readonly positions: readonly (RollPosition | null)[];
  /** Every commitment that ever stood in the log. */
  readonly commitments: ReadonlySet<bigint>;
  /** Every registrar's nonce that was used. */
  readonly nonces: ReadonlySet<string>;
}

/** The roll before its first batch. Both hexadecimal, 32 bytes. */
export function emptyRoll({ rollId, registrarKey }: { rollId: string; registrarKey: string }): RollState {
  const parts = [fromHex(rollId, 32, "rollId"), fromHex(registrarKey, 32, "registrarKey")];
  const link = toHex(hashFramed("roll-genesis", parts));
  const none = new Set<never>();
  return { rollId, registrarKey, batches: 0, link, positions: [], commitments: none, nonces: none };
}

/** `roll.head` of a poll: which log this is, up to which batch. Hexadecimal. */
export function rollHead({ rollId, batches, link }: RollState): string {
  const parts = [fromHex(rollId, 32, "rollId"), uintBytes(batches, 8), fromHex(link, 32, "link")];
  return toHex(hashFramed("roll-head", parts));
}

function countEvents(events: readonly RollEvent[]): RollBatch["counts"] {
  const counts = { join: 0, tier: 0, leave: 0, rotate: 0 };
  for (const { kind } of events) counts[kind]++;
  return counts;
}

/**
 * Signs the next batch and applies it as any reader would.
 *
 * @param secretKey - Ed25519 seed of the registrar.
 * @returns the new state, and the line for `roll/events.ndjson` with its newline.
 * @throws InputError - as {@link replayRoll}: nothing is signed that a reader would refuse.
 */
export function appendBatch(
  state: RollState,
  events: readonly RollEvent[],
  secretKey: Uint8Array,
): { readonly state: RollState; readonly line: Uint8Array } {
  const batch: RollBatch = {
    type: "commune-zk/roll-batch/v1",
    rollId: state.rollId,
    registrarKey: state.registrarKey,
    serial: state.batches,
    previous: state.link,
    counts: countEvents(events),
    events: [...events],
  };
  const line = signedLine({ name: "batch", role: "roll-batch", document: batch }, secretKey);
  return { state: applyBatch(state, line), line: withNewline(line) };
}

/**
 * Replays a whole log.
 *
 * @param ndjson - untrusted, `roll/events.ndjson`.
 * @throws InputError `roll-truncated` (no newline at the end), `not-canonical-json`, `roll-malformed`,
 *   `roll-other-roll`, `roll-out-of-order`, `roll-broken-link`, `roll-bad-signature`, `roll-wrong-counts`,
 *   `roll-unknown-position`, `roll-duplicate-commitment`, `roll-duplicate-nonce`, or as `verifyRegistration`;
 *   the place names batch and event.
 */
export function replayRoll(
  ndjson: Uint8Array,
  expected: { rollId: string; registrarKey: string },
): RollState {
  // One draft for the whole log: a copy for each batch would make long logs quadratic.
  const draft = draftOf(emptyRoll(expected));
  const truncated = (i: number) =>
    new InputError("roll-truncated", "no newline at the end", `roll batch ${i}`);
  for (const line of logLines(ndjson, truncated)) applyLine(draft, line);
  return draft;
}

/**
 * The roll after one more batch.
 *
 * @param line - untrusted, without its newline.
 * @throws InputError - as {@link replayRoll}; the old state stands.
 */
export function applyBatch(state: RollState, line: Uint8Array): RollState {
  const draft = draftOf(state);
  applyLine(draft, line);
  return draft;
}

/** A state that its one owner may still change; after a refusal it is thrown away. */
interface RollDraft extends RollState {
  batches: number;
  link: string;
  readonly positions: (RollPosition | null)[];
  readonly commitments: Set<bigint>;
  readonly nonces: Set<string>;
}

function draftOf(state: RollState): RollDraft {
  return {
    ...state,
    positions: [...state.positions],
    commitments: new Set(state.commitments),
    nonces: new Set(state.nonces),
  };
}

function applyLine(draft: RollDraft, line: Uint8Array): void {
  const place = `roll batch ${draft.batches}`;
  const value = parseCanonicalJson(line, place);
  const { batch, signature } = parseWith(lineSchema, value, "roll-malformed", place);
  if (batch.rollId !== draft.rollId || batch.registrarKey !== draft.registrarKey) {
    throw new InputError("roll-other-roll", "batch of another roll or registrar", place);
  }
  if (batch.serial !== draft.batches) throw new InputError("roll-out-of-order", "wrong serial", place);
  if (batch.previous !== draft.link) throw new InputError("roll-broken-link", "follows another batch", place);
  const bytes = canonicalBytes(batch);
  if (!verifyDocument("roll-batch", bytes, signature, draft.registrarKey)) {
    throw new InputError("roll-bad-signature", "not signed by the registrar", place);
  }
  const counts = countEvents(batch.events);
  if (Object.entries(counts).some(([kind, n]) => batch.counts[kind as keyof typeof counts] !== n)) {
    throw new InputError("roll-wrong-counts", "the published counts are not those of the events", place);
  }
  for (const [i, event] of batch.events.entries()) applyEvent(draft, event, `${place} event ${i}`);
  draft.batches++;
  draft.link = toHex(hashFramed("roll-batch", [bytes]));
}

function applyEvent(draft: RollDraft, event: RollEvent, place: string): void {
  if (event.kind === "join") {
    draft.positions.push({ tier: event.tier, ...admit(draft, event.registration, place) });
    return;
  }
  const old = draft.positions[event.position];
  if (old === undefined || old === null) {
    throw new InputError("roll-unknown-position", "nobody stands there", place);
  }
  if (event.kind === "leave") draft.positions[event.position] = null;
  else if (event.kind === "tier") draft.positions[event.position] = { ...old, tier: event.tier };
  else {
    draft.positions[event.position] = { ...old, ...admit(draft, event.registration, place) };
  }
}

function admit(draft: RollDraft, value: unknown, place: string): Omit<RollPosition, "tier"> {
  const { registration, commitment } = verifyRegistration(value, draft, place);
  if (draft.commitments.has(commitment)) {
    throw new InputError("roll-duplicate-commitment", "this commitment stood in the roll before", place);
  }
  if (draft.nonces.has(registration.registrarNonce)) {
    throw new InputError("roll-duplicate-nonce", "this invitation was used before", place);
  }
  draft.commitments.add(commitment);
  draft.nonces.add(registration.registrarNonce);
  return { commitment, mailboxKey: registration.mailboxKey };
}
