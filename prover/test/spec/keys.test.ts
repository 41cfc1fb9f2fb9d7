// docs/spec/keys.md §6: the stored key sets, and its compressed phase 1 read from the page's words.

import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { bn254 } from "@noble/curves/bn254.js";
import { hoursManifest } from "../support/hours-keys.ts";
import { manifest } from "../support/keys.ts";
import { testExample } from "./support/checks.ts";
import { keysExample, readPhase1 } from "./support/examples.ts";
import { integer, sha256 } from "./support/independent.ts";
import { readExample, readPage } from "./support/pages.ts";

interface KeySetExample {
  readonly digest: string;
  readonly kind: string;
  readonly sizeBytes: number;
}

interface KeysExample extends KeySetExample {
  readonly hours: KeySetExample;
  readonly sections: readonly (readonly [number, number])[];
  readonly tauG1: { readonly bytes: string; readonly point: readonly string[] };
  readonly tauG2: { readonly bytes: string; readonly point: readonly (readonly string[])[] };
}

const example = readExample("keys") as unknown as KeysExample;
const artifactsFolder = new URL("../../../keys/artifacts/", import.meta.url);

/** The stored key sets, as the page names them. */
const KEY_SETS = [
  { name: "ballot", folder: artifactsFolder, set: manifest.manifest, example: example as KeySetExample },
  {
    name: "hours",
    folder: new URL("hours/", artifactsFolder),
    set: hoursManifest.manifest,
    example: example.hours,
  },
];

testExample("keys", keysExample);

test.each(KEY_SETS)("the digest of the $name set is the SHA-256 of its manifest", ({ folder, example }) => {
  const bytes = readFileSync(new URL("manifest.json", folder));
  expect(sha256(bytes).toString("hex")).toBe(example.digest);
  expect(bytes).toHaveLength(example.sizeBytes);
});

test("the example's poll names the ballot set", () => {
  const { keySet } = JSON.parse(readExample("poll").poll as string) as { keySet: unknown };
  expect(keySet).toEqual({ digest: example.digest, kind: example.kind });
});

test("the page names the manifests' circuits and files", () => {
  const page = readPage("keys");
  const circuits = KEY_SETS.flatMap(({ set }) => Object.entries(set.circuits));
  for (const [name, { wasm, provingKey, verificationKey, transcript }] of circuits) {
    expect(page).toContain(`\`${name}\``);
    for (const { path } of [wasm, provingKey, verificationKey, transcript]) {
      expect(page).toContain(`\`${path.split("/")[1]}\``);
    }
  }
  expect(circuits).toHaveLength(6);
});

test.each(KEY_SETS)("the transcripts of the $name set are as the page says", ({ folder, set }) => {
  for (const [circuit, entry] of Object.entries(set.circuits)) {
    const { r1csSha256, constraints, contributions } = entry;
    const transcript: unknown = JSON.parse(readFileSync(new URL(entry.transcript.path, folder), "utf8"));
    expect(transcript).toEqual({
      circuit,
      r1csSha256,
      constraints,
      contributions,
      beacon: { value: expect.stringMatching(/^[0-9a-f]{64}$/), iterationsExp: 10 },
    });
  }
});

// keys.md §5. Little-endian lengths; big-endian coordinates with a sign in the highest bit.
const { Fp, Fp2 } = bn254.fields;
const half = (Fp.ORDER - 1n) / 2n;

function decompressG1(bytes: Buffer): readonly [bigint, bigint] {
  const [x, greater] = [integer(Buffer.from([bytes[0]! & 0x3f, ...bytes.subarray(1)])), bytes[0]! >> 7];
  const y = Fp.sqrt(Fp.add(Fp.mul(Fp.sqr(x), x), 3n));
  return [x, y > half === (greater === 1) ? y : Fp.neg(y)];
}

function decompressG2(bytes: Buffer) {
  const c1 = integer(Buffer.from([bytes[0]! & 0x3f, ...bytes.subarray(1, 32)]));
  const x = Fp2.create({ c0: integer(bytes.subarray(32)), c1 });
  const twistB = Fp2.div(Fp2.create({ c0: 3n, c1: 0n }), Fp2.create({ c0: 9n, c1: 1n }));
  const y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), twistB));
  const isGreater = (y.c1 === 0n ? y.c0 : y.c1) > half;
  return { x, y: isGreater === bytes[0]! >> 7 > 0 ? y : Fp2.neg(y) };
}

test("the page's words read phase 1, and its powers are of one τ", () => {
  const file = readPhase1();
  expect([file.toString("ascii", 0, 4), file.readUInt32LE(4), file.readUInt32LE(8)]).toEqual(["ptau", 1, 7]);
  const contents = new Map<number, Buffer>();
  let at = 12;
  for (const [type, length] of example.sections) {
    expect([file.readUInt32LE(at), Number(file.readBigUInt64LE(at + 4))]).toEqual([type, length]);
    contents.set(type, file.subarray(at + 12, at + 12 + length));
    at += 12 + length;
  }
  expect(at).toBe(file.length);
  const n = 2 ** 15;
  const sizes = [2, 3, 4, 5, 6].map((type) => contents.get(type)!.length);
  expect(sizes).toEqual([32 * (2 * n - 1), 64 * n, 32 * n, 32 * n, 64]);

  const g1 = (i: number): Buffer => contents.get(2)!.subarray(32 * i, 32 * i + 32);
  const g2 = (i: number): Buffer => contents.get(3)!.subarray(64 * i, 64 * i + 64);
  const { G1, G2 } = bn254;
  const one = { g1: G1.Point.BASE, g2: G2.Point.BASE };
  const [x1, y1] = decompressG1(g1(0));
  expect(G1.Point.fromAffine({ x: x1, y: y1 }).equals(one.g1)).toBe(true);
  expect(G2.Point.fromAffine(decompressG2(g2(0))).equals(one.g2)).toBe(true);
  const [x, y] = decompressG1(g1(1));
  const tau2 = decompressG2(g2(1));
  expect(example.tauG1).toEqual({ bytes: g1(1).toString("hex"), point: [x, y].map(String) });
  expect(example.tauG2).toEqual({
    bytes: g2(1).toString("hex"),
    point: [tau2.x, tau2.y].map(({ c0, c1 }) => [String(c0), String(c1)]),
  });
  const tau = { g1: G1.Point.fromAffine({ x, y }), g2: G2.Point.fromAffine(tau2) };
  const product = bn254.pairingBatch([
    { g1: tau.g1, g2: one.g2 },
    { g1: one.g1.negate(), g2: tau.g2 },
  ]);
  expect(bn254.fields.Fp12.eql(product, bn254.fields.Fp12.ONE)).toBe(true);
});
