// Identities and EdDSA-Poseidon agree with Semaphore's and zk-kit's; what those two accept wrongly is refused.
// docs/spec/identity.md §1, §2; ballot.md §2.
import { beforeAll, describe, expect, test } from "@jest/globals";
// Its signMessage and verifySignature are those of @zk-kit/eddsa-poseidon (blake-1).
import { Identity as SemaphoreIdentity } from "@semaphore-protocol/identity";
import { buildBabyjub, buildPoseidon } from "circomlibjs";
import { poseidon5 } from "poseidon-lite/poseidon5";
import { toHex } from "../../src/formats/bytes.ts";
import { FIELD_ORDER, SUBGROUP_ORDER } from "../../src/formats/field.ts";
import { BASE8, IDENTITY, multiply, type Point, pointToJson, randomScalar } from "../../src/formats/point.ts";
import {
  type EddsaSignature,
  eddsaToJson,
  parseEddsa,
  signEddsa,
  verifyEddsa,
} from "../../src/protocol/eddsa-poseidon.ts";
import {
  BALLOT_NULLIFIER_TAG,
  ballotNullifier,
  commitmentOf,
  createIdentity,
  type Identity,
  importIdentity,
} from "../../src/protocol/identity.ts";
import { verifyRegistration } from "../../src/protocol/registration.ts";
import { randomHex } from "../../src/rehearsal.ts";
import { inputError } from "../trustees/support.ts";
import { LOW_ORDER } from "./low-order.ts";

const randomKey = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32));

/** A point as zk-kit takes it; `shift` makes a coordinate that is not canonical. */
function coordinates(point: Point, shift = 0n): [bigint, bigint] {
  const { x, y } = point.toAffine();
  return [x + shift, y];
}

/** Whether zk-kit accepts the signature. */
function zkKitAccepts(
  publicKey: [bigint, bigint],
  message: bigint,
  { r8, s }: { r8: [bigint, bigint]; s: bigint },
): boolean {
  return SemaphoreIdentity.verifySignature(message, { R8: r8, S: s }, publicKey);
}

describe("an identity", () => {
  test.each([
    ["zeros", new Uint8Array(32)],
    ["ones", new Uint8Array(32).fill(0xff)],
    ...Array.from({ length: 10 }, (_, i): [string, Uint8Array] => [`random bytes ${i}`, randomKey()]),
  ])("of %s has the secret, public key and commitment of Semaphore's", (_name, key) => {
    const ours = importIdentity(key);
    const theirs = new SemaphoreIdentity(key);
    expect({
      key: toHex(key),
      secret: ours.secret,
      publicKey: coordinates(ours.publicKey),
      commitment: ours.commitment,
    }).toEqual({
      key: toHex(key),
      secret: theirs.secretScalar,
      publicKey: theirs.publicKey,
      commitment: theirs.commitment,
    });
  });

  test.each([0, 1, 31, 33, 64])("is not imported from %i bytes", (length) => {
    expect(inputError(() => importIdentity(new Uint8Array(length).fill(7))).code).toBe("identity-malformed");
  });

  test("does not change with the bytes that it was imported from", () => {
    const key = randomKey();
    const identity = importIdentity(key);
    const before = toHex(identity.privateKey);
    key.fill(0);
    expect(toHex(identity.privateKey)).toBe(before);
  });

  test("is new at every call, with a secret in [1, l−1]", () => {
    const identities = Array.from({ length: 5 }, createIdentity);
    expect(new Set(identities.map(({ commitment }) => commitment)).size).toBe(5);
    for (const { secret, publicKey } of identities) {
      expect(secret > 0n && secret < SUBGROUP_ORDER).toBe(true);
      expect(multiply(BASE8, secret).equals(publicKey)).toBe(true);
    }
  });
});

