// Key manifests from untrusted bytes. docs/spec/keys.md.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { fromUtf8, utf8 } from "../../src/formats/bytes.ts";
import { canonicalBytes } from "../../src/formats/canonical-json.ts";
import { HOURS_CIRCUIT_NAMES, type KeyManifest, parseManifest } from "../../src/formats/manifest.ts";
import { parsePoll } from "../../src/protocol/poll.ts";
import { manifest } from "../support/keys.ts";
import { inputError } from "../trustees/support.ts";

const CIRCUIT = "ballot-compact-10";

/** Code and place with which the stored manifest is refused after a change of one circuit's entry, or of anything. */
function refusal(change: (value: KeyManifest) => unknown): { code: string; place: string | undefined } {
  const value = JSON.parse(fromUtf8(manifest.bytes)) as KeyManifest;
  const { code, place } = inputError(() => parseManifest(canonicalBytes(change(value) ?? value)));
  return { code, place };
}

const inFile = (path: string) => ({
  code: "manifest-malformed",
  place: `keys.json: circuits.${CIRCUIT}.wasm.${path}`,
});

describe("a key manifest", () => {
  test("is named by the SHA-256 of its bytes", () => {
    expect(manifest.digest).toBe(createHash("sha256").update(manifest.bytes).digest("hex"));
    expect(parseManifest(manifest.bytes).manifest.kind).toBe("development");
  });

  test.each([
    "../secret",
    "..",
    "a/../../secret",
    "a/..",
    "a/./b",
    "a/.hidden",
    "/etc/passwd",
    "a//b",
    "a/",
    "",
    "a\\b",
    "A/b",
    "https://host/x",
    "a/b?c",
    "a/%2e%2e/b",
  ])("with the path %j is refused: a reader of directories would follow it", (path) => {
    expect(refusal(({ circuits }) => void Object.assign(circuits[CIRCUIT]!.wasm, { path }))).toEqual(
      inFile("path"),
    );
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["a short digest", { sha256: "00" }, "sha256"],
    ["an upper-case digest", { sha256: "AB".repeat(32) }, "sha256"],
    ["size 0", { size: 0 }, "size"],
    ["a size above 2 GiB", { size: 2 ** 31 + 1 }, "size"],
    ["a size of no integer", { size: 1.5 }, "size"],
  ])("with %s is refused", (_name, change, path) => {
    expect(refusal(({ circuits }) => void Object.assign(circuits[CIRCUIT]!.wasm, change))).toEqual(
      inFile(path),
    );
  });

  test.each<[string, (value: KeyManifest) => unknown, string]>([
    ["another type", (value) => ({ ...value, type: "commune-zk/key-manifest/v2" }), "keys.json: type"],
    ["another kind", (value) => ({ ...value, kind: "sample" }), "keys.json: kind"],
    ["a field more", (value) => ({ ...value, note: "x" }), "keys.json"],
    ["no circuits", ({ circuits: _, ...value }) => value, "keys.json: circuits"],
    [
      "an unknown circuit",
      (value) => ({ ...value, circuits: { "ballot-compact-12": value.circuits[CIRCUIT] } }),
      "keys.json: circuits",
    ],
    [
      "a circuit without contributions",
      ({ circuits }) => void circuits[CIRCUIT]!.contributions.splice(0),
      `keys.json: circuits.${CIRCUIT}.contributions`,
    ],
  ])("with %s is refused", (_name, change, place) => {
    expect(refusal(change)).toEqual({ code: "manifest-malformed", place });
  });

  test.each(HOURS_CIRCUIT_NAMES)("may hold %s, which no poll may name", (circuit) => {
    const circuits = { [circuit]: manifest.manifest.circuits[CIRCUIT] };
    const loaded = parseManifest(canonicalBytes({ ...manifest.manifest, circuits }));
    expect(Object.keys(loaded.manifest.circuits)).toEqual([circuit]);
    const bytes = readFileSync(new URL("../../../docs/spec/examples/poll.json", import.meta.url));
    const { poll } = JSON.parse(fromUtf8(bytes)) as { poll: string };
    expect(parsePoll(utf8(poll)).rules.circuit).toBe(CIRCUIT);
    expect(inputError(() => parsePoll(utf8(poll.replace(CIRCUIT, circuit))))).toMatchObject({
      code: "poll-malformed",
      place: "poll.json: rules.circuit",
    });
  });

  test("that is not canonical is refused", () => {
    const spaced = utf8(fromUtf8(manifest.bytes).replace(":", ": "));
    expect(inputError(() => parseManifest(spaced))).toMatchObject({ code: "not-canonical-json" });
  });
});
