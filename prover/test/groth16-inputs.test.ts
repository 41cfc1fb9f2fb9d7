// Proof points and keys: what snarkjs' verifier and ffjavascript let pass is refused here. FACTS: first table.
import { bn254 } from "@noble/curves/bn254.js";
import { utf8 } from "../src/formats/bytes.ts";
import { InputError } from "../src/formats/errors.ts";
import { BASE_FIELD_ORDER } from "../src/formats/field.ts";
import { parseProof, proofFromBytes, proofToBytes, proofToJson } from "../src/formats/groth16-proof.ts";
import { decodeRecord } from "../src/formats/record.ts";
import { parseVerificationKey } from "../src/formats/verification-key.ts";
import { circuitEntry, loadManifest, memoryArtifactSource, readArtifact } from "../src/groth16/artifacts.ts";
import { artifacts, manifest } from "./support/keys.ts";
import { outsideSubgroup } from "./support/points.ts";

const { G1, G2 } = bn254;
const a = G1.Point.BASE.multiply(5n).toAffine();
const b = G2.Point.BASE.multiply(7n).toAffine();
const json = () => ({
  a: [a.x.toString(), a.y.toString()],
  b: [
    [b.x.c0.toString(), b.x.c1.toString()],
    [b.y.c0.toString(), b.y.c1.toString()],
  ],
  c: [a.x.toString(), a.y.toString()],
});

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof InputError) return error.code;
    throw error;
  }
  return "accepted";
}

test("proofs round-trip through JSON and bytes", () => {
  const proof = parseProof(json());
  expect(proofToJson(proof)).toEqual(json());
  expect(proofFromBytes(proofToBytes(proof))).toEqual(proof);
});

describe("a proof is refused", () => {
  const cases: [string, unknown, string][] = [
    [
      "with a.x + q",
      { ...json(), a: [(a.x + BASE_FIELD_ORDER).toString(), a.y.toString()] },
      "not-canonical",
    ],
    ["with a negative coordinate", { ...json(), a: ["-1", "2"] }, "not-canonical"],
    ["with hexadecimal", { ...json(), a: ["0x1", "2"] }, "not-canonical"],
    ["with a leading zero", { ...json(), a: ["01", "2"] }, "not-canonical"],
    ["with an empty coordinate", { ...json(), a: ["", "2"] }, "not-canonical"],
    ["with a number", { ...json(), a: [1, "2"] }, "not-canonical"],
    ["with a projective point", { ...json(), a: ["1", "2", "1"] }, "not-canonical"],
    ["with infinity for a", { ...json(), a: ["0", "0"] }, "point-is-identity"],
    [
      "with infinity for b",
      {
        ...json(),
        b: [
          ["0", "0"],
          ["0", "0"],
        ],
      },
      "point-is-identity",
    ],
    ["with a off the curve", { ...json(), a: ["1", "3"] }, "point-off-curve"],
    ["with c off the curve", { ...json(), c: ["1", "3"] }, "point-off-curve"],
    [
      "with b off the twist",
      {
        ...json(),
        b: [
          ["1", "2"],
          ["3", "4"],
        ],
      },
      "point-off-curve",
    ],
    ["with b outside the subgroup", { ...json(), b: outsideSubgroup() }, "point-outside-subgroup"],
    ["without c", { a: json().a, b: json().b }, "proof-malformed"],
    ["with one field more", { ...json(), protocol: "groth16" }, "proof-malformed"],
    ["that is null", null, "proof-malformed"],
  ];
  test.each(cases)("%s", (_name, value, code) => expect(codeOf(() => parseProof(value))).toBe(code));
});

describe("records", () => {
  test.each([
    ["no bytes", new Uint8Array(0)],
    ["another version", Uint8Array.of(2, 0, 1, ...new Uint8Array(32 + 256))],
    ["no signals", Uint8Array.of(1, 0, 0, ...new Uint8Array(256))],
    ["one byte missing", Uint8Array.of(1, 0, 1, ...new Uint8Array(31 + 256))],
    ["one byte more", Uint8Array.of(1, 0, 1, ...new Uint8Array(33 + 256))],
  ])("%s is refused", (_name, bytes) => expect(codeOf(() => decodeRecord(bytes))).toBe("record-malformed"));
});

describe("verification keys", () => {
  const entry = circuitEntry(manifest.manifest, "ballot-compact-10").verificationKey;
  const load = async () => JSON.parse(new TextDecoder().decode(await readArtifact(artifacts, entry)));
  const parse = (key: unknown) => codeOf(() => parseVerificationKey(utf8(JSON.stringify(key))));

  test("accepts the stored one, refuses each changed one", async () => {
    const key = await load();
    expect(parse(key)).toBe("accepted");
    expect(parse({ ...key, vk_delta_2: key.vk_gamma_2 })).toBe("verification-key-forgeable");
    expect(parse({ ...key, protocol: "plonk" })).toBe("verification-key-malformed");
    expect(parse({ ...key, curve: "bls12381" })).toBe("verification-key-malformed");
    expect(parse({ ...key, IC: key.IC.slice(1) })).toBe("verification-key-malformed");
    expect(parse({ ...key, nPublic: key.nPublic + 1 })).toBe("verification-key-malformed");
    expect(parse({ ...key, vk_alpha_1: ["1", "3", "1"] })).toBe("point-off-curve");
    expect(parse({ ...key, extra: 1 })).toBe("verification-key-malformed");
  });
});

describe("artifacts", () => {
  const entry = circuitEntry(manifest.manifest, "ballot-compact-10");
  const read = async (bytes: Uint8Array) => {
    const source = memoryArtifactSource(new Map([[entry.wasm.sha256, bytes]]));
    return readArtifact(source, entry.wasm).then(
      () => "accepted",
      (error: InputError) => error.code,
    );
  };

  test("truncated, swapped, flipped and missing files are refused before use", async () => {
    const wasm = await readArtifact(artifacts, entry.wasm);
    expect(await read(wasm)).toBe("accepted");
    expect(await read(wasm.slice(0, -1))).toBe("artifact-size-mismatch");
    const flipped = Uint8Array.from(wasm);
    flipped[1000] = flipped[1000]! ^ 1;
    expect(await read(flipped)).toBe("artifact-digest-mismatch");
    expect(await read(await readArtifact(artifacts, entry.provingKey))).toBe("artifact-size-mismatch");
    const missing = readArtifact(memoryArtifactSource(new Map()), entry.wasm);
    await expect(missing).rejects.toMatchObject({ code: "artifact-missing" });
  });

  test("a manifest with another digest, or not canonical, is refused", () => {
    expect(codeOf(() => loadManifest(manifest.bytes, "00".repeat(32)))).toBe("key-set-digest-mismatch");
    expect(codeOf(() => loadManifest(manifest.bytes.slice(1), manifest.digest))).toBe("bad-json");
    expect(loadManifest(manifest.bytes, manifest.digest).manifest.kind).toBe("development");
  });
});