describe("EdDSA-Poseidon", () => {
  let identity: Identity;
  let semaphore: SemaphoreIdentity;

  beforeAll(() => {
    const key = randomKey();
    identity = importIdentity(key);
    semaphore = new SemaphoreIdentity(key);
  });

  test.each([
    ["0", 0n],
    ["1", 1n],
    ["r − 1", FIELD_ORDER - 1n],
    ["a random message", BigInt(`0x${randomHex().slice(2)}`)],
  ])("signs %s exactly as zk-kit does, and each accepts the other's", (_name, message) => {
    const ours = signEddsa(identity.privateKey, message);
    const theirs = semaphore.signMessage(message);
    expect({ r8: coordinates(ours.r8), s: ours.s }).toEqual({ r8: theirs.R8, s: theirs.S });
    expect(zkKitAccepts(semaphore.publicKey, message, { r8: coordinates(ours.r8), s: ours.s })).toBe(true);
    const read = parseEddsa({ r8: theirs.R8.map(String), s: theirs.S.toString() }, "signature");
    expect(verifyEddsa(identity.publicKey, message, read)).toBe(true);
  });

  test("refuses another message, key, R8 or S", () => {
    const signature = signEddsa(identity.privateKey, 9n);
    const other = createIdentity();
    expect(verifyEddsa(identity.publicKey, 9n, signature)).toBe(true);
    expect(verifyEddsa(identity.publicKey, 10n, signature)).toBe(false);
    expect(verifyEddsa(other.publicKey, 9n, signature)).toBe(false);
    expect(verifyEddsa(identity.publicKey, 9n, { ...signature, r8: signature.r8.add(BASE8) })).toBe(false);
    expect(verifyEddsa(identity.publicKey, 9n, { ...signature, s: signature.s + 1n })).toBe(false);
    expect(verifyEddsa(identity.publicKey, 9n, signEddsa(other.privateKey, 9n))).toBe(false);
  });

  test("takes no message m + r, which zk-kit verifies as m", () => {
    const { r8, s } = signEddsa(identity.privateKey, 9n);
    expect(zkKitAccepts(semaphore.publicKey, 9n + FIELD_ORDER, { r8: coordinates(r8), s })).toBe(true);
    expect(() => verifyEddsa(identity.publicKey, 9n + FIELD_ORDER, { r8, s })).toThrow(RangeError);
    expect(() => verifyEddsa(identity.publicKey, -1n, { r8, s })).toThrow(RangeError);
    expect(() => signEddsa(identity.privateKey, FIELD_ORDER)).toThrow(RangeError);
    expect(() => signEddsa(identity.privateKey, -1n)).toThrow(RangeError);
  });

  const { x, y } = BASE8.toAffine();
  const order2 = LOW_ORDER.get(2)!;
  test.each<[string, { r8?: unknown; s?: string }, string, string]>([
    ["S = l", { s: SUBGROUP_ORDER.toString() }, "not-canonical", "signature.s"],
    ["S with a leading zero", { s: "01" }, "not-canonical", "signature.s"],
    ["a negative S", { s: "-1" }, "not-canonical", "signature.s"],
    ["R8 with x + r", { r8: [`${x + FIELD_ORDER}`, `${y}`] }, "not-canonical", "signature.r8"],
    ["R8 off the curve", { r8: [`${x}`, `${y + 1n}`] }, "point-off-curve", "signature.r8"],
    ["R8 = identity", { r8: ["0", "1"] }, "point-is-identity", "signature.r8"],
    ["R8 of order 2", { r8: [...pointToJson(order2)] }, "point-outside-subgroup", "signature.r8"],
    [
      "R8 plus torsion",
      { r8: [...pointToJson(BASE8.add(order2))] },
      "point-outside-subgroup",
      "signature.r8",
    ],
  ])("is not read with %s", (_name, change, code, place) => {
    const good = eddsaToJson({ r8: BASE8, s: 5n });
    expect(parseEddsa(good, "signature").s).toBe(5n);
    expect(inputError(() => parseEddsa({ ...good, ...change }, "signature"))).toMatchObject({ code, place });
  });

  test("is not read with S + l, which is the same S modulo l", () => {
    const signature = signEddsa(identity.privateKey, 9n);
    const json = { ...eddsaToJson(signature), s: (signature.s + SUBGROUP_ORDER).toString() };
    expect(inputError(() => parseEddsa(json, "signature"))).toMatchObject({ code: "not-canonical" });
  });
});

