// The roll's log: what a replay yields, and every reason to refuse one. docs/spec/roll.md §1, §2.
import { beforeAll, describe, expect, test } from "@jest/globals";
import { concatBytes, fromUtf8, toHex, utf8 } from "../../src/formats/bytes.ts";
import { canonicalBytes } from "../../src/formats/canonical-json.ts";
import { ed25519KeyPair, type SignatureRole, signDocument } from "../../src/formats/ed25519.ts";
import { InputError } from "../../src/formats/errors.ts";
import { createIdentity, type Identity } from "../../src/protocol/identity.ts";
import { createRegistration, type Registration } from "../../src/protocol/registration.ts";
import {
  appendBatch,
  applyBatch,
  emptyRoll,
  type RollBatch,
  type RollEvent,
  type RollState,
  replayRoll,
  rollHead,
} from "../../src/protocol/roll-log.ts";
import { pollLeaves } from "../../src/protocol/roll-tree.ts";
import { randomHex } from "../../src/rehearsal.ts";
import { hashBySpec, inputError, seededRandom } from "../trustees/support.ts";

const registrar = ed25519KeyPair();
const rollId = randomHex();
const expected = { rollId, registrarKey: registrar.publicKey };

function register(identity: Identity, registrarNonce = randomHex()): Registration {
  return createRegistration({ identity, mailboxKey: randomHex(), ...expected, registrarNonce });
}

const join = (identity: Identity, tier = "member"): RollEvent => ({
  kind: "join",
  tier,
  registration: register(identity),
});

/** A log with its lines, newlines left out, and the state after each. */
interface Log {
  readonly lines: readonly Uint8Array[];
  readonly states: readonly RollState[];
}

/** Three batches: a, b, c join; b changes tier, a leaves, c rotates; d joins. */
let log: Log;
let members: Record<"a" | "b" | "c" | "c2" | "d", Identity>;
let firstEvents: RollEvent[];

beforeAll(() => {
  members = {
    a: createIdentity(),
    b: createIdentity(),
    c: createIdentity(),
    c2: createIdentity(),
    d: createIdentity(),
  };
  firstEvents = [join(members.a), join(members.b), join(members.c, "guest")];
  log = write([
    firstEvents,
    [
      { kind: "tier", position: 1, tier: "honorary" },
      { kind: "leave", position: 0 },
      { kind: "rotate", position: 2, registration: register(members.c2) },
    ],
    [join(members.d)],
  ]);
});

function write(batches: readonly RollEvent[][]): Log {
  const states = [emptyRoll(expected)];
  const lines = batches.map((events) => {
    const { state, line } = appendBatch(states.at(-1)!, events, registrar.secretKey);
    states.push(state);
    return line.slice(0, -1);
  });
  return { lines, states };
}

const ndjson = (lines: readonly Uint8Array[]): Uint8Array =>
  concatBytes(...lines.flatMap((line) => [line, utf8("\n")]));

function parsed(line: Uint8Array): { batch: RollBatch; signature: string } {
  return JSON.parse(fromUtf8(line));
}

/** A line for a batch of any content, signed as the registrar would. */
function signedLine(
  batch: unknown,
  { secretKey, role }: { secretKey: Uint8Array; role: SignatureRole } = {
    secretKey: registrar.secretKey,
    role: "roll-batch",
  },
): Uint8Array {
  return canonicalBytes({ batch, signature: signDocument(role, canonicalBytes(batch), secretKey) });
}

/** Code and place with which a reader refuses a log of these lines. */
function refusal(lines: readonly Uint8Array[]): { code: string; place: string | undefined } {
  const { code, place } = inputError(() => replayRoll(ndjson(lines), expected));
  return { code, place };
}

/** {@link refusal} of the log with line n changed, and signed by the registrar as if it were right. */
function changed(n: number, change: (batch: RollBatch) => unknown) {
  return refusal(log.lines.map((line, i) => (i === n ? signedLine(change(parsed(line).batch)) : line)));
}

