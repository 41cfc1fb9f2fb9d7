// Petitions and snapshots as anybody reads them, and the rolls that they freeze. docs/spec/membership.md §2, §6, §8.
import { describe, expect, test } from "@jest/globals";
import { memoryPublicFiles } from "../../src/formats/public-files.ts";
import {
  appendBatch,
  canonicalBytes,
  checkLeanRoll,
  createRegistration,
  ed25519KeyPair,
  type InputError,
  leanRollFiles,
  leanRollOf,
  membershipPath,
  type Petition,
  parseCanonicalJson,
  petitionIdOf,
  type RollSnapshot,
  signPetition,
  signSnapshot,
  utf8,
  validatePetition,
  validateSnapshot,
  verifyRegistration,
} from "../../src/index.ts";
import { signMessage } from "../../src/protocol/signed-message.ts";
import { randomHex } from "../../src/rehearsal.ts";
import { inputError, inputRejection } from "../trustees/support.ts";
import { frozen, makeMembers, petitionOf, snapshotOf } from "./support.ts";

const members = makeMembers(["member", "guest", "member", "member"]);
const { registrar, roll: state } = members;
const anchor = { kind: "registrar", key: registrar.publicKey } as const;

/** The two kinds, read under the registrar's key. */
const kinds = {
  petition: {
    make: (changes: object = {}) =>
      signPetition({ ...petitionOf(state), ...changes } as Petition, registrar.secretKey),
    read: (bytes: Uint8Array) => validatePetition(bytes, anchor),
    sample: () => petitionOf(state),
  },
  snapshot: {
    make: (changes: object = {}) =>
      signSnapshot({ ...snapshotOf(state), ...changes } as RollSnapshot, registrar.secretKey),
    read: (bytes: Uint8Array) => validateSnapshot(bytes, anchor),
    sample: () => snapshotOf(state),
  },
} as const;

