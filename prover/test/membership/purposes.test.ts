// Sign-ins, gates and petitions: a proof serves the purpose, place and occasion that it was made for, and no
// other. docs/spec/membership.md §7, §8.
import { describe, expect, test } from "@jest/globals";
import * as api from "../../src/index.ts";
import {
  appendBatch,
  auditPetition,
  createRegistration,
  type Engine,
  FIELD_ORDER,
  type InputError,
  importIdentity,
  leanRollOf,
  type MembershipProver,
  mailboxKeyOf,
  petitionNullifier,
  petitionRecord,
  proveGate,
  provePetitionSignature,
  proveSignIn,
  type SemaphoreProof,
  type VerifyGateOptions,
  type VerifySignInOptions,
  verifyGate,
  verifyPetitionSignature,
  verifySignIn,
} from "../../src/index.ts";
import { gatePurpose } from "../../src/protocol/membership/gate.ts";
import { petitionPurpose } from "../../src/protocol/membership/petition.ts";
import { signInPurpose } from "../../src/protocol/membership/sign-in.ts";
import * as statement from "../../src/protocol/membership/statement.ts";
import { randomHex } from "../../src/rehearsal.ts";
import { outsideSubgroup } from "../support/points.ts";
import { hashBySpec, inputError, inputRejection } from "../trustees/support.ts";
import { frozen, makeMembers, openPetition, proverOf, verifier } from "./support.ts";

const { proveMembership, signalHash } = statement;
const members = makeMembers(5);
const [alice, bob] = members.identities as [api.Identity, api.Identity];
const own = frozen(members, members.roll);
const origin = "https://commune.example";
const challenge = { origin, nonce: randomHex() };
const passage = { origin, gate: "Tool shed", epoch: "2026-W14", nonce: randomHex() };
const petition = openPetition(members, members.roll);
const prover = await proverOf(alice, own);

// Made once: everything below changes copies.
const signIn = await proveSignIn({ ...challenge, ...prover });
const gate = await proveGate({ ...passage, ...prover });
const signature = await provePetitionSignature({ petition, ...prover });
const bobs = await provePetitionSignature({ petition, ...(await proverOf(bob, own)) });

const trySignIn = (changes: Partial<VerifySignInOptions> = {}) =>
  verifySignIn({ ...challenge, rolls: [own.roll], proof: signIn, verifier, ...changes });
const tryGate = (changes: Partial<VerifyGateOptions> = {}) =>
  verifyGate({ ...passage, roll: own.roll, proof: gate, verifier, ...changes });
const trySignature = (proof: unknown = signature) => verifyPetitionSignature({ petition, proof, verifier });

const hexOf = (text: string): string => Buffer.from(text).toString("hex");
/** S(purpose, parts…) as a field element, written again; parts in hexadecimal. */
const scopeBySpec = (purpose: string, parts: readonly string[]): string =>
  BigInt(`0x${hashBySpec(purpose, parts).slice(0, 62)}`).toString();

/** An engine that keeps its inputs and proves nothing. */
function listeningEngine(): Engine & { readonly scopes: unknown[] } {
  const scopes: unknown[] = [];
  return {
    scopes,
    async prove({ inputs }) {
      scopes.push(inputs.scope);
      throw new Error("no proof was meant to be made");
    },
    async dispose() {},
  };
}