/** {@link refusal} of one more batch of these events: `appendBatch` would not write it. */
function more(...events: RollEvent[]) {
  const state = log.states.at(-1)!;
  const counts = { join: 0, tier: 0, leave: 0, rotate: 0 };
  for (const { kind } of events) counts[kind]++;
  const { serial: _s, previous: _p, ...rest } = parsed(log.lines[0]!).batch;
  const batch = { ...rest, serial: state.batches, previous: state.link, counts, events };
  const refused = refusal([...log.lines, signedLine(batch)]);
  // Whoever writes is refused as whoever reads.
  const written = inputError(() => appendBatch(state, events, registrar.secretKey));
  expect({ code: written.code, place: written.place }).toEqual(refused);
  return refused;
}

describe("a replay", () => {
  test("gives tiers, commitments and mailbox keys by position", () => {
    const { positions, batches } = replayRoll(ndjson(log.lines), expected);
    expect(batches).toBe(3);
    // Where each one's last registration stands: batch and event.
    const mailbox = (batch: number, event: number): string => {
      const { registration } = parsed(log.lines[batch]!).batch.events[event] as Extract<
        RollEvent,
        { kind: "join" }
      >;
      return registration.mailboxKey;
    };
    expect(positions).toEqual([
      null,
      { tier: "honorary", commitment: members.b.commitment, mailboxKey: mailbox(0, 1) },
      { tier: "guest", commitment: members.c2.commitment, mailboxKey: mailbox(1, 2) },
      { tier: "member", commitment: members.d.commitment, mailboxKey: mailbox(2, 0) },
    ]);
  });

  test("of every prefix gives what the registrar's own state was, and another head each", () => {
    const heads = log.states.map((state, n) => {
      const replayed = replayRoll(ndjson(log.lines.slice(0, n)), expected);
      expect(replayed).toEqual(state);
      return rollHead(replayed);
    });
    expect(new Set(heads).size).toBe(4);
  });

  test("links and heads are those of the specification", () => {
    let link = hashBySpec("roll-genesis", [rollId, registrar.publicKey]);
    for (const [n, state] of log.states.entries()) {
      expect(state.link).toBe(link);
      expect(rollHead(state)).toBe(hashBySpec("roll-head", [rollId, n.toString(16).padStart(16, "0"), link]));
      const line = log.lines[n];
      if (line !== undefined) link = hashBySpec("roll-batch", [toHex(canonicalBytes(parsed(line).batch))]);
    }
  });

  test("yields the zero leaf for who has left and for tiers that the poll does not name", () => {
    const state = log.states.at(-1)!;
    const { b, c2, d } = members;
    expect(pollLeaves(state, ["member", "honorary", "guest"])).toEqual([
      0n,
      b.commitment,
      c2.commitment,
      d.commitment,
    ]);
    expect(pollLeaves(state, ["member"])).toEqual([0n, 0n, 0n, d.commitment]);
    expect(pollLeaves(state, ["guest", "unknown"])).toEqual([0n, 0n, c2.commitment, 0n]);
    expect(pollLeaves(state, [])).toEqual([0n, 0n, 0n, 0n]);
  });

  test("counts what the assembly compares with its minutes", () => {
    expect(log.lines.map((line) => parsed(line).batch.counts)).toEqual([
      { join: 3, tier: 0, leave: 0, rotate: 0 },
      { join: 0, tier: 1, leave: 1, rotate: 1 },
      { join: 1, tier: 0, leave: 0, rotate: 0 },
    ]);
  });

  test("of one more batch leaves the old state as it was", () => {
    const before = log.states[1]!;
    const copy = structuredClone(before);
    expect(applyBatch(before, log.lines[1]!)).toEqual(log.states[2]);
    expect(inputError(() => applyBatch(before, log.lines[2]!)).code).toBe("roll-out-of-order");
    expect(before).toEqual(copy);
  });
});

