// Acknowledged means durable: the short form of `npm run test:durability`. docs/design/durability.md.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import { manifest } from "../../../prover/test/support/keys.ts";
import { type CycleOutcome, EMPTY_LINE, type Line, type Rig } from "../../../scripts/durability/cycle.ts";
import { type Image, readImage, type Survival, writeImage } from "../../../scripts/durability/disk.ts";
import {
  type BoardSeen,
  DATABASE,
  examine,
  NOTHING_SEEN,
  type Promises,
} from "../../../scripts/durability/examine.ts";
import { type Kill, SURVIVALS } from "../../../scripts/durability/plan.ts";
import { prepareRig, recordsLost, runControl, runLine } from "../../../scripts/durability/run.ts";

const seed = Date.now() % 1_000_000;

/**
 * One way to die for each of five cycles, at most at the n-th time. Two lose all that was not synced, so that an
 * answer before the sync is found whatever the seed.
 */
const DEATHS: readonly { at: Exclude<Kill["at"], "clock">; most: number; survival?: Survival }[] = [
  { at: "receipt", most: 8, survival: "synced" },
  { at: "synced-wal", most: 3 },
  { at: "write-wal", most: 30 },
  { at: "sync-wal", most: 3, survival: "synced" },
  { at: "receipt", most: 4 },
];

const outcomes: CycleOutcome[] = [];
/** What a busy machine may take. */
const SLOW_MS = 240_000;

let rig: Rig;
let line: Line = EMPTY_LINE;

beforeAll(async () => {
  rig = await prepareRig(manifest);
  line = await runLine(rig, {
    seed,
    cycles: DEATHS.length,
    until: Number.POSITIVE_INFINITY,
    plans: (random, _, cycle) => {
      const { at, most, survival = random.pick(SURVIVALS) } = DEATHS[cycle]!;
      return { kill: { at, count: 1 + random.below(most) }, survival, inFlight: 4, limitMs: 20_000 };
    },
    onCycle: (_, outcome) => outcomes.push(outcome),
  });
}, SLOW_MS);

afterAll(() => rmSync(rig.directory, { recursive: true }));

describe(`five power cuts (seed ${seed})`, () => {
  test("lose no record that has a receipt, and leave nothing half-written", () => {
    expect(outcomes.flatMap(({ findings }) => findings)).toEqual([]);
    expect(outcomes.map(({ killedAt }) => killedAt)).toEqual(DEATHS.map(({ at }) => at));
    expect(line.acknowledged.length).toBeGreaterThan(0);
  });

  test("come after commits that synced the log", () => {
    expect(outcomes[0]?.calls).toContain("synced-wal");
  });

  test(
    "lose a record that has a receipt where SQLite does not sync at all: the control",
    async () => {
      const control = await runControl(rig, line, "OFF", seed);
      expect(recordsLost(control)).toBeGreaterThan(0);
      expect(control.calls).toContain("write-wal");
      expect(control.calls).not.toContain("sync-wal");
    },
    SLOW_MS,
  );

  test(
    "lose a record that has a receipt at the level that better-sqlite3 comes with: the control",
    async () => {
      expect(recordsLost(await runControl(rig, line, "NORMAL", seed))).toBeGreaterThan(0);
    },
    SLOW_MS,
  );
});

describe("the examination of what is left", () => {
  const NO_BALLOTS: Promises = {
    isRegistered: true,
    acknowledged: [],
    unanswered: [],
    published: new Set(),
  };

  /** Codes found in an image. */
  async function codesOf(
    image: Image,
    { promises, before = NOTHING_SEEN }: { promises: Promises; before?: BoardSeen },
  ): Promise<string[]> {
    const directory = join(rig.directory, "examined");
    const { findings } = await examine({ image, directory, poll: rig.scenario.poll, promises, before });
    return [...new Set(findings.map(({ code }) => code))].sort();
  }

  /** The last image, recovered and changed by a statement. */
  function changed(sql: string): Image {
    const directory = join(rig.directory, "changed");
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
    writeImage(line.image, directory);
    const database = new Database(join(directory, DATABASE));
    database.pragma("foreign_keys = OFF");
    database.exec(sql);
    database.close();
    return readImage(directory);
  }

  test("finds nothing where nothing was changed", async () => {
    expect(await codesOf(changed("SELECT 1"), { promises: line, before: line.seen })).toEqual([]);
  });

  test.each([
    [
      "records that have a receipt and are gone with their checkpoints",
      ["record-lost"],
      () => "DELETE FROM record; DELETE FROM checkpoint WHERE size > 0",
    ],
    [
      "another record in the place of one that has a receipt",
      ["checkpoint-wrong", "record-changed"],
      (index: number) =>
        `UPDATE record SET (record, leaf_hash) = (SELECT record, leaf_hash FROM record WHERE board_index = ${index === 0 ? 1 : 0})
         WHERE board_index = ${index}`,
    ],
    [
      "a record that is not what its leaf hash says",
      ["record-damaged"],
      (index: number) => `UPDATE record SET record = x'00' WHERE board_index = ${index}`,
    ],
    [
      "records without a checkpoint over them",
      ["half-written", "receipt-changed"],
      () => "DELETE FROM checkpoint WHERE size > 0",
    ],
    [
      "a poll without a checkpoint",
      ["half-written"],
      () => "DELETE FROM record; DELETE FROM checkpoint",
      NO_BALLOTS,
    ],
    [
      "a checkpoint that the board's key did not sign",
      ["checkpoint-wrong"],
      () => "UPDATE checkpoint SET note = replace(note, 'durability', 'other') WHERE size = 0",
    ],
    [
      "another checkpoint than that of the receipt",
      ["receipt-changed"],
      () => "UPDATE checkpoint SET note = note || '— cosigner.example AAAA' || char(10)",
    ],
    ["a poll that was registered and is gone", ["integrity", "poll-lost"], () => "DELETE FROM board"],
    ["records that nobody has sent", ["record-foreign"], () => "SELECT 1", NO_BALLOTS],
  ] as readonly [string, string[], (index: number) => string, Promises?][])(
    "finds %s",
    async (_, codes, sql, promises = { ...line, published: new Set() }) => {
      const { index } = line.acknowledged[0]!.receipt;
      expect(await codesOf(changed(sql(index)), { promises })).toEqual(codes);
    },
  );

  test("finds that a checkpoint which was shown is gone", async () => {
    const promises = { ...line, published: new Set(["a checkpoint"]) };
    expect(await codesOf(line.image, { promises })).toEqual(["checkpoint-lost"]);
  });

  test("finds a checkpoint that was there before and is gone", async () => {
    const image = changed("DELETE FROM checkpoint WHERE size = 0");
    expect(await codesOf(image, { promises: line, before: line.seen })).toEqual(["board-rewritten"]);
  });

  test("finds a file that the store cannot open", async () => {
    expect(await codesOf(new Map([[DATABASE, Buffer.alloc(4096, 1)]]), { promises: line })).toEqual([
      "not-opened",
    ]);
  });
});