describe("scope and message", () => {
  test("of a sign-in are those of origin and nonce", () => {
    const parts = [hexOf(origin), challenge.nonce];
    expect(signIn.scope).toBe(scopeBySpec("scope/sign-in", parts));
    expect(signIn.message).toBe(scopeBySpec("message/sign-in", parts));
  });

  test("of a gate are those of origin, gate and epoch, and of the nonce", () => {
    const where = [origin, passage.gate, passage.epoch].map(hexOf);
    expect(gate.scope).toBe(scopeBySpec("scope/gate", where));
    expect(gate.message).toBe(scopeBySpec("message/gate", [...where, passage.nonce]));
  });

  test("of a petition are those of its document", () => {
    expect(signature.scope).toBe(
      scopeBySpec("scope/petition", [Buffer.from(petition.bytes).toString("hex")]),
    );
    expect(signature.message).toBe(scopeBySpec("message/petition", [petition.petitionId]));
    expect(BigInt(signature.scope)).toBe(BigInt(`0x${petition.petitionId}`));
  });

  test("are never the caller's: what proves or verifies a scope of one's choice is not exported", () => {
    const exported: readonly unknown[] = Object.values(api);
    expect(exported).toContain(proveSignIn);
    const inside = Object.values(statement);
    expect(inside).toContain(proveMembership);
    expect(inside.filter((value) => exported.includes(value))).toEqual([api.membershipDepth]);
    for (const purpose of [gatePurpose, petitionPurpose, signInPurpose])
      expect(exported).not.toContain(purpose);
  });

  test("smuggled in as options are not looked at", async () => {
    const engine = listeningEngine();
    const smuggled = { scope: BigInt(signature.scope), message: BigInt(signature.message) };
    const options = { ...challenge, ...prover, ...smuggled, engine };
    await expect(proveSignIn(options)).rejects.toThrow("no proof was meant");
    expect(engine.scopes).toEqual([signalHash(BigInt(signIn.scope))]);
  });
});

describe("a petition's scope as a challenge", () => {
  /** Whatever a server that wants a signature can send as a nonce. */
  const nonces: [string, string][] = [
    ["with a zero byte before it", `00${petition.petitionId}`],
    ["with a zero byte behind it", `${petition.petitionId}00`],
    ["hashed whole", hashBySpec("scope/petition", [Buffer.from(petition.bytes).toString("hex")])],
  ];
  test.each(nonces)("%s gets a proof for another scope", async (_name, nonce) => {
    const engine = listeningEngine();
    await expect(proveSignIn({ origin, nonce, ...prover, engine })).rejects.toThrow("no proof was meant");
    await expect(proveGate({ ...passage, nonce, ...prover, engine })).rejects.toThrow("no proof was meant");
    expect(engine.scopes).toHaveLength(2);
    expect(engine.scopes).not.toContain(signalHash(BigInt(signature.scope)));
  });

  test.each<[string, string]>([
    ["as it is, 31 bytes", petition.petitionId],
    ["as its decimal number", signature.scope],
    ["in upper case", `00${petition.petitionId}`.toUpperCase()],
    ["nothing", ""],
  ])("%s is no challenge", async (_name, nonce) => {
    const engine = listeningEngine();
    const error = await inputRejection(proveSignIn({ origin, nonce, ...prover, engine }));
    expect(error).toMatchObject({ code: "bad-hex", place: "nonce" });
    expect(engine.scopes).toEqual([]);
  });

  test("gets nothing that counts: a sign-in is no signature, and a signature no sign-in", async () => {
    const other = { code: "membership-other-scope", place: "proof" };
    expect(await inputRejection(trySignature(signIn))).toMatchObject(other);
    expect(await inputRejection(trySignature(gate))).toMatchObject(other);
    expect(await inputRejection(trySignIn({ proof: signature }))).toMatchObject(other);
    expect(await inputRejection(trySignIn({ proof: gate }))).toMatchObject(other);
    expect(await inputRejection(tryGate({ proof: signature }))).toMatchObject(other);
    expect(await inputRejection(tryGate({ proof: signIn }))).toMatchObject(other);
  });

  test("and relabelled as a signature: the proof does not verify", async () => {
    const relabelled = { ...signIn, scope: signature.scope, message: signature.message };
    expect(await inputRejection(trySignature(relabelled))).toMatchObject({ code: "proof-invalid" });
  });
});