describe("signatures that zk-kit accepts though nobody holds the key, or too many do", () => {
  const context = { registrarKey: randomHex(), rollId: randomHex() };

  /** How a registrar judges a registration under this key. Decoding comes first: no signature is needed. */
  function registering(publicKey: readonly [string, string], { r8, s }: EddsaSignature) {
    const signature = eddsaToJson({ r8, s });
    const fields = { ...context, registrarNonce: randomHex(), mailboxKey: randomHex() };
    const value = { type: "commune-zk/registration/v1", ...fields, publicKey, signature };
    return inputError(() => verifyRegistration(value, context));
  }

  /** 8·h·A vanishes for every A of low order, so S·Base8 = R8 is all that is left. */
  function forged(): EddsaSignature {
    const s = randomScalar();
    return { r8: multiply(BASE8, s), s };
  }

  test.each([
    ["the identity", IDENTITY, "point-is-identity"],
    ["the point of order 2", LOW_ORDER.get(2)!, "point-outside-subgroup"],
    ["a point of order 4", LOW_ORDER.get(4)!, "point-outside-subgroup"],
    ["a point of order 8", LOW_ORDER.get(8)!, "point-outside-subgroup"],
  ])("a forgery under %s is refused", (_name, key, code) => {
    const forgery = forged();
    expect(zkKitAccepts(coordinates(key), 9n, { r8: coordinates(forgery.r8), s: forgery.s })).toBe(true);
    expect(registering(pointToJson(key), forgery)).toMatchObject({ code, place: "registration.publicKey" });
  });

  test("verification itself refuses the identity, as key and as R8", () => {
    expect(verifyEddsa(IDENTITY, 9n, forged())).toBe(false);
    const { secret, publicKey } = createIdentity();
    const h = challengeOf(IDENTITY, publicKey, 9n);
    expect(verifyEddsa(publicKey, 9n, { r8: IDENTITY, s: (8n * h * secret) % SUBGROUP_ORDER })).toBe(false);
  });

  test.each([2, 4, 8] as const)(
    "one secret cannot stand for a second member by a point of order %i added to its key",
    (order) => {
      const { secret, publicKey } = createIdentity();
      const second = publicKey.add(LOW_ORDER.get(order)!);
      const nonce = randomScalar();
      const r8 = multiply(BASE8, nonce);
      const s = (nonce + challengeOf(r8, second, 9n) * 8n * secret) % SUBGROUP_ORDER;
      expect(commitmentOf(second)).not.toBe(commitmentOf(publicKey));
      expect(zkKitAccepts(coordinates(second), 9n, { r8: coordinates(r8), s })).toBe(true);
      expect(registering(pointToJson(second), { r8, s })).toMatchObject({
        code: "point-outside-subgroup",
        place: "registration.publicKey",
      });
    },
  );

  test("a key written as x + r is refused", () => {
    const identity = createIdentity();
    const { r8, s } = signEddsa(identity.privateKey, 9n);
    const [x, y] = coordinates(identity.publicKey, FIELD_ORDER);
    expect(zkKitAccepts([x, y], 9n, { r8: coordinates(r8), s })).toBe(true);
    expect(registering([x.toString(), y.toString()], { r8, s })).toMatchObject({
      code: "not-canonical",
      place: "registration.publicKey",
    });
  });
});

function challengeOf(r8: Point, publicKey: Point, message: bigint): bigint {
  return poseidon5([...coordinates(r8), ...coordinates(publicKey), message]);
}

describe("a ballot's nullifier", () => {
  const pollId = randomHex().slice(2);

  test("is circomlibjs' Poseidon of tag, pollId and secret", async () => {
    const [poseidon, { F }] = [await buildPoseidon(), await buildBabyjub()];
    // The number of docs/spec/ballot.md §2.
    const tag = 40905294804621655282223105478367274687682420534429420936334438260n;
    expect(BALLOT_NULLIFIER_TAG).toBe(tag);
    for (const id of [pollId, "00".repeat(31), "ff".repeat(31)]) {
      const identity = createIdentity();
      const expected = F.toObject(poseidon([tag, BigInt(`0x${id}`), identity.secret]));
      expect(ballotNullifier(identity, id)).toBe(expected);
    }
  });

  test("differs between polls and between members, and is the same at every call", () => {
    const [first, second] = [createIdentity(), createIdentity()];
    const other = randomHex().slice(2);
    const nullifiers = [first, second].flatMap((identity) =>
      [pollId, other].map((id) => ballotNullifier(identity, id)),
    );
    expect(new Set(nullifiers).size).toBe(4);
    expect(ballotNullifier(importIdentity(first.privateKey), pollId)).toBe(nullifiers[0]);
  });

  test.each(["", "ab", "AB".repeat(31), "ab".repeat(32)])("is not made for the scope %j", (scope) => {
    expect(inputError(() => ballotNullifier(createIdentity(), scope)).code).toBe("bad-hex");
  });
});
