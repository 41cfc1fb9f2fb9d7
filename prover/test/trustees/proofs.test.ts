// Schnorr and Chaum–Pedersen proofs. docs/spec/conventions.md §6.
import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { concatBytes, uintBytes, utf8 } from "../../src/formats/bytes.ts";
import { SUBGROUP_ORDER } from "../../src/formats/field.ts";
import { BASE8, IDENTITY, multiply, type Point, pointToJson, randomScalar } from "../../src/formats/point.ts";
import {
  type EqualityProof,
  type EqualityStatement,
  equalityToJson,
  parseEquality,
  proveEquality,
  verifyEquality,
} from "../../src/protocol/chaum-pedersen.ts";
import {
  type ProofContext,
  parseSchnorr,
  proveSchnorr,
  type SchnorrProof,
  schnorrToJson,
  verifySchnorr,
} from "../../src/protocol/schnorr.ts";
import { inputError } from "./support.ts";

const BINDING: ProofContext = { purpose: "test", context: [utf8("first"), uintBytes(7, 4)] };

/** Another binding for each part that a challenge is bound to. */
const OTHER_BINDINGS: readonly (readonly [string, ProofContext])[] = [
  ["purpose", { ...BINDING, purpose: "tess" }],
  ["a context part", { ...BINDING, context: [utf8("first"), uintBytes(8, 4)] }],
  ["the order of context parts", { ...BINDING, context: BINDING.context.toReversed() }],
  ["a context part left out", { ...BINDING, context: [utf8("first")] }],
  [
    "the border between context parts",
    { ...BINDING, context: [utf8("firs"), concatBytes(utf8("t"), uintBytes(7, 4))] },
  ],
  ["an empty context part more", { ...BINDING, context: [...BINDING.context, new Uint8Array()] }],
];

/** A point that is on the curve and outside the subgroup: (0, −1) has order 2. */
const TORSION = [
  "0",
  "21888242871839275222246405745257275088548364400416034343698204186575808495616",
] as const;

/** C(purpose, parts…) of conventions.md §3, written again over Node's own SHA-512. */
function challengeBySpec({ purpose, context }: ProofContext, points: readonly Point[]): bigint {
  const hash = createHash("sha512");
  const bytes = points.map((point) => {
    const { x, y } = point.toAffine();
    return Buffer.from(x.toString(16).padStart(64, "0") + y.toString(16).padStart(64, "0"), "hex");
  });
  for (const part of [Buffer.from(`commune-zk/v1/${purpose}`), ...context, ...bytes]) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    hash.update(length).update(part);
  }
  return BigInt(`0x${hash.digest("hex")}`) % SUBGROUP_ORDER;
}

