// Registrations: the proof of possession binds every field, and no number that nobody can open gets in.
// docs/spec/identity.md §3.
import { beforeEach, describe, expect, test } from "@jest/globals";
import { Identity as SemaphoreIdentity } from "@semaphore-protocol/identity";
import { poseidon2 } from "poseidon-lite/poseidon2";
import { toHex } from "../../src/formats/bytes.ts";
import { FIELD_ORDER, SUBGROUP_ORDER } from "../../src/formats/field.ts";
import { BASE8, pointToBytes, pointToJson } from "../../src/formats/point.ts";
import { createIdentity, type Identity } from "../../src/protocol/identity.ts";
import { merklePath } from "../../src/protocol/poseidon-tree.ts";
import {
  createRegistration,
  type Registration,
  type RegistrationContext,
  verifyRegistration,
} from "../../src/protocol/registration.ts";
import { rollTree } from "../../src/protocol/roll-tree.ts";
import { randomHex } from "../../src/rehearsal.ts";
import { badPoints } from "../support/points.ts";
import { hashBySpec, inputError } from "../trustees/support.ts";
import { LOW_ORDER } from "./low-order.ts";

let identity: Identity;
let context: RegistrationContext;
let good: Registration;

beforeEach(() => {
  identity = createIdentity();
  context = { registrarKey: randomHex(), rollId: randomHex(), registrarNonce: randomHex() };
  good = createRegistration({ identity, mailboxKey: randomHex(), ...context });
});

/** Code and place with which this registrar refuses. */
function refusal(
  value: unknown,
  expected: Pick<RegistrationContext, "registrarKey" | "rollId"> = context,
): { code: string; place: string | undefined } {
  const { code, place } = inputError(() => verifyRegistration(value, expected));
  return { code, place };
}

const BAD_SIGNATURE = { code: "registration-bad-signature", place: "registration" };

describe("a registration", () => {
  test("is accepted by its registrar, who computes the commitment from the public key", () => {
    const { registration, commitment } = verifyRegistration(good, context);
    expect(registration).toEqual(good);
    expect(commitment).toBe(identity.commitment);
  });

  test("is accepted after JSON", () => {
    expect(verifyRegistration(JSON.parse(JSON.stringify(good)), context).commitment).toBe(
      identity.commitment,
    );
  });

  test("signs the message that the specification frames, as zk-kit verifies", () => {
    const { registrarKey, rollId, registrarNonce, mailboxKey, signature } = good;
    const publicKey = toHex(pointToBytes(identity.publicKey));
    const hash = hashBySpec("possession", [registrarKey, rollId, registrarNonce, publicKey, mailboxKey]);
    const message = BigInt(`0x${hash.slice(0, 62)}`);
    const [x, y] = signature.r8;
    const semaphore = { R8: [BigInt(x), BigInt(y)] as [bigint, bigint], S: BigInt(signature.s) };
    const { x: ax, y: ay } = identity.publicKey.toAffine();
    expect(SemaphoreIdentity.verifySignature(message, semaphore, [ax, ay])).toBe(true);
  });

  test("is made for contexts of 32 bytes only", () => {
    const wrong = { identity, mailboxKey: randomHex(), ...context, rollId: "ab" };
    expect(inputError(() => createRegistration(wrong)).code).toBe("bad-hex");
  });
});

describe("every field is bound", () => {
  test.each(["registrarKey", "rollId"] as const)("another %s than the registrar's is named", (field) => {
    const code = field === "rollId" ? "registration-other-roll" : "registration-other-registrar";
    expect(refusal({ ...good, [field]: randomHex() })).toEqual({ code, place: "registration" });
    expect(refusal(good, { ...context, [field]: randomHex() })).toEqual({ code, place: "registration" });
  });

  test.each(["registrarKey", "rollId"] as const)(
    "a registrar cannot pass a registration off as one for another %s",
    (field) => {
      const own = { ...context, [field]: randomHex() };
      expect(refusal({ ...good, [field]: own[field] }, own)).toEqual(BAD_SIGNATURE);
    },
  );

  test("registrar and roll cannot be swapped", () => {
    const swapped = { registrarKey: context.rollId, rollId: context.registrarKey };
    expect(refusal({ ...good, ...swapped }, swapped)).toEqual(BAD_SIGNATURE);
  });

  test.each<[string, (value: Registration) => Partial<Registration>]>([
    ["another nonce", () => ({ registrarNonce: randomHex() })],
    ["another mailbox key", () => ({ mailboxKey: randomHex() })],
    [
      "nonce and mailbox key swapped",
      ({ registrarNonce, mailboxKey }) => ({ registrarNonce: mailboxKey, mailboxKey: registrarNonce }),
    ],
    ["another public key", () => ({ publicKey: [...pointToJson(createIdentity().publicKey)] })],
    ["the negated public key", () => ({ publicKey: [...pointToJson(identity.publicKey.negate())] })],
    ["another R8", ({ signature }) => ({ signature: { ...signature, r8: [...pointToJson(BASE8)] } })],
    [
      "S + 1",
      ({ signature }) => ({
        signature: { ...signature, s: ((BigInt(signature.s) + 1n) % SUBGROUP_ORDER).toString() },
      }),
    ],
    [
      "the signature of the same member on another invitation",
      ({ mailboxKey }) => ({
        signature: createRegistration({ identity, mailboxKey, ...context, registrarNonce: randomHex() })
          .signature,
      }),
    ],
    [
      "another member's signature on the same invitation",
      ({ mailboxKey }) => ({
        signature: createRegistration({ identity: createIdentity(), mailboxKey, ...context }).signature,
      }),
    ],
  ])("%s is refused", (_name, change) => {
    expect(refusal({ ...good, ...change(good) })).toEqual(BAD_SIGNATURE);
  });

  test("somebody else's registration cannot be copied onto one's own invitation", () => {
    const mine = { ...good, registrarNonce: randomHex() };
    expect(refusal(mine)).toEqual(BAD_SIGNATURE);
  });
});

