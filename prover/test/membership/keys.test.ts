// The ceremony's keys: pinned by digest, as npm installs them, and those that the stock client verifies with.
// docs/spec/membership.md §4.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { phase2Contributions } from "../../../scripts/semaphore-manifest/zkey.ts";
import {
  type ArtifactSource,
  canonicalBytes,
  InputError,
  membershipVerifier,
  parseSemaphoreManifest,
  parseVerificationKey,
  readSemaphoreManifest,
  SEMAPHORE_MANIFEST_DIGEST,
  type SemaphoreManifest,
  semaphoreProvingArtifacts,
} from "../../src/index.ts";
import { emptyProof } from "../support/polls.ts";
import { inputError, inputRejection } from "../trustees/support.ts";
import { artifacts, manifest, manifestBytes, packageDirectory } from "./support.ts";

const installed = (path: string): Buffer => readFileSync(join(packageDirectory, path));
const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

interface VerificationKeyJson {
  readonly vk_delta_2: readonly unknown[];
  readonly IC: readonly unknown[];
  readonly [field: string]: unknown;
}
const stockFolder = dirname(createRequire(import.meta.url).resolve("@semaphore-protocol/proof"));
const stockKeys = JSON.parse(
  readFileSync(join(stockFolder, "../src/verification-keys.json"), "utf8"),
) as VerificationKeyJson;
const stockCode = readFileSync(join(stockFolder, "index.node.js"), "utf8");

