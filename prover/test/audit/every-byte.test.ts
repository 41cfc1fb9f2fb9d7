// Any byte of the public files flipped, missing or added is found, and the file or item named where it lies.
// This is the short form; `npm run test:every-byte` tries hundreds of places of each file (its log is in
// docs/design/logs). SEED=n and POSITIONS=n (per file) repeat or extend a run.
import { describe, expect, test } from "@jest/globals";
import { rememberVerdicts } from "./remembered.ts";

await rememberVerdicts();
const { audit, memoryPublicFiles } = await import("../../src/index.ts");
const { finish, holdElection, EXPECTED } = await import("./election.ts");
const { artifacts } = await import("../support/keys.ts");
const { inputRejection } = await import("../trustees/support.ts");

const seed = Number(process.env.SEED ?? Math.floor(performance.timeOrigin) % 1_000_000);
const positions = process.env.POSITIONS === undefined ? undefined : Number(process.env.POSITIONS);

/** mulberry32: positions of a run can be had again from its seed. */
function generator(state: number): (below: number) => number {
  let a = state;
  return (below) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const election = await holdElection();
const files = await finish(election);

/** How many positions of a file are tried, and what its faults may be named. Later files cost a longer audit. */
const FILES: readonly (readonly [path: string, tried: number, places: RegExp])[] = [
  ["keys.json", 80, /^keys\.json/],
  ["poll.json", 80, /^poll\.json/],
  ["signatures.json", 60, /^signatures\.json/],
  ["roll/events.ndjson", 80, /^roll batch \d|^roll\/events\.ndjson/],
  ["roll/leaves/0", 20, /^roll\/leaves\/0$/],
  ["roll/level-10", 16, /^roll\/level-10$/],
  ["trustees/dkg.ndjson", 20, /^trustees\/dkg\.ndjson|^dkg( trustee \d+|:)/],
  ["board/checkpoint", 12, /^board\/checkpoint$/],
  ["board/tile/entries/000.p/5", 12, /^board\/tile\/entries\/000\.p\/5$|^board entry \d$/],
  ["board/tile/0/000.p/5", 6, /^board\/tile\/0\/000\.p\/5$/],
  ["closing.json", 8, /^closing\.json/],
  ["trustees/shares/1.json", 6, /^trustees\/shares\/1\.json$/],
  ["trustees/shares/2.json", 6, /^trustees\/shares\/2\.json$/],
  ["result.json", 8, /^result\.json/],
];

type Anchor = Parameters<typeof audit>[0]["anchor"];
const byPollId: Anchor = { kind: "poll-id", pollId: election.poll.pollId };
const byRegistrar: Anchor = { kind: "registrar", key: election.rehearsed.registrar.publicKey };

function auditOf(path: string, content: Uint8Array | undefined, anchor: Anchor) {
  const changed = new Map(files);
  if (content === undefined) changed.delete(path);
  else changed.set(path, content);
  return audit({ files: memoryPublicFiles(changed), artifacts, anchor, allowDevelopmentKeys: true });
}

/** Fails, saying what was done, where a change passes or the wrong place is named. */
async function expectNamed(
  { path, places, what }: { path: string; places: RegExp; what: string },
  content: Uint8Array | undefined,
  anchor = byPollId,
): Promise<void> {
  const outcome = await inputRejection(auditOf(path, content, anchor)).then(
    ({ code, place }) => ({ code, place: place ?? "no place" }),
    (error: unknown) => ({ code: `${error}`, place: "no InputError" }),
  );
  if (!places.test(outcome.place)) {
    throw new Error(`seed ${seed}: ${path}, ${what}: ${outcome.code} at ${outcome.place}`);
  }
}

test("nothing changed: the audit passes, and every file is in the list", async () => {
  const report = await auditOf("keys.json", files.get("keys.json"), byPollId);
  expect(report.result?.options).toEqual(EXPECTED);
  expect(FILES.map(([path]) => path).sort()).toEqual([...files.keys()].sort());
});

describe(`with one bit flipped (seed ${seed})`, () => {
  test.each(FILES)("%s, in %i places", async (path, tried, places) => {
    const content = files.get(path)!;
    const random = generator(seed);
    // One position in each of as many equal parts: no part of a file is left out.
    const n = Math.min(positions ?? tried, content.length);
    for (let part = 0; part < n; part++) {
      const start = Math.floor((part * content.length) / n);
      const end = Math.floor(((part + 1) * content.length) / n);
      const at = start + random(end - start);
      const bit = random(8);
      const flipped = content.with(at, content[at]! ^ (1 << bit));
      await expectNamed({ path, places, what: `byte ${at} of ${content.length}, bit ${bit}` }, flipped);
    }
  });

  test("poll.json, under the registrar's key alone", async () => {
    const content = files.get("poll.json")!;
    const random = generator(seed + 1);
    for (let i = 0; i < 30; i++) {
      const at = random(content.length);
      const flipped = content.with(at, content[at]! ^ (1 << random(8)));
      // What the poll says is signed: a poll that is still well-formed contradicts its own ceremony.
      await expectNamed(
        { path: "poll.json", places: /^poll\.json/, what: `byte ${at}` },
        flipped,
        byRegistrar,
      );
    }
  });

  test("board/tile/entries: the very entry is named", async () => {
    const path = "board/tile/entries/000.p/5";
    const content = files.get(path)!;
    const length = content.length / 5;
    for (let entry = 0; entry < 5; entry++) {
      const at = entry * length + 2 + (entry * 200 + 10);
      const flipped = content.with(at, content[at]! ^ 1);
      const places = new RegExp(`^board entry ${entry}$`);
      await expectNamed({ path, places, what: `byte ${at}` }, flipped);
    }
  });
});

describe("with the file", () => {
  test.each(FILES)(
    "%s one byte shorter at its end, one longer at its end, or empty",
    async (path, _, places) => {
      const content = files.get(path)!;
      await expectNamed({ path, places, what: "shorter" }, content.slice(0, -1));
      await expectNamed({ path, places, what: "longer" }, Uint8Array.of(...content, content.at(-1)!));
      await expectNamed({ path, places, what: "empty" }, new Uint8Array(0));
    },
  );

  test.each(FILES.filter(([path]) => path !== "result.json"))("%s missing", async (path, _, places) => {
    await expectNamed({ path, places, what: "missing" }, undefined);
  });

  test("result.json missing: there is no result yet, and the audit says so", async () => {
    const report = await auditOf("result.json", undefined, byPollId);
    expect(report.result).toBeUndefined();
    expect(report.closing?.good).toEqual([1, 2, 3, 4]);
  });
});