describe("Schnorr", () => {
  interface Fixture {
    readonly secret: bigint;
    readonly publicPoint: Point;
    readonly proof: SchnorrProof;
  }

  function fixture(): Fixture {
    const secret = randomScalar();
    const publicPoint = multiply(BASE8, secret);
    return { secret, publicPoint, proof: proveSchnorr(BINDING, { secret, publicPoint }) };
  }

  test("accepts an honest proof, also after JSON", () => {
    const { publicPoint, proof } = fixture();
    expect(verifySchnorr(BINDING, { publicPoint, proof })).toBe(true);
    const json = JSON.parse(JSON.stringify(schnorrToJson(proof)));
    expect(verifySchnorr(BINDING, { publicPoint, proof: parseSchnorr(json, "proof") })).toBe(true);
  });

  test.each([1n, 2n, SUBGROUP_ORDER - 1n])("accepts a proof of the secret %s", (secret) => {
    const publicPoint = multiply(BASE8, secret);
    const proof = proveSchnorr(BINDING, { secret, publicPoint });
    expect(verifySchnorr(BINDING, { publicPoint, proof })).toBe(true);
  });

  test.each([0n, SUBGROUP_ORDER, -1n])("does not prove with the secret %s", (secret) => {
    expect(() => proveSchnorr(BINDING, { secret, publicPoint: BASE8 })).toThrow(RangeError);
  });

  test("accepts a proof made by hand from the spec", () => {
    const secret = randomScalar();
    const nonce = randomScalar();
    const publicPoint = multiply(BASE8, secret);
    const r = multiply(BASE8, nonce);
    const c = challengeBySpec(BINDING, [BASE8, publicPoint, r]);
    const proof = { r, z: (nonce + c * secret) % SUBGROUP_ORDER };
    expect(verifySchnorr(BINDING, { publicPoint, proof })).toBe(true);
  });

  test("draws a fresh nonce for each proof: two with one nonce would give the secret away", () => {
    const { secret, publicPoint, proof } = fixture();
    expect(proveSchnorr(BINDING, { secret, publicPoint }).r.equals(proof.r)).toBe(false);
  });

  test.each(OTHER_BINDINGS)("rejects a proof moved to another binding: %s", (_, binding) => {
    const { publicPoint, proof } = fixture();
    expect(verifySchnorr(binding, { publicPoint, proof })).toBe(false);
  });

  test.each<readonly [string, (honest: Fixture) => Pick<Fixture, "publicPoint" | "proof">]>([
    ["X", ({ publicPoint, proof }) => ({ publicPoint: publicPoint.add(BASE8), proof })],
    ["−X", ({ publicPoint, proof }) => ({ publicPoint: publicPoint.negate(), proof })],
    ["R", ({ publicPoint, proof }) => ({ publicPoint, proof: { ...proof, r: proof.r.add(BASE8) } })],
    [
      "z",
      ({ publicPoint, proof }) => ({ publicPoint, proof: { ...proof, z: (proof.z + 1n) % SUBGROUP_ORDER } }),
    ],
    [
      "R and z by the same amount",
      ({ publicPoint, proof }) => ({
        publicPoint,
        proof: { r: proof.r.add(BASE8), z: (proof.z + 1n) % SUBGROUP_ORDER },
      }),
    ],
  ])("rejects a changed %s", (_, change) => {
    expect(verifySchnorr(BINDING, change(fixture()))).toBe(false);
  });

  test("rejects X picked after the challenge (weak Fiat–Shamir)", () => {
    const r = multiply(BASE8, randomScalar());
    const z = randomScalar();
    const c = challengeBySpec(BINDING, [BASE8, BASE8, r]);
    const publicPoint = multiply(multiply(BASE8, z).subtract(r), inverse(c));
    expect(multiply(BASE8, z).equals(r.add(multiply(publicPoint, c)))).toBe(true);
    expect(verifySchnorr(BINDING, { publicPoint, proof: { r, z } })).toBe(false);
  });

  test("rejects the nonce 0, whose equation holds and which would show c·x", () => {
    const { secret, publicPoint } = fixture();
    const c = challengeBySpec(BINDING, [BASE8, publicPoint, IDENTITY]);
    const z = (c * secret) % SUBGROUP_ORDER;
    expect(multiply(BASE8, z).equals(multiply(publicPoint, c))).toBe(true);
    expect(verifySchnorr(BINDING, { publicPoint, proof: { r: IDENTITY, z } })).toBe(false);
  });

  test.each([
    [
      "z = l + z",
      "not-canonical",
      (json: Json) => ({ ...json, z: (BigInt(json.z) + SUBGROUP_ORDER).toString() }),
    ],
    ["R = identity", "point-is-identity", (json: Json) => ({ ...json, r: ["0", "1"] })],
    ["R of order 2", "point-outside-subgroup", (json: Json) => ({ ...json, r: TORSION })],
    ["R off the curve", "point-off-curve", (json: Json) => ({ ...json, r: ["1", "1"] })],
  ])("does not parse %s", (_, code, change) => {
    const json = { ...schnorrToJson(fixture().proof) } as Json;
    const error = inputError(() => parseSchnorr(change(json), "proof"));
    expect(error.code).toBe(code);
    expect(error.place).toMatch(/^proof\.[rz]$/);
  });
});

