// Artifacts as slow networks deliver them, and as they come back on the next visit.
import type { ManifestFile } from "@commune-zk/prover";
import { expect, test } from "@jest/globals";
import { ArtifactLoader, storageArtifacts } from "../../src/core/artifacts.ts";
import { PIECE_BYTES, patientRead } from "../../src/core/patient-fetch.ts";
import { memoryStorage } from "../../src/core/storage.ts";
import type { Surroundings } from "../../src/core/surroundings.ts";

const SIZE = 2 * PIECE_BYTES + 12_345;
const content = Uint8Array.from({ length: SIZE }, (_, i) => (i * 7 + (i >> 8)) & 255);
const file: ManifestFile = { path: "circuit.zkey", sha256: "ab".repeat(32), size: SIZE };
const timers = { after: () => () => undefined };

/** An answer in parts of this size. */
function inParts(size: number): Response {
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= SIZE) return controller.close();
      controller.enqueue(content.slice(at, at + size));
      at += size;
    },
  });
  return new Response(body);
}

function loaderOn(storage = memoryStorage(), partSize = 512) {
  const asked: string[] = [];
  const surroundings = {
    artifactCache: storageArtifacts(storage),
    config: { baseUrl: "https://service.test", allowDevelopmentKeys: true },
    fetch: async (input: RequestInfo | URL) => {
      asked.push(String(input));
      return inParts(partSize);
    },
    timers,
  } as unknown as Surroundings;
  return { loader: new ArtifactLoader(surroundings), asked, storage };
}

async function wholeOf(loader: ArtifactLoader): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (let piece = await loader.piece(file, 0); piece.length > 0; ) {
    pieces.push(piece);
    piece = await loader.piece(file, pieces.length);
  }
  return Buffer.concat(pieces);
}

test.each([1, 511, PIECE_BYTES, PIECE_BYTES + 1, SIZE])(
  "an answer in parts of %i bytes comes in pieces of one size",
  async (size) => {
    // One byte at a time is slow: a shorter answer shows the same.
    const length = size === 1 ? 3_000 : SIZE;
    const get = async () => (size === 1 ? streamOf(content.subarray(0, length)) : inParts(size));
    const { parts } = await patientRead({ fetch: get as typeof fetch, timers })("https://service.test/");
    expect(Buffer.concat(parts).equals(Buffer.from(content.subarray(0, length)))).toBe(true);
    expect(parts.slice(0, -1).every((part) => part.length === PIECE_BYTES)).toBe(true);
    // What is stored is what is seen of it, not a larger buffer behind.
    expect(parts.every((part) => part.buffer.byteLength === part.length)).toBe(true);
  },
);

function streamOf(bytes: Uint8Array): Response {
  const parts = [...bytes].map((byte) => Uint8Array.of(byte));
  return new Response(
    new ReadableStream({
      pull: (controller) => {
        const part = parts.shift();
        if (part === undefined) controller.close();
        else controller.enqueue(part);
      },
    }),
  );
}

test("an empty answer has no pieces", async () => {
  const get = async () => new Response(new Uint8Array(0));
  expect((await patientRead({ fetch: get, timers })("https://service.test/")).parts).toEqual([]);
});

test("what came in thousands of parts comes back whole on the next visit, without asking", async () => {
  const first = loaderOn();
  expect((await wholeOf(first.loader)).equals(content)).toBe(true);
  await first.loader.confirm([file]);
  const second = loaderOn(first.storage);
  expect((await wholeOf(second.loader)).equals(content)).toBe(true);
  expect(second.asked).toEqual([]);
});

test("a copy that a page left half stored is fetched again, and is whole afterwards", async () => {
  const first = loaderOn();
  await wholeOf(first.loader);
  await first.loader.confirm([file]);
  const [, second] = await first.storage.keys("artifacts");
  await first.storage.write([{ store: "artifacts", key: second!, value: null }]);
  const next = loaderOn(first.storage, 3_000);
  expect((await wholeOf(next.loader)).equals(content)).toBe(true);
  expect(next.asked).toHaveLength(1);
  await next.loader.confirm([file]);
  const last = loaderOn(first.storage);
  expect((await wholeOf(last.loader)).equals(content)).toBe(true);
  expect(last.asked).toEqual([]);
});