describe("the manifest", () => {
  test("is the one that the library pins, of depths 1 to 20", () => {
    expect(digest(manifestBytes)).toBe(SEMAPHORE_MANIFEST_DIGEST);
    expect(manifest.circuits.map(({ depth }) => depth)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    const { version } = JSON.parse(installed("package.json").toString()) as { version: string };
    expect(manifest.package).toEqual({ name: "@zk-kit/semaphore-artifacts", version });
  });

  test.each(manifest.circuits)("has size and digest of every installed file of depth $depth", (circuit) => {
    for (const file of [circuit.wasm, circuit.provingKey, circuit.verificationKey]) {
      const bytes = installed(file.path);
      expect([file.path, bytes.length, digest(bytes)]).toEqual([file.path, file.size, file.sha256]);
    }
    expect(phase2Contributions(installed(circuit.provingKey.path))).toBe(circuit.contributions);
  });

  test.each(manifest.circuits)(
    "names the verification key with which the stock client verifies depth $depth",
    ({ depth, verificationKey }) => {
      const bytes = installed(verificationKey.path);
      const { vk_alphabeta_12: _, ...key } = JSON.parse(bytes.toString()) as VerificationKeyJson;
      const { vk_alphabeta_12: __, ...stock } = stockKeys;
      const expected = { ...stock, vk_delta_2: stock.vk_delta_2[depth - 1], IC: stock.IC[depth - 1] };
      expect(key).toEqual(expected);
      // What the stock package runs is its bundle: the key's numbers stand in it, in this order.
      for (const numbers of [key.vk_delta_2, key.IC]) {
        const list = JSON.stringify(numbers)
          .replaceAll(/[[\]"]/g, "")
          .split(",");
        const pattern = list.map((number) => `"${number}"`).join("[\\],\\[\\s]+");
        expect(stockCode).toMatch(new RegExp(pattern));
      }
      // Points, subgroups, γ ≠ δ.
      expect(parseVerificationKey(bytes).publicCount).toBe(4);
    },
  );

  test("is refused where it is another one, however well formed", () => {
    const other = { ...manifest, provenance: "Trust us." };
    expect(readSemaphoreManifest(canonicalBytes(other), "other").provenance).toBe("Trust us.");
    expect(inputError(() => parseSemaphoreManifest(canonicalBytes(other)))).toMatchObject({
      code: "key-set-digest-mismatch",
      place: "semaphore.json",
    });
  });

  test.each<[string, (m: SemaphoreManifest) => unknown]>([
    ["another type", (m) => ({ ...m, type: "commune-zk/key-manifest/v1" })],
    ["another package", (m) => ({ ...m, package: { ...m.package, name: "semaphore-artifacts" } })],
    ["a depth less", (m) => ({ ...m, circuits: m.circuits.slice(1) })],
    [
      "two depths swapped",
      (m) => ({ ...m, circuits: m.circuits.with(0, m.circuits[1]!).with(1, m.circuits[0]!) }),
    ],
    ["a path that leaves the package", (m) => withFile(m, "../semaphore-1.wasm")],
    ["another depth's file", (m) => withFile(m, "semaphore-2.wasm")],
    ["another kind of file", (m) => withFile(m, "semaphore-1.zkey")],
  ])("with %s is none", (_name, change) => {
    const bytes = canonicalBytes(change(structuredClone(manifest)));
    const error = inputError(() => readSemaphoreManifest(bytes, "semaphore.json"));
    expect(error.code).toBe("manifest-malformed");
  });

  function withFile(m: SemaphoreManifest, path: string): SemaphoreManifest {
    const [first] = m.circuits;
    return { ...m, circuits: m.circuits.with(0, { ...first!, wasm: { ...first!.wasm, path } }) };
  }
});

describe("a file", () => {
  /** The installed files, one of them replaced. */
  const swapped = (path: string, bytes: Uint8Array): ArtifactSource => ({
    bytes: (file, options) => (file.path === path ? Promise.resolve(bytes) : artifacts.bytes(file, options)),
  });

  test("that is another depth's, or damaged, is refused before it is used", async () => {
    const wasm = installed("semaphore-1.wasm");
    const damaged = wasm.with(1000, wasm[1000]! ^ 1);
    expect(
      await inputRejection(semaphoreProvingArtifacts(swapped("semaphore-1.wasm", damaged), manifest, 1)),
    ).toMatchObject({ code: "artifact-digest-mismatch", place: "semaphore-1.wasm" });
    const other = swapped("semaphore-1.zkey", installed("semaphore-2.zkey"));
    expect(await inputRejection(semaphoreProvingArtifacts(other, manifest, 1))).toMatchObject({
      code: "artifact-size-mismatch",
      place: "semaphore-1.zkey",
    });
  });

  test.each([0, 21, 1.5])("of depth %p there is none", async (depth) => {
    await expect(semaphoreProvingArtifacts(artifacts, manifest, depth)).rejects.toThrow(RangeError);
  });

  test("that a verifier cannot load is its own fault, not the proof's, and is tried anew", async () => {
    let broken = true;
    const source: ArtifactSource = {
      bytes: (file, options) =>
        broken ? Promise.reject(new InputError("artifact-missing", "gone")) : artifacts.bytes(file, options),
    };
    const verifier = membershipVerifier(source, manifest);
    const verify = () => verifier.verify(1, [1n, 2n, 3n, 4n], emptyProof());
    const failure = await verify().catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: "the membership keys of depth 1 cannot be loaded" });
    expect(failure).not.toBeInstanceOf(InputError);
    broken = false;
    expect(await verify()).toBe(false);
  });
});

describe("the contributions of a zkey", () => {
  test.each<[string, (zkey: Buffer) => Uint8Array]>([
    ["another file", () => installed("semaphore-1.json")],
    ["a section that is longer than its contributions", (zkey) => withLength(zkey, 1)],
  ])("are not read from %s", (_name, change) => {
    expect(() => phase2Contributions(change(Buffer.from(installed("semaphore-1.zkey"))))).toThrow(RangeError);
  });

  /** The length of section 10 changed. */
  function withLength(zkey: Buffer, by: number): Buffer {
    for (let at = 12; ; at += 12 + Number(zkey.readBigUInt64LE(at + 4))) {
      if (zkey.readUInt32LE(at) !== 10) continue;
      zkey.writeBigUInt64LE(zkey.readBigUInt64LE(at + 4) + BigInt(by), at + 4);
      return zkey;
    }
  }
});