describe("Chaum–Pedersen", () => {
  interface Fixture extends EqualityStatement {
    readonly proof: EqualityProof;
  }

  function fixture(base: Point = multiply(BASE8, randomScalar())): Fixture & { secret: bigint } {
    const secret = randomScalar();
    const statement = { base, publicPoint: multiply(BASE8, secret), image: multiply(base, secret) };
    return { ...statement, secret, proof: proveEquality(BINDING, { ...statement, secret }) };
  }

  test("accepts an honest proof, also after JSON", () => {
    const { proof, ...statement } = fixture();
    expect(verifyEquality(BINDING, { ...statement, proof })).toBe(true);
    const json = JSON.parse(JSON.stringify(equalityToJson(proof)));
    expect(verifyEquality(BINDING, { ...statement, proof: parseEquality(json, "proof") })).toBe(true);
  });

  test("accepts a proof made by hand from the spec", () => {
    const { secret, base, publicPoint, image } = fixture();
    const nonce = randomScalar();
    const [r1, r2] = [multiply(BASE8, nonce), multiply(base, nonce)];
    const c = challengeBySpec(BINDING, [BASE8, base, publicPoint, image, r1, r2]);
    const proof = { r1, r2, z: (nonce + c * secret) % SUBGROUP_ORDER };
    expect(verifyEquality(BINDING, { base, publicPoint, image, proof })).toBe(true);
  });

  test.each([0n, SUBGROUP_ORDER, -1n])("does not prove with the secret %s", (secret) => {
    const statement = { base: BASE8, publicPoint: BASE8, image: BASE8 };
    expect(() => proveEquality(BINDING, { ...statement, secret })).toThrow(RangeError);
  });

  test("draws a fresh nonce for each proof", () => {
    const { proof, ...statement } = fixture();
    expect(proveEquality(BINDING, statement).r1.equals(proof.r1)).toBe(false);
  });

  test.each(OTHER_BINDINGS)("rejects a proof moved to another binding: %s", (_, binding) => {
    expect(verifyEquality(binding, fixture())).toBe(false);
  });

  test.each<readonly [string, (honest: Fixture) => Partial<Fixture>]>([
    ["G", ({ base }) => ({ base: base.add(BASE8) })],
    ["X", ({ publicPoint }) => ({ publicPoint: publicPoint.add(BASE8) })],
    ["Y", ({ image }) => ({ image: image.add(BASE8) })],
    ["X and Y, swapped", ({ publicPoint, image }) => ({ publicPoint: image, image: publicPoint })],
    ["R₁", ({ proof }) => ({ proof: { ...proof, r1: proof.r1.add(BASE8) } })],
    ["R₂", ({ proof }) => ({ proof: { ...proof, r2: proof.r2.add(BASE8) } })],
    ["R₁ and R₂, swapped", ({ proof }) => ({ proof: { ...proof, r1: proof.r2, r2: proof.r1 } })],
    ["z", ({ proof }) => ({ proof: { ...proof, z: (proof.z + 1n) % SUBGROUP_ORDER } })],
  ])("rejects a changed %s", (_, change) => {
    const honest = fixture();
    expect(verifyEquality(BINDING, { ...honest, ...change(honest) })).toBe(false);
  });

  test("rejects an image with another logarithm, proven with either of the two", () => {
    const { base, publicPoint, secret } = fixture();
    const image = multiply(base, secret + 1n);
    for (const claimed of [secret, secret + 1n]) {
      const proof = proveEquality(BINDING, { base, publicPoint, image, secret: claimed });
      expect(verifyEquality(BINDING, { base, publicPoint, image, proof })).toBe(false);
    }
  });

  test("rejects Y picked after the challenge (weak Fiat–Shamir)", () => {
    const { base, publicPoint, image, secret } = fixture();
    const nonce = randomScalar();
    const [r1, r2] = [multiply(BASE8, nonce), multiply(base, nonce).add(BASE8)];
    const c = challengeBySpec(BINDING, [BASE8, base, publicPoint, image, r1, r2]);
    const z = (nonce + c * secret) % SUBGROUP_ORDER;
    const forged = multiply(multiply(base, z).subtract(r2), inverse(c));
    expect(multiply(base, z).equals(r2.add(multiply(forged, c)))).toBe(true);
    expect(verifyEquality(BINDING, { base, publicPoint, image: forged, proof: { r1, r2, z } })).toBe(false);
  });

  describe("identity", () => {
    test("accepts G = Y = R₂ = identity: the empty sum of a decryption share", () => {
      const { proof, ...statement } = fixture(IDENTITY);
      expect(statement.image.is0() && proof.r2.is0()).toBe(true);
      const parsed = parseEquality({ ...equalityToJson(proof) }, "proof", { allowIdentity: true });
      expect(verifyEquality(BINDING, { ...statement, proof: parsed })).toBe(true);
    });

    test("still binds X where G is the identity", () => {
      const honest = fixture(IDENTITY);
      expect(verifyEquality(BINDING, { ...honest, publicPoint: honest.publicPoint.add(BASE8) })).toBe(false);
      expect(verifyEquality({ ...BINDING, purpose: "other" }, honest)).toBe(false);
    });

    test.each<readonly [string, (honest: Fixture) => Partial<Fixture>]>([
      ["Y", () => ({ image: BASE8 })],
      ["R₂", ({ proof }) => ({ proof: { ...proof, r2: BASE8 } })],
    ])("rejects a %s that is not the identity where G is", (_, change) => {
      const honest = fixture(IDENTITY);
      expect(verifyEquality(BINDING, { ...honest, ...change(honest) })).toBe(false);
    });

    test("rejects X = identity, for which every equation holds with x = 0", () => {
      const nonce = randomScalar();
      const statement = { base: IDENTITY, publicPoint: IDENTITY, image: IDENTITY };
      const proof = { r1: multiply(BASE8, nonce), r2: IDENTITY, z: nonce };
      expect(verifyEquality(BINDING, { ...statement, proof })).toBe(false);
    });

    test("rejects Y = identity where G is not, also with x = 0", () => {
      const nonce = randomScalar();
      const base = multiply(BASE8, randomScalar());
      const proof = { r1: multiply(BASE8, nonce), r2: multiply(base, nonce), z: nonce };
      expect(verifyEquality(BINDING, { base, publicPoint: IDENTITY, image: IDENTITY, proof })).toBe(false);
      const honest = fixture();
      expect(verifyEquality(BINDING, { ...honest, image: IDENTITY })).toBe(false);
    });

    test("rejects the nonce 0, whose equations hold", () => {
      for (const base of [multiply(BASE8, randomScalar()), IDENTITY]) {
        const { secret, publicPoint, image } = fixture(base);
        const c = challengeBySpec(BINDING, [BASE8, base, publicPoint, image, IDENTITY, IDENTITY]);
        const proof = { r1: IDENTITY, r2: IDENTITY, z: (c * secret) % SUBGROUP_ORDER };
        expect(multiply(base, proof.z).equals(multiply(image, c))).toBe(true);
        expect(verifyEquality(BINDING, { base, publicPoint, image, proof })).toBe(false);
      }
    });
  });

  test.each([
    [
      "z = l + z",
      "not-canonical",
      (json: EqJson) => ({ ...json, z: (BigInt(json.z) + SUBGROUP_ORDER).toString() }),
    ],
    ["R₁ = identity", "point-is-identity", (json: EqJson) => ({ ...json, r1: ["0", "1"] })],
    ["R₂ = identity", "point-is-identity", (json: EqJson) => ({ ...json, r2: ["0", "1"] })],
    ["R₁ of order 2", "point-outside-subgroup", (json: EqJson) => ({ ...json, r1: TORSION })],
    ["R₂ off the curve", "point-off-curve", (json: EqJson) => ({ ...json, r2: ["1", "1"] })],
  ])("does not parse %s", (_, code, change) => {
    const json = { ...equalityToJson(fixture().proof) } as EqJson;
    const error = inputError(() => parseEquality(change(json), "proof"));
    expect(error.code).toBe(code);
    expect(error.place).toMatch(/^proof\.(r1|r2|z)$/);
  });

  test("does not parse R₁ = identity even where R₂ may be", () => {
    const json = { ...equalityToJson(fixture(IDENTITY).proof), r1: pointToJson(IDENTITY) };
    expect(inputError(() => parseEquality(json, "proof", { allowIdentity: true })).code).toBe(
      "point-is-identity",
    );
  });
});

interface Json {
  readonly r: unknown;
  readonly z: string;
}

interface EqJson {
  readonly r1: unknown;
  readonly r2: unknown;
  readonly z: string;
}

/** value⁻¹ mod l. */
function inverse(value: bigint): bigint {
  let [result, base] = [1n, value];
  for (let exponent = SUBGROUP_ORDER - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % SUBGROUP_ORDER;
    base = (base * base) % SUBGROUP_ORDER;
  }
  return result;
}