describe("a sign-in", () => {
  test("is accepted with its challenge, and gives no nullifier of any other purpose", async () => {
    const { nullifier, roll } = await trySignIn();
    expect(roll).toBe(own.roll);
    const nullifiers = [signIn, gate, signature].map((proof) => proof.nullifier);
    expect(new Set(nullifiers).size).toBe(3);
    expect(nullifier).toBe(BigInt(signIn.nullifier));
  });

  test("is refused for another origin or nonce", async () => {
    const code = "membership-other-scope";
    expect(await inputRejection(trySignIn({ origin: "https://evil.example" }))).toMatchObject({ code });
    expect(await inputRejection(trySignIn({ origin: "http://commune.example" }))).toMatchObject({ code });
    expect(await inputRejection(trySignIn({ nonce: randomHex() }))).toMatchObject({ code });
  });

  test.each([
    "",
    "null",
    "commune.example",
    "https://commune.example/",
    "https://commune.example:443",
    "https://Commune.example",
    "https://user@commune.example",
    "https://commune.example?x",
    "ftp://commune.example",
    "file://",
    "https://bücher.example",
    `https://${"a.".repeat(150)}example`,
  ])("has no origin %j", async (bad) => {
    const engine = listeningEngine();
    const refused = { code: "origin-malformed", place: "origin" };
    expect(await inputRejection(proveSignIn({ ...challenge, origin: bad, ...prover, engine }))).toMatchObject(
      refused,
    );
    expect(await inputRejection(trySignIn({ origin: bad }))).toMatchObject(refused);
    expect(engine.scopes).toEqual([]);
  });

  test("is refused on every roll but those that are accepted", async () => {
    const strangers = makeMembers(5);
    const elsewhere = frozen(strangers, strangers.roll).roll;
    const code = "membership-other-roll";
    expect(await inputRejection(trySignIn({ rolls: [elsewhere] }))).toMatchObject({ code, place: "proof" });
    expect(await inputRejection(trySignIn({ rolls: [] }))).toMatchObject({ code });
    expect((await trySignIn({ rolls: [elsewhere, own.roll] })).roll).toBe(own.roll);
  });
});

describe("a gate", () => {
  test("is passed with its challenge, by one nullifier an epoch", async () => {
    const { nullifier } = await tryGate();
    expect(nullifier).toBe(BigInt(gate.nullifier));
    // The nullifier hangs on scope and secret alone, and the scope is without the nonce.
    expect(gate.scope).toBe(scopeBySpec("scope/gate", [origin, passage.gate, passage.epoch].map(hexOf)));
  });

  test("is not passed with a proof for another origin, gate, epoch or nonce", async () => {
    const changes: [Partial<VerifyGateOptions>, string][] = [
      [{ origin: "https://evil.example" }, "membership-other-scope"],
      [{ gate: "Wood store" }, "membership-other-scope"],
      [{ epoch: "2026-W15" }, "membership-other-scope"],
      [{ gate: passage.epoch, epoch: passage.gate }, "membership-other-scope"],
      [{ nonce: randomHex() }, "membership-other-message"],
    ];
    for (const [change, code] of changes) {
      expect(await inputRejection(tryGate(change))).toMatchObject({ code, place: "proof" });
    }
  });

  test.each<[Partial<VerifyGateOptions>, string]>([
    [{ gate: "" }, "gate"],
    [{ gate: " Tool shed" }, "gate"],
    [{ gate: "x".repeat(201) }, "gate"],
    [{ epoch: "week\n14" }, "epoch"],
    [{ epoch: "" }, "epoch"],
  ])("has no name or epoch as in %j", async (change, place) => {
    const engine = listeningEngine();
    const refused = { code: "gate-malformed", place };
    expect(await inputRejection(proveGate({ ...passage, ...prover, ...change, engine }))).toMatchObject(
      refused,
    );
    expect(await inputRejection(tryGate(change))).toMatchObject(refused);
    expect(engine.scopes).toEqual([]);
  });
});

