// docs/spec/conventions.md §7: frames, documents, signatures and proofs, computed again from the page's words.
import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { ED25519_TORSION_SUBGROUP, ed25519 } from "@noble/curves/ed25519.js";
import { verifyBytes } from "../../src/formats/ed25519.ts";
import { BASE_FIELD_ORDER, FIELD_ORDER, SUBGROUP_ORDER } from "../../src/formats/field.ts";
import { parsePoint } from "../../src/formats/point.ts";
import { parseEquality, verifyEquality } from "../../src/protocol/chaum-pedersen.ts";
import { parseSchnorr, verifySchnorr } from "../../src/protocol/schnorr.ts";
import { testExample } from "./support/checks.ts";
import { conventionsExample } from "./support/examples.ts";
import {
  bytes,
  C,
  canonical,
  equality,
  field,
  frame,
  H,
  integer,
  oracle,
  pair,
  point,
  publicKeyOf,
  S,
  schnorr,
  signInRole,
  verifyPlain,
} from "./support/independent.ts";
import { readExample, readPage } from "./support/pages.ts";

interface ConventionsExample {
  readonly hashing: Record<"frame" | "H" | "S" | "C", string>;
  readonly base8: { readonly point: unknown; readonly bytes: string };
  readonly document: Record<"written" | "canonical" | "bytes", string>;
  readonly signature: Record<"seed" | "publicKey" | "message" | "signature", string>;
  readonly schnorr: Record<"secret" | "nonce" | "challenge" | "z", string> & {
    readonly publicPoint: unknown;
    readonly proof: { readonly r: unknown; readonly z: string };
  };
  readonly equality: Record<"secret" | "nonce" | "challenge" | "z", string> & {
    readonly base: unknown;
    readonly publicPoint: unknown;
    readonly image: unknown;
    readonly proof: { readonly r1: unknown; readonly r2: unknown; readonly z: string };
  };
}

const example = readExample("conventions") as unknown as ConventionsExample;
const binding = { purpose: "example", context: [Uint8Array.of(1, 2)] };

testExample("conventions", conventionsExample);

test("the page's words give the hashes", () => {
  const parts = [bytes("0102"), bytes("")];
  expect(example.hashing).toEqual({
    frame: frame("example", parts).toString("hex"),
    H: H("example", ...parts).toString("hex"),
    S: S("example", ...parts).toString("hex"),
    C: C("example", ...parts).toString(),
  });
});

test("the page's orders are those of the code, and of the curve's other implementation", () => {
  const orders = [...readPage("conventions").matchAll(/^- ([rql]) = (\d+)$/gm)];
  expect(orders.map(([, , value]) => BigInt(value!))).toEqual([
    FIELD_ORDER,
    BASE_FIELD_ORDER,
    SUBGROUP_ORDER,
  ]);
  for (const [, name, value] of readPage("conventions").matchAll(/^- ([rl]) = (\d+)$/gm)) {
    const order = BigInt(value!);
    if (name === "l") expect(oracle.multiply(oracle.base8, order)).toEqual([0n, 1n]);
    // The coordinates of the page's Base8 lie on its curve modulo its r.
    else {
      const [x, y] = pair(example.base8.point);
      expect((168700n * x * x + y * y - 1n - 168696n * x * x * y * y) % order).toBe(0n);
    }
  }
  expect(pair(example.base8.point)).toEqual(oracle.base8);
  expect(point(oracle.base8).toString("hex")).toBe(example.base8.bytes);
});

test("the page's words give the document's bytes and its signature", () => {
  const { written, ...document } = example.document;
  const text = canonical(JSON.parse(written));
  const { seed, ...signature } = example.signature;
  expect(document).toEqual({ canonical: text, bytes: Buffer.from(text).toString("hex") });
  expect(signature).toEqual({
    publicKey: publicKeyOf(bytes(seed)),
    message: H("signature/roll-batch", Buffer.from(text)).toString("hex"),
    signature: signInRole("roll-batch", Buffer.from(text), bytes(seed)),
  });
});