describe("a log is refused", () => {
  test("without its last newline", () => {
    const bytes = ndjson(log.lines).slice(0, -1);
    expect(inputError(() => replayRoll(bytes, expected))).toMatchObject({
      code: "roll-truncated",
      place: "roll batch 2",
    });
  });

  test("cut within a line", () => {
    const bytes = ndjson(log.lines);
    expect(inputError(() => replayRoll(bytes.slice(0, bytes.length - 40), expected)).code).toBe(
      "roll-truncated",
    );
    expect(inputError(() => replayRoll(bytes.slice(0, 10), expected))).toMatchObject({
      code: "roll-truncated",
      place: "roll batch 0",
    });
  });

  test("with an empty line", () => {
    const lines = [log.lines[0]!, new Uint8Array(0), ...log.lines.slice(1)];
    expect(refusal(lines)).toEqual({ code: "bad-json", place: "roll batch 1" });
  });

  test.each<[string, (text: string) => string]>([
    ["a space", (text) => text.replace('{"batch":', '{"batch": ')],
    ["a carriage return", (text) => `${text}\r`],
    [
      "keys in another order",
      (text) => {
        const { batch, signature } = JSON.parse(text);
        return JSON.stringify({ signature, batch });
      },
    ],
    ["a repeated key", (text) => text.replace('{"batch":', '{"batch":1,"batch":')],
  ])("with %s, not canonical", (_name, change) => {
    const lines = log.lines.map((line, n) => (n === 1 ? utf8(change(fromUtf8(line))) : line));
    expect(refusal(lines)).toEqual({ code: "not-canonical-json", place: "roll batch 1" });
  });

  test.each<[string, (batch: RollBatch) => unknown, string]>([
    ["another type", (batch) => ({ ...batch, type: "commune-zk/roll-batch/v2" }), "batch.type"],
    ["a field more", (batch) => ({ ...batch, note: "x" }), "batch"],
    ["no counts", ({ counts: _, ...batch }) => batch, "batch.counts"],
    ["a negative serial", (batch) => ({ ...batch, serial: -1 }), "batch.serial"],
    ["no events", (batch) => ({ ...batch, events: [] }), "batch.events"],
    [
      "more than 4,096 events",
      (batch) => ({ ...batch, events: new Array(4097).fill({ kind: "leave", position: 0 }) }),
      "batch.events",
    ],
    [
      "an unknown event",
      (batch) => ({ ...batch, events: [{ kind: "expel", position: 0 }] }),
      "batch.events.0.kind",
    ],
    [
      "a commitment in place of a registration",
      (batch) => ({ ...batch, events: [{ kind: "join", tier: "member", commitment: "1" }] }),
      "batch.events.0.registration",
    ],
    [
      "a tier in capitals",
      (batch) => ({ ...batch, events: [{ kind: "tier", position: 0, tier: "Member" }] }),
      "batch.events.0.tier",
    ],
    [
      "a tier of 33 letters",
      (batch) => ({ ...batch, events: [{ kind: "tier", position: 0, tier: "m".repeat(33) }] }),
      "batch.events.0.tier",
    ],
    [
      "a position that is no integer",
      (batch) => ({ ...batch, events: [{ kind: "leave", position: 0.5 }] }),
      "batch.events.0.position",
    ],
  ])("with %s, malformed", (_name, change, path) => {
    expect(changed(1, change)).toEqual({ code: "roll-malformed", place: `roll batch 1: ${path}` });
  });

  test("without a signature, malformed", () => {
    const line = canonicalBytes({ batch: parsed(log.lines[0]!).batch });
    expect(refusal([line])).toEqual({ code: "roll-malformed", place: "roll batch 0: signature" });
  });

  test.each(["rollId", "registrarKey"] as const)("with another %s", (field) => {
    expect(changed(1, (batch) => ({ ...batch, [field]: randomHex() }))).toEqual({
      code: "roll-other-roll",
      place: "roll batch 1",
    });
  });

  test("as that of another roll by the same registrar", () => {
    const other = { ...expected, rollId: randomHex() };
    const read = inputError(() => replayRoll(ndjson(log.lines), other));
    expect(read).toMatchObject({ code: "roll-other-roll", place: "roll batch 0" });
  });

  test.each<[string, (lines: Uint8Array[]) => Uint8Array[], number]>([
    ["two batches swapped", ([a, b, c]) => [a!, c!, b!], 1],
    ["a batch left out", ([a, , c]) => [a!, c!], 1],
    ["the first batch left out", ([, b, c]) => [b!, c!], 0],
    ["a batch twice", ([a, b, c]) => [a!, b!, b!, c!], 2],
  ])("with %s, out of order", (_name, change, n) => {
    expect(refusal(change([...log.lines]))).toEqual({
      code: "roll-out-of-order",
      place: `roll batch ${n}`,
    });
  });

  test("with a batch that follows another history", () => {
    // The registrar writes two second batches, and a third after each: a reader of one refuses the other's.
    const fork = write([firstEvents, [{ kind: "leave", position: 1 }], [{ kind: "leave", position: 2 }]]);
    expect(refusal([log.lines[0]!, log.lines[1]!, fork.lines[2]!])).toEqual({
      code: "roll-broken-link",
      place: "roll batch 2",
    });
    expect(changed(0, (batch) => ({ ...batch, previous: randomHex() }))).toEqual({
      code: "roll-broken-link",
      place: "roll batch 0",
    });
  });

  test("signed by anybody else, in another role, or not at all", () => {
    const { batch, signature } = parsed(log.lines[1]!);
    const bad = { code: "roll-bad-signature", place: "roll batch 1" };
    const second = (line: Uint8Array) => refusal([log.lines[0]!, line, log.lines[2]!]);
    const stranger = ed25519KeyPair();
    expect(second(signedLine(batch, { secretKey: stranger.secretKey, role: "roll-batch" }))).toEqual(bad);
    expect(second(signedLine(batch, { secretKey: registrar.secretKey, role: "poll" }))).toEqual(bad);
    expect(second(canonicalBytes({ batch, signature: "00".repeat(64) }))).toEqual(bad);
    expect(second(canonicalBytes({ batch, signature: parsed(log.lines[0]!).signature }))).toEqual(bad);
    const changedAfter = { ...batch, events: [...batch.events.slice(0, 2), { kind: "leave", position: 2 }] };
    const counts = { join: 0, tier: 1, leave: 2, rotate: 0 };
    expect(second(canonicalBytes({ batch: { ...changedAfter, counts }, signature }))).toEqual(bad);
  });

  test.each(["join", "tier", "leave", "rotate"] as const)("with another number of %s counted", (kind) => {
    for (const difference of [1, -1]) {
      // Batch 1 has no join, batch 0 no other event: −1 is tried where there is one.
      const n = kind === "join" ? 0 : 1;
      const change = (batch: RollBatch) => ({
        ...batch,
        counts: { ...batch.counts, [kind]: batch.counts[kind] + difference },
      });
      expect(changed(n, change)).toEqual({ code: "roll-wrong-counts", place: `roll batch ${n}` });
    }
  });

  const at = (n: number, code: string) => ({ code, place: `roll batch 3 event ${n}` });

  test.each<[string, (position: number) => RollEvent]>([
    ["tier", (position) => ({ kind: "tier", position, tier: "guest" })],
    ["leave", (position) => ({ kind: "leave", position })],
    ["rotate", (position) => ({ kind: "rotate", position, registration: register(createIdentity()) })],
  ])("with a %s of a position where nobody stands", (_kind, event) => {
    expect(more(event(4))).toEqual(at(0, "roll-unknown-position"));
    expect(more(event(Number.MAX_SAFE_INTEGER))).toEqual(at(0, "roll-unknown-position"));
    // The member at 0 has left.
    expect(more(event(0))).toEqual(at(0, "roll-unknown-position"));
    // The first good event is no cover for the second.
    expect(more({ kind: "leave", position: 1 }, event(1))).toEqual(at(1, "roll-unknown-position"));
  });

  test("with a commitment that stands in the roll, or ever did", () => {
    const duplicate = at(0, "roll-duplicate-commitment");
    const { a, b, c, c2, d } = members;
    // a has left, c was rotated away; each member brings a fresh invitation and a fresh proof.
    for (const identity of [a, b, c, c2, d]) {
      expect(more(join(identity))).toEqual(duplicate);
      expect(more({ kind: "rotate", position: 3, registration: register(identity) })).toEqual(duplicate);
    }
  });

  test("with a commitment twice in one batch", () => {
    const twice = createIdentity();
    expect(more(join(twice), join(twice))).toEqual(at(1, "roll-duplicate-commitment"));
    expect(more(join(twice), { kind: "leave", position: 4 }, join(twice))).toEqual(
      at(2, "roll-duplicate-commitment"),
    );
  });

  test("with an invitation used twice, also by who has left or in one batch", () => {
    const nonceOf = (n: number) => {
      const event = firstEvents[n]!;
      return event.kind === "join" ? event.registration.registrarNonce : "";
    };
    const joining = (nonce: string): RollEvent => ({
      kind: "join",
      tier: "member",
      registration: register(createIdentity(), nonce),
    });
    expect(more(joining(nonceOf(1)))).toEqual(at(0, "roll-duplicate-nonce"));
    expect(more(joining(nonceOf(0)))).toEqual(at(0, "roll-duplicate-nonce"));
    const fresh = randomHex();
    expect(more(joining(fresh), joining(fresh))).toEqual(at(1, "roll-duplicate-nonce"));
    const rotate = (nonce: string): RollEvent => ({
      kind: "rotate",
      position: 1,
      registration: register(createIdentity(), nonce),
    });
    expect(more(rotate(nonceOf(2)))).toEqual(at(0, "roll-duplicate-nonce"));
  });

  test("with a registration copied whole, or copied onto another invitation", () => {
    const [event] = firstEvents;
    const { registration } = event as Extract<RollEvent, { kind: "join" }>;
    expect(more({ kind: "join", tier: "member", registration })).toEqual(at(0, "roll-duplicate-commitment"));
    const copied = { ...registration, registrarNonce: randomHex() };
    expect(more({ kind: "join", tier: "member", registration: copied })).toEqual(
      at(0, "registration-bad-signature"),
    );
  });

  test("with a registration made for another roll or registrar", () => {
    for (const [field, code] of [
      ["rollId", "registration-other-roll"],
      ["registrarKey", "registration-other-registrar"],
    ] as const) {
      const elsewhere = { ...expected, registrarNonce: randomHex(), [field]: randomHex() };
      const registration = createRegistration({
        identity: createIdentity(),
        mailboxKey: randomHex(),
        ...elsewhere,
      });
      expect(more({ kind: "join", tier: "member", registration })).toEqual(at(0, code));
    }
  });

  test("with any bit flipped", () => {
    const seed = Date.now();
    const random = seededRandom(seed);
    const small = write([
      [join(members.a)],
      [
        { kind: "tier", position: 0, tier: "guest" },
        { kind: "rotate", position: 0, registration: register(members.b) },
        { kind: "leave", position: 0 },
      ],
    ]);
    const honest = ndjson(small.lines);
    for (let i = 0; i < 400; i++) {
      const at = Math.floor(random() * honest.length);
      const bit = Math.floor(random() * 8);
      const bytes = honest.slice();
      bytes[at]! ^= 1 << bit;
      let outcome = "accepted";
      try {
        replayRoll(bytes, expected);
      } catch (error) {
        outcome = error instanceof InputError ? "refused" : String(error);
      }
      const where = `seed ${seed}, byte ${at}, bit ${bit}`;
      expect([where, outcome]).toEqual([where, "refused"]);
    }
  });
});