describe("an untrusted proof", () => {
  const { points, ...rest } = signIn;
  const [outX, outY] = outsideSubgroup();
  const cases: [string, unknown, string, string][] = [
    ["null", null, "membership-proof-malformed", "proof"],
    [
      "a field less",
      { points, ...rest, nullifier: undefined },
      "membership-proof-malformed",
      "proof: nullifier",
    ],
    ["a field more", { ...signIn, feedback: "1" }, "membership-proof-malformed", "proof"],
    ["depth 0", { ...signIn, merkleTreeDepth: 0 }, "membership-proof-malformed", "proof: merkleTreeDepth"],
    ["depth 21", { ...signIn, merkleTreeDepth: 21 }, "membership-proof-malformed", "proof: merkleTreeDepth"],
    [
      "depth 2.5",
      { ...signIn, merkleTreeDepth: 2.5 },
      "membership-proof-malformed",
      "proof: merkleTreeDepth",
    ],
    [
      "depth as text",
      { ...signIn, merkleTreeDepth: "3" },
      "membership-proof-malformed",
      "proof: merkleTreeDepth",
    ],
    [
      "a number for a root",
      { ...signIn, merkleTreeRoot: 5 },
      "membership-proof-malformed",
      "proof: merkleTreeRoot",
    ],
    [
      "a million digits",
      { ...signIn, nullifier: "1".repeat(1e6) },
      "membership-proof-malformed",
      "proof: nullifier",
    ],
    [
      "seven coordinates",
      { ...signIn, points: points.slice(1) },
      "membership-proof-malformed",
      "proof: points",
    ],
    [
      "nine coordinates",
      { ...signIn, points: [...points, "1"] },
      "membership-proof-malformed",
      "proof: points",
    ],
    [
      "nullifier + r",
      { ...signIn, nullifier: String(BigInt(signIn.nullifier) + FIELD_ORDER) },
      "not-canonical",
      "proof nullifier",
    ],
    [
      "root + r",
      { ...signIn, merkleTreeRoot: String(own.roll.root + FIELD_ORDER) },
      "not-canonical",
      "proof merkleTreeRoot",
    ],
    ["a scope in hexadecimal", { ...signIn, scope: "0x12" }, "not-canonical", "proof scope"],
    [
      "a message with a leading zero",
      { ...signIn, message: `0${signIn.message}` },
      "not-canonical",
      "proof message",
    ],
    [
      "a coordinate in hexadecimal",
      { ...signIn, points: points.with(3, "0x1") },
      "not-canonical",
      "proof points",
    ],
    [
      "a coordinate of 2²⁵⁵",
      { ...signIn, points: points.with(0, String(2n ** 255n)) },
      "not-canonical",
      "proof points",
    ],
    ["A off the curve", { ...signIn, points: points.with(0, "5") }, "point-off-curve", "proof.a"],
    [
      "A at infinity",
      { ...signIn, points: points.with(0, "0").with(1, "0") },
      "point-is-identity",
      "proof.a",
    ],
    ["C off the curve", { ...signIn, points: points.with(7, "5") }, "point-off-curve", "proof.c"],
    [
      "B outside the subgroup",
      { ...signIn, points: [points[0], points[1], outX[1], outX[0], outY[1], outY[0], points[6], points[7]] },
      "point-outside-subgroup",
      "proof.b",
    ],
    [
      "B's halves swapped",
      { ...signIn, points: points.with(2, points[3]!).with(3, points[2]!) },
      "point-off-curve",
      "proof.b",
    ],
  ];
  test.each(cases)("with %s is refused before the pairing", async (_name, proof, code, place) => {
    const unused = { verify: () => Promise.reject(new Error("the proof was looked at")) };
    expect(await inputRejection(trySignIn({ proof, verifier: unused }))).toMatchObject({ code, place });
  });

  test("is measured against its purpose before its points are looked at", async () => {
    const proof = { ...signIn, points: points.with(0, "5") };
    expect(await inputRejection(trySignIn({ proof, nonce: randomHex() }))).toMatchObject({
      code: "membership-other-scope",
    });
    expect(await inputRejection(trySignIn({ proof, rolls: [] }))).toMatchObject({
      code: "membership-other-roll",
    });
  });

  test.each<[string, Partial<SemaphoreProof>, string]>([
    ["another nullifier", { nullifier: gate.nullifier }, "proof-invalid"],
    ["nullifier 0", { nullifier: "0" }, "proof-invalid"],
    ["another proof's points", { points: gate.points }, "proof-invalid"],
    ["a smaller circuit's depth", { merkleTreeDepth: 2 }, "proof-invalid"],
    ["a depth beyond the roll's tree", { merkleTreeDepth: 4 }, "membership-too-deep"],
    ["another message", { message: gate.message }, "membership-other-message"],
    ["root 0", { merkleTreeRoot: "0" }, "membership-other-roll"],
  ])("with %s is refused", async (_name, change, code) => {
    expect(await inputRejection(trySignIn({ proof: { ...signIn, ...change } }))).toMatchObject({
      code,
      place: "proof",
    });
  });
});

