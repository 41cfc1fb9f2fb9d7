// Circuits and keys over HTTP: every file under its digest, whole, and nothing else.
import { createHash } from "node:crypto";
import type { ArtifactSource, ManifestFile } from "@commune-zk/prover";
import {
  manifest as semaphore,
  artifacts as semaphoreArtifacts,
} from "../../prover/test/membership/support.ts";
import { hoursArtifacts, hoursManifest } from "../../prover/test/support/hours-keys.ts";
import { manifest } from "../../prover/test/support/keys.ts";
import { expectProblem } from "./support/refusals.ts";
import { type Answer, startTestService } from "./support/service.ts";

let damage: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes;
const damaged: ArtifactSource = {
  bytes: async (file, options) => damage(await hoursArtifacts.bytes(file, options)),
};
const service = await startTestService({
  registryKey: crypto.getRandomValues(new Uint8Array(32)),
  hours: { manifest: hoursManifest, artifacts: damaged },
  membership: { manifest: semaphore, artifacts: semaphoreArtifacts },
});
afterAll(() => service.remove());
afterEach(() => {
  damage = (bytes) => bytes;
});

const { circuits } = hoursManifest.manifest;
const hours = circuits["hours-1"]!;

/** What is at a digest, as any client reads it. */
async function fetched(
  sha256: string,
): Promise<{ status: number; type: string; cache: string; bytes: Uint8Array }> {
  const response = await fetch(`${service.baseUrl}/artifacts/${sha256}`);
  return {
    status: response.status,
    type: response.headers.get("content-type") ?? "",
    cache: response.headers.get("cache-control") ?? "",
    bytes: new Uint8Array(await response.arrayBuffer()),
  };
}

test.each<[string, ManifestFile, string]>([
  ...Object.entries(circuits).flatMap(([name, circuit]) =>
    (["wasm", "provingKey", "verificationKey", "transcript"] as const).map(
      (part): [string, ManifestFile, string] => [
        `${name} ${part}`,
        circuit[part],
        part === "wasm" ? "application/wasm" : "application/octet-stream",
      ],
    ),
  ),
  ...[1, 20].flatMap((depth) =>
    (["wasm", "provingKey", "verificationKey"] as const).map((part): [string, ManifestFile, string] => [
      `membership at depth ${depth}, ${part}`,
      semaphore.circuits[depth - 1]![part],
      part === "wasm" ? "application/wasm" : "application/octet-stream",
    ]),
  ),
])("%s is served under its digest, for ever", async (_name, file, type) => {
  const { bytes, ...rest } = await fetched(file.sha256);
  expect(rest).toEqual({ status: 200, type, cache: "public, max-age=31536000, immutable" });
  expect(bytes).toHaveLength(file.size);
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(file.sha256);
});

test.each([
  ["that no manifest has", "ab".repeat(32)],
  ["in capitals", hours.wasm.sha256.toUpperCase()],
  ["cut short", hours.wasm.sha256.slice(0, 62)],
  ["that is a path", encodeURIComponent(`../${hours.wasm.path}`)],
])("a digest %s is no artifact", async (_what, sha256) => {
  const answer = await service.send({ path: `/artifacts/${sha256}` });
  expectProblem(answer, { status: 404, code: "artifact-missing" });
  expect(answer.headers.get("cache-control") ?? "").not.toContain("immutable");
});

test("a service without hours and membership serves their files to nobody", async () => {
  const plain = await startTestService();
  try {
    const statuses = async (files: readonly ManifestFile[]) =>
      Promise.all(
        files.map(({ sha256 }) =>
          plain.send({ path: `/artifacts/${sha256}` }).then(({ status }: Answer) => status),
        ),
      );
    const ballot = manifest.manifest.circuits["ballot-compact-10"]!;
    const asked = [hours.verificationKey, semaphore.circuits[0]!.verificationKey, ballot.verificationKey];
    expect(await statuses(asked)).toEqual([404, 404, 200]);
  } finally {
    await plain.remove();
  }
});

test.each<[string, typeof damage]>([
  ["damaged in one bit", (bytes) => bytes.with(9, bytes[9]! ^ 1)],
  ["cut short", (bytes) => bytes.slice(0, -1)],
])(
  "a file that is %s is a failure, served to nobody; and served once it is whole again",
  async (_what, how) => {
    await service.restart();
    damage = how;
    const { sha256, size } = hours.transcript;
    const answer = await service.send({ path: `/artifacts/${sha256}` });
    expectProblem(answer, { status: 500, code: "internal" });
    expect(answer.headers.get("cache-control") ?? "").not.toContain("immutable");
    damage = (bytes) => bytes;
    const whole = await fetched(sha256);
    expect([whole.status, whole.bytes.length]).toEqual([200, size]);
  },
);