describe.each(["petition", "snapshot"] as const)("a %s", (name) => {
  const { make, read, sample } = kinds[name];
  const place = `${name}.json`;
  const refused = (bytes: Uint8Array): InputError => inputError(() => read(bytes));
  const roll = sample().roll;

  test("that the registrar signed freezes the roll that it names", () => {
    const { roll: taken, anchored } = read(make());
    expect(anchored).toBe(true);
    const { tree } = leanRollOf(state, ["member"]);
    expect(taken).toEqual({
      registrarKey: registrar.publicKey,
      rollId: state.rollId,
      head: roll.head,
      batches: 1,
      tiers: ["member"],
      members: 3,
      root: tree.root,
    });
  });

  test("by another registrar than the one that was given is refused", () => {
    const other = ed25519KeyPair();
    const document = { ...sample(), organisation: { name: "Test commune", key: other.publicKey } };
    const bytes = canonicalBytes(
      signMessage(name === "petition" ? "petition" : "roll-snapshot", document, other.secretKey),
    );
    expect(refused(bytes)).toMatchObject({ code: `${name}-not-anchored`, place });
  });

  test("signed by another key, in another role, or not at all is refused", () => {
    const code = `${name}-bad-signature`;
    const role = name === "petition" ? "petition" : "roll-snapshot";
    const document = sample();
    const stranger = canonicalBytes(signMessage(role, document, ed25519KeyPair().secretKey));
    expect(refused(stranger)).toMatchObject({ code, place });
    const otherRole = canonicalBytes(signMessage("poll", document, registrar.secretKey));
    expect(refused(otherRole)).toMatchObject({ code, place });
    const { signature } = parseCanonicalJson(make()) as { signature: string };
    expect(
      refused(canonicalBytes({ message: { ...document, nonce: randomHex() }, signature })),
    ).toMatchObject({
      code,
      place,
    });
  });

  test("that is not canonical is refused", () => {
    const spaced = utf8(JSON.stringify(parseCanonicalJson(make()), null, 1));
    expect(refused(spaced)).toMatchObject({ code: "not-canonical-json", place });
    expect(refused(make().slice(1))).toMatchObject({ code: "bad-json", place });
  });

  test.each<[string, object, string]>([
    ["another type", { type: "commune-zk/poll/v1" }, "type"],
    ["a field more", { extra: 1 }, ""],
    ["no nonce", { nonce: undefined }, "nonce"],
    ["a poll's roll", { roll: { ...roll, root: "1", size: 3 } }, "roll"],
    ["no members", { roll: { ...roll, members: 0 } }, "roll.members"],
    ["no tiers", { roll: { ...roll, tiers: [] } }, "roll.tiers"],
    ["a short head", { roll: { ...roll, head: "ab" } }, "roll.head"],
    ["a number for a root", { roll: { ...roll, leanRoot: 5 } }, "roll.leanRoot"],
  ])("with %s is refused", (_name, changes, path) => {
    const change = JSON.parse(JSON.stringify({ ...sample(), ...changes })) as object;
    const bytes = canonicalBytes(signMessage("poll", { ...change }, registrar.secretKey));
    expect(refused(bytes)).toMatchObject({
      code: `${name}-malformed`,
      place: path === "" ? place : `${place}: ${path}`,
    });
  });

  test.each<[string, object, string, string]>([
    // Root 0 is what the circuit gives for too long a path: see circuit.test.ts.
    ["root 0", { leanRoot: "0" }, "roll-zero-root", place],
    ["a root with a leading zero", { leanRoot: "01" }, "not-canonical", `${place} roll.leanRoot`],
    ["more members than there are keys for", { members: 2 ** 20 + 1 }, "roll-too-large", place],
    ["2³² + 1 members", { members: 2 ** 32 + 1 }, "roll-too-large", place],
    ["a tier twice", { tiers: ["member", "member"] }, "roll-duplicate-tier", place],
  ])("with %s is refused, signed as it is", (_name, changes, code, where) => {
    expect(refused(make({ roll: { ...roll, ...changes } }))).toMatchObject({ code, place: where });
  });

  test("with 2²⁰ members is taken", () => {
    expect(read(make({ roll: { ...roll, members: 2 ** 20 } })).roll.members).toBe(2 ** 20);
  });
});

test("without an anchor the outcome says so", () => {
  expect(validatePetition(kinds.petition.make(), { kind: "none" }).anchored).toBe(false);
  expect(validateSnapshot(kinds.snapshot.make(), { kind: "none" }).anchored).toBe(false);
});

describe("a petition", () => {
  test("is taken by its id, and no other is", () => {
    const bytes = kinds.petition.make();
    const { petitionId, petition, bytes: document } = validatePetition(bytes, { kind: "none" });
    expect(petitionId).toBe(petitionIdOf(canonicalBytes(petition)));
    expect(canonicalBytes(petition)).toEqual(document);
    expect(validatePetition(bytes, { kind: "petition-id", petitionId }).anchored).toBe(true);
    // The same words a second time are another petition.
    const twin = kinds.petition.make();
    expect(inputError(() => validatePetition(twin, { kind: "petition-id", petitionId }))).toMatchObject({
      code: "petition-not-anchored",
      place: "petition.json",
    });
  });

  test.each<[string, object, string]>([
    ["an empty text", { text: [] }, "text"],
    ["a line break in a paragraph", { text: ["one\ntwo"] }, "text.0"],
    ["a title of 501 code units", { title: "x".repeat(501) }, "title"],
    ["no board", { board: undefined }, "board"],
    ["a board's name in upper case", { board: { name: "Board", key: registrar.publicKey } }, "board.name"],
  ])("with %s is refused", (_name, changes, path) => {
    const document = JSON.parse(JSON.stringify({ ...petitionOf(state), ...changes })) as Petition;
    expect(
      inputError(() => validatePetition(signPetition(document, registrar.secretKey), anchor)),
    ).toMatchObject({
      code: "petition-malformed",
      place: `petition.json: ${path}`,
    });
  });

  test.each([
    [5, 5],
    [6, 5],
  ])("that opens at %i and closes at %i is refused", (opensAt, closesAt) => {
    expect(inputError(() => kinds.petition.read(kinds.petition.make({ opensAt, closesAt })))).toMatchObject({
      code: "petition-bad-times",
      place: "petition.json",
    });
  });
});