describe("malformed registrations", () => {
  const publicKeys: [string, readonly [string, string], string][] = [
    ...badPoints,
    ["a point of order 8", pointToJson(LOW_ORDER.get(8)!), "point-outside-subgroup"],
    ["x = r", [FIELD_ORDER.toString(), "1"], "not-canonical"],
    ["a leading zero", ["00", "1"], "not-canonical"],
  ];
  test.each(publicKeys)("%s as public key is refused", (_name, publicKey, code) => {
    expect(refusal({ ...good, publicKey })).toEqual({ code, place: "registration.publicKey" });
  });
  test.each(publicKeys)("%s as R8 is refused", (_name, r8, code) => {
    expect(refusal({ ...good, signature: { ...good.signature, r8 } })).toEqual({
      code,
      place: "registration.signature.r8",
    });
  });

  test.each([SUBGROUP_ORDER.toString(), "-1", "1.0", ""])("S = %j is refused", (s) => {
    expect(refusal({ ...good, signature: { ...good.signature, s } })).toEqual({
      code: "not-canonical",
      place: "registration.signature.s",
    });
  });

  const shapes: [string, (value: Registration) => unknown, string][] = [
    ["null", () => null, ""],
    ["a string", () => "registration", ""],
    ["another type", (value) => ({ ...value, type: "commune-zk/registration/v2" }), "type"],
    ["a commitment of its own choice", (value) => ({ ...value, commitment: "1" }), ""],
    ["no nonce", ({ registrarNonce: _, ...value }) => value, "registrarNonce"],
    ["no signature", ({ signature: _, ...value }) => value, "signature"],
    ["an upper-case nonce", (value) => ({ ...value, registrarNonce: "AB".repeat(32) }), "registrarNonce"],
    ["a short mailbox key", (value) => ({ ...value, mailboxKey: "ab".repeat(31) }), "mailboxKey"],
    ["a long roll id", (value) => ({ ...value, rollId: "ab".repeat(33) }), "rollId"],
    ["numbers for a point", (value) => ({ ...value, publicKey: [0, 1] }), "publicKey.0"],
    ["a projective point", (value) => ({ ...value, publicKey: ["0", "1", "1"] }), "publicKey"],
    ["a million digits", (value) => ({ ...value, publicKey: ["1".repeat(1_000_000), "1"] }), "publicKey.0"],
    [
      "a field more in the signature",
      ({ signature, ...value }) => ({ ...value, signature: { ...signature, k: "1" } }),
      "signature",
    ],
  ];
  test.each(shapes)("%s is refused", (_name, change, path) => {
    expect(refusal(change(good))).toEqual({
      code: "registration-malformed",
      place: path === "" ? "registration" : `registration: ${path}`,
    });
  });
});

describe("a number that nobody can open", () => {
  test("cannot stand as an inner node of the tree, whose children pose as a public key", () => {
    const members = Array.from({ length: 2 }, () => createIdentity().commitment);
    const tree = rollTree(members, 10);
    const [left, right] = members as [bigint, bigint];
    // Were (left, right) taken for a key, its commitment would be this node, and a path could start there.
    expect(poseidon2([left, right])).toBe(tree.layers[1]![0]);
    expect(merklePath(tree, 0).siblings[0]).toBe(right);
    const publicKey = [left.toString(), right.toString()];
    expect(refusal({ ...good, publicKey })).toEqual({
      code: "point-off-curve",
      place: "registration.publicKey",
    });
  });
});