test("the page's words give the Schnorr proof, which the code accepts", () => {
  const { secret, nonce, challenge, z, proof, publicPoint } = example.schnorr;
  const made = schnorr("example", [bytes("0102")], BigInt(secret), BigInt(nonce));
  expect(made).toEqual({ r: pair(proof.r), challenge: BigInt(challenge), z: BigInt(z) });
  const parsed = { publicPoint: parsePoint(publicPoint), proof: parseSchnorr(proof, "proof") };
  expect(verifySchnorr(binding, parsed)).toBe(true);
});

test("the page's words give the Chaum–Pedersen proof, which the code accepts", () => {
  const { secret, nonce, challenge, z, proof, base, publicPoint, image } = example.equality;
  const made = equality("example", [bytes("0102")], {
    base: oracle.multiply(oracle.base8, 3n),
    secret: BigInt(secret),
    nonce: BigInt(nonce),
  });
  expect(made).toEqual({
    image: pair(image),
    r1: pair(proof.r1),
    r2: pair(proof.r2),
    challenge: BigInt(challenge),
    z: BigInt(z),
  });
  const statement = {
    base: parsePoint(base),
    publicPoint: parsePoint(publicPoint),
    image: parsePoint(image),
  };
  expect(verifyEquality(binding, { ...statement, proof: parseEquality(proof, "proof") })).toBe(true);
});

describe("Ed25519 as §5 says", () => {
  const { Point } = ed25519;
  const message = bytes("0102");
  const secret = 5n;
  const torsion = Point.fromHex(ED25519_TORSION_SUBGROUP[1]!);

  /** Whether the code takes R ‖ S with S = r + k·secret, under this key. */
  function accepts(r: Uint8Array, nonce: bigint, key: Uint8Array): { ours: boolean; node: boolean } {
    const digest = createHash("sha512")
      .update(Buffer.concat([r, key, message]))
      .digest();
    const k = integer(digest.reverse()) % Point.Fn.ORDER;
    const s = Buffer.from(Point.Fn.toBytes((nonce + k * secret) % Point.Fn.ORDER));
    const signature = Buffer.concat([r, s]);
    return {
      ours: verifyBytes(message, signature, key),
      node: verifyPlain(message, signature, Buffer.from(key).toString("hex")),
    };
  }

  const key = Point.BASE.multiply(secret).toBytes();

  test("takes what the equation without cofactor takes", () => {
    expect(accepts(Point.BASE.multiply(9n).toBytes(), 9n, key)).toEqual({ ours: true, node: true });
  });

  test("takes an R with a part of small order, which that equation refuses", () => {
    const r = Point.BASE.multiply(9n).add(torsion).toBytes();
    expect(accepts(r, 9n, key)).toEqual({ ours: true, node: false });
  });

  test("refuses a key of small order", () => {
    // 8·k·A vanishes, so anybody's S = r would do.
    const r = Point.BASE.multiply(9n).toBytes();
    expect(verifyBytes(message, Buffer.concat([r, Point.Fn.toBytes(9n)]), torsion.toBytes())).toBe(false);
  });

  test("refuses an R in another encoding than the canonical one", () => {
    const identity = bytes(`01${"00".repeat(31)}`);
    expect(accepts(identity, 0n, key).ours).toBe(true);
    // y = 1 + p, the same point.
    expect(accepts(bytes(`ee${"ff".repeat(30)}7f`), 0n, key).ours).toBe(false);
  });

  test("refuses an S at the group order or above", () => {
    const r = Point.BASE.multiply(9n).toBytes();
    const digest = createHash("sha512")
      .update(Buffer.concat([r, key, message]))
      .digest();
    const s = (9n + (integer(digest.reverse()) % Point.Fn.ORDER) * secret) % Point.Fn.ORDER;
    const littleEndian = (value: bigint): Buffer => field(value).reverse();
    expect(verifyBytes(message, Buffer.concat([r, littleEndian(s)]), key)).toBe(true);
    expect(verifyBytes(message, Buffer.concat([r, littleEndian(s + Point.Fn.ORDER)]), key)).toBe(false);
  });
});