describe("the log behind a frozen roll", () => {
  const { roll, tree } = frozen(members, state);

  test("gives its tree, and files in which each member finds its own path", async () => {
    expect(checkLeanRoll(roll, members.rollEvents)).toEqual({ state, tree });
    const files = memoryPublicFiles(leanRollFiles(tree));
    for (const position of [0, 2, 3]) {
      const { commitment } = members.identities[position]!;
      const { siblings } = await membershipPath({ files, roll, commitment });
      expect(siblings.length).toBeGreaterThan(0);
    }
    // Position 1 is a guest.
    const guest = membershipPath({ files, roll, commitment: members.identities[1]!.commitment });
    expect(await inputRejection(guest)).toMatchObject({ code: "not-on-roll" });
  });

  test("is refused where it is another one", () => {
    const next = appendBatch(state, [{ kind: "leave", position: 3 }], registrar.secretKey);
    const longer = Buffer.concat([members.rollEvents, next.line]);
    const differs = { code: "roll-not-of-poll", place: "roll/events.ndjson" };
    expect(inputError(() => checkLeanRoll(roll, longer))).toMatchObject(differs);
    for (const change of [
      { members: 4 },
      { root: roll.root + 1n },
      { tiers: ["guest"] },
      { head: randomHex() },
    ]) {
      expect(inputError(() => checkLeanRoll({ ...roll, ...change }, members.rollEvents))).toMatchObject(
        differs,
      );
    }
    const strangers = makeMembers(3);
    expect(inputError(() => checkLeanRoll(roll, strangers.rollEvents)).code).toBe("roll-other-roll");
  });
});

describe("an inner node of the tree", () => {
  // A path may be shorter than the tree is deep. Whoever could stand on a roll as the inner node N would have a
  // path of one sibling less; and whoever can open no commitment at all must not make a leaf of any number.
  const { tree } = frozen(members, state);
  const [left, right] = tree.layers[0] as readonly [bigint, bigint];
  const node = tree.layers[1]![0]!;
  const context = { registrarKey: registrar.publicKey, rollId: state.rollId, registrarNonce: randomHex() };
  const mine = makeMembers(1).identities[0]!;
  const good = createRegistration({ identity: mine, mailboxKey: randomHex(), ...context });
  const refused = (registration: unknown) => inputError(() => verifyRegistration(registration, context));

  test("cannot be registered: its children are no public key", () => {
    expect(refused({ ...good, publicKey: [left.toString(), right.toString()] })).toMatchObject({
      code: "point-off-curve",
      place: "registration.publicKey",
    });
  });

  test("cannot be handed in: the registrar computes the commitment from a key that signed", () => {
    expect(refused({ ...good, commitment: node.toString() })).toMatchObject({
      code: "registration-malformed",
    });
    expect(verifyRegistration(good, context).commitment).toBe(mine.commitment);
  });

  test("cannot be had with another member's key: its owner alone signs", () => {
    const other = members.identities[2]!.publicKey.toAffine();
    expect(refused({ ...good, publicKey: [other.x.toString(), other.y.toString()] })).toMatchObject({
      code: "registration-bad-signature",
    });
  });

  test("cannot be put into the log by the registrar alone, whose every reader checks", () => {
    const registration = { ...good, publicKey: [left.toString(), right.toString()] as [string, string] };
    const event = { kind: "join", tier: "member", registration } as const;
    expect(inputError(() => appendBatch(state, [event], registrar.secretKey))).toMatchObject({
      code: "point-off-curve",
      place: "roll batch 1 event 0.publicKey",
    });
  });

  test("nor can the key of secret 0, which everybody knows", () => {
    expect(refused({ ...good, publicKey: ["0", "1"] })).toMatchObject({ code: "point-is-identity" });
  });
});