describe("a prover", () => {
  test("is refused a path that does not lead from the identity to the roll, before any proof", async () => {
    const engine = listeningEngine();
    const outsider = api.createIdentity();
    const changes: Partial<MembershipProver>[] = [
      { identity: outsider },
      { identity: bob },
      { path: { ...prover.path, index: prover.path.index ^ 1 } },
      { path: { ...prover.path, siblings: prover.path.siblings.with(1, 5n) } },
      { path: { ...prover.path, siblings: [...prover.path.siblings, 5n] } },
    ];
    for (const change of changes) {
      const error = await inputRejection(proveSignIn({ ...challenge, ...prover, ...change, engine }));
      expect(error).toMatchObject({ code: "not-on-roll", place: "path" });
    }
    expect(engine.scopes).toEqual([]);
  });

  test("does not believe an engine that proved something else", async () => {
    const engine: Engine = {
      prove: async () => ({
        proof: {
          a: [1n, 2n],
          b: [
            [1n, 2n],
            [3n, 4n],
          ],
          c: [1n, 2n],
        },
        publicSignals: [own.roll.root, BigInt(gate.nullifier), 1n, 2n],
      }),
      async dispose() {},
    };
    const error = await inputRejection(proveSignIn({ ...challenge, ...prover, engine }));
    expect(error).toMatchObject({ code: "proof-invalid", place: "own proof" });
  });

  test("can abort before and between the phases", async () => {
    const controller = new AbortController();
    const phases: string[] = [];
    const work = proveSignIn({
      ...challenge,
      ...prover,
      signal: controller.signal,
      onProgress: ({ phase }) => {
        phases.push(phase);
        controller.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ name: "AbortError" });
    expect(phases).toEqual(["witness"]);
  });
});

describe("a petition that is signed, the identity rotated, and signed again", () => {
  // Alice rotates after the petition froze its roll.
  const renewed = importIdentity(new Uint8Array(32).fill(77));
  const { rollId, registrarKey } = members.roll;
  const context = { rollId, registrarKey, registrarNonce: randomHex() };
  const registration = createRegistration({
    identity: renewed,
    mailboxKey: mailboxKeyOf(renewed),
    ...context,
  });
  const { state } = appendBatch(
    members.roll,
    [{ kind: "rotate", position: 0, registration }],
    members.registrar.secretKey,
  );
  const later = frozen(members, state);

  test("the new identity is not on the frozen roll, for the client", async () => {
    const engine = listeningEngine();
    const { path } = await proverOf(renewed, later);
    const refused = provePetitionSignature({ ...prover, petition, identity: renewed, path, engine });
    expect(await inputRejection(refused)).toMatchObject({ code: "not-on-roll" });
    expect(engine.scopes).toEqual([]);
  });

  test("nor for the verifier, where a client of its own proves it on the later roll", async () => {
    const forged = await proveMembership(await proverOf(renewed, later), petitionPurpose(petition));
    expect(forged.nullifier).not.toBe(signature.nullifier);
    expect(await inputRejection(trySignature(forged))).toMatchObject({ code: "membership-other-roll" });
    const relabelled = { ...forged, merkleTreeRoot: signature.merkleTreeRoot };
    expect(await inputRejection(trySignature(relabelled))).toMatchObject({ code: "proof-invalid" });
  });

  test("the old identity's second signature has the first one's nullifier, and does not count", async () => {
    const again = await provePetitionSignature({ petition, ...prover });
    expect(again.points).not.toEqual(signature.points);
    expect((await trySignature(again)).nullifier).toBe(BigInt(signature.nullifier));
    expect(petitionNullifier(alice, petition)).toBe(BigInt(signature.nullifier));
    const records = [signature, again].map(petitionRecord);
    expect(await inputRejection(auditPetition({ petition, records, verifier }))).toMatchObject({
      code: "petition-duplicate-signature",
      place: "signature 1",
    });
  });

  test("a petition on the later roll is another one, which the new identity signs", () => {
    const second = openPetition(members, state);
    expect(second.petitionId).not.toBe(petition.petitionId);
    expect(petitionNullifier(renewed, second)).not.toBe(petitionNullifier(alice, second));
    expect(leanRollOf(state, ["member"]).roll.members).toBe(5);
  });
});

describe("the audit of a petition's signatures", () => {
  const audit = (records: readonly Uint8Array[]) => auditPetition({ petition, records, verifier });
  const good = [signature, bobs].map(petitionRecord);

  test("counts each member once", async () => {
    expect(await audit(good)).toEqual({
      nullifiers: [signature, bobs].map((proof) => BigInt(proof.nullifier)),
    });
    expect(await audit([])).toEqual({ nullifiers: [] });
    expect(good.map(({ length }) => length)).toEqual([419, 419]);
  });

  /** The second record with its n-th number changed. */
  function altered(n: number, value: bigint): Uint8Array[] {
    const record = good[1]!.slice();
    record.set(api.fieldToBytes(value), 3 + 32 * n);
    return [good[0]!, record];
  }

  test.each<[string, () => readonly Uint8Array[], string, string]>([
    ["another depth", () => altered(0, 2n), "proof-invalid", "signature 1"],
    ["a depth beyond the roll's tree", () => altered(0, 2n ** 200n), "membership-too-deep", "signature 1"],
    ["depth 0", () => altered(0, 0n), "record-malformed", "signature 1"],
    ["another root", () => altered(1, 5n), "membership-other-roll", "signature 1"],
    ["another nullifier", () => altered(2, 5n), "proof-invalid", "signature 1"],
    ["another message", () => altered(3, 5n), "membership-other-message", "signature 1"],
    ["another scope", () => altered(4, 5n), "membership-other-scope", "signature 1"],
    ["a number at r", () => altered(2, FIELD_ORDER), "not-canonical", "signature 1 signal 2"],
    [
      "a sign-in among them",
      () => [...good, petitionRecord(signIn)],
      "membership-other-scope",
      "signature 2",
    ],
    ["a signature twice", () => [...good, good[0]!], "petition-duplicate-signature", "signature 2"],
    ["a byte less", () => [good[0]!.slice(1)], "record-malformed", "signature 0"],
    [
      "a point off the curve",
      () => [good[0]!.with(200, good[0]![200]! ^ 1)],
      "point-off-curve",
      "signature 0 proof.a",
    ],
  ])("names the first with %s", async (_name, records, code, place) => {
    expect(await inputRejection(audit(records()))).toMatchObject({ code, place });
  });

  test("takes a record only of what is a proof", () => {
    const error: InputError = inputError(() => petitionRecord({ ...signature, points: [] }));
    expect(error.code).toBe("membership-proof-malformed");
  });
});
