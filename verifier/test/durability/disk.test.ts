// The disk that forgets: what the durability run rests on. scripts/durability/disk.c.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Call, compileDisk, Disk, type Image, newDirectory } from "../../../scripts/durability/disk.ts";
import { seededRandom } from "../../../scripts/durability/random.ts";

const OLD: Image = new Map([["old", Buffer.from("old")]]);
const seed = String(Date.now() % 1_000_000);
const random = seededRandom(seed);

let directory: string;
let library: string;
let disk: Disk;

beforeAll(() => {
  directory = newDirectory();
  library = compileDisk(directory);
});

beforeEach(() => {
  disk = new Disk(directory, library);
  disk.reset(OLD);
});

afterAll(() => rmSync(directory, { recursive: true }));

/** Runs statements in a Node process on the disk, which it finds as `at(name)`. */
function run(statements: string, kill?: { at: Call; count: number }): NodeJS.Signals | null {
  const source = `const fs = require("node:fs"); const at = (name) => process.env.DISK_LIVE + "/" + name; ${statements}`;
  const environment = { ...process.env, ...disk.environment(kill) };
  const { signal, status, stderr } = spawnSync(process.execPath, ["-e", source], {
    env: environment,
    encoding: "utf8",
  });
  if (status !== 0 && signal !== "SIGKILL") throw new Error(stderr);
  return signal;
}

const texts = (image: Image): Record<string, string> =>
  Object.fromEntries([...image].map(([name, bytes]) => [name, bytes.toString()]));
const left = (): Record<string, string> => texts(disk.image("synced", random));

const OPEN = 'const fd = fs.openSync(at("old"), "r+");';
const SYNC_DIRECTORY = 'fs.fsyncSync(fs.openSync(at(""), "r"));';

describe("after the power failed", () => {
  test("a write that was not synced is gone, and kill -9 alone would have kept it", () => {
    run(`${OPEN} fs.writeSync(fd, "new", 0);`);
    expect(left()).toEqual({ old: "old" });
    expect(texts(disk.image("everything", random))).toEqual({ old: "new" });
  });

  test.each(["fsync", "fdatasync"])("a write is there up to the last %s", (sync) => {
    run(`${OPEN} fs.writeSync(fd, "one", 0); fs.${sync}Sync(fd); fs.writeSync(fd, "two", 0);`);
    expect(left()).toEqual({ old: "one" });
  });

  test("a file cut short is as long as before, until it is synced", () => {
    run(`${OPEN} fs.ftruncateSync(fd, 1);`);
    expect(left()).toEqual({ old: "old" });
    disk.reset(OLD);
    run(`${OPEN} fs.ftruncateSync(fd, 1); fs.fsyncSync(fd);`);
    expect(left()).toEqual({ old: "o" });
  });

  test("a new file is there only once its directory was synced", () => {
    const create = 'const fd = fs.openSync(at("new"), "w+"); fs.writeSync(fd, "new"); fs.fsyncSync(fd);';
    run(create);
    expect(left()).toEqual({ old: "old" });
    disk.reset(OLD);
    run(`${create} ${SYNC_DIRECTORY}`);
    expect(left()).toEqual({ old: "old", new: "new" });
  });

  test("a name may be there without the bytes of its file", () => {
    run(`fs.writeFileSync(at("new"), "new"); ${SYNC_DIRECTORY}`);
    expect(left()).toEqual({ old: "old", new: "" });
  });

  test("a deleted file is there until its directory was synced", () => {
    run('fs.unlinkSync(at("old"));');
    expect(left()).toEqual({ old: "old" });
    disk.reset(OLD);
    run(`fs.unlinkSync(at("old")); ${SYNC_DIRECTORY}`);
    expect(left()).toEqual({});
  });

  test("a file made anew under an old name is the old one until its directory was synced", () => {
    const replace =
      'fs.unlinkSync(at("old")); const fd = fs.openSync(at("old"), "w+"); fs.writeSync(fd, "new"); fs.fsyncSync(fd);';
    run(replace);
    expect(left()).toEqual({ old: "old" });
    disk.reset(OLD);
    run(`${replace} ${SYNC_DIRECTORY}`);
    expect(left()).toEqual({ old: "new" });
  });

  test(`each sector of a torn file is as before or as after, and both occur (seed ${seed})`, () => {
    const [before, after] = [Buffer.alloc(64 * 512, "a"), Buffer.alloc(64 * 512, "b")];
    disk.reset(new Map([["old", before]]));
    run(`${OPEN} fs.writeSync(fd, Buffer.alloc(64 * 512, "b"), 0, 64 * 512, 0);`);
    const seen = new Set<string>();
    for (let i = 0; i < 10; i++) {
      const torn = disk.image("torn", random).get("old")!;
      expect(torn.length).toBe(before.length);
      for (let start = 0; start < torn.length; start += 512) {
        const sector = torn.toString("latin1", start, start + 512);
        expect([before.toString("latin1", 0, 512), after.toString("latin1", 0, 512)]).toContain(sector);
        seen.add(sector[0]!);
      }
    }
    expect(seen).toEqual(new Set(["a", "b"]));
  });
});

describe("a process that is to die", () => {
  const COMMIT = `${OPEN} fs.writeSync(fd, Buffer.from("1111"), 0, 4, 0); fs.fsyncSync(fd);`;

  test("dies half-way through a write", () => {
    expect(run(COMMIT, { at: "write-db", count: 1 })).toBe("SIGKILL");
    expect(left()).toEqual({ old: "old" });
    expect(texts(disk.image("everything", random))).toEqual({ old: "11d" });
  });

  test("dies before a sync takes effect", () => {
    expect(run(COMMIT, { at: "sync-db", count: 1 })).toBe("SIGKILL");
    expect(left()).toEqual({ old: "old" });
  });

  test("dies after a sync has taken effect", () => {
    expect(run(COMMIT, { at: "synced-db", count: 1 })).toBe("SIGKILL");
    expect(left()).toEqual({ old: "1111" });
  });

  test("lives where the call does not come so often", () => {
    expect(run(COMMIT, { at: "sync-db", count: 2 })).toBeNull();
    expect(disk.trace()).toEqual(["write-db", "sync-db", "synced-db"]);
  });
});

test("says what to install where there is no C compiler", () => {
  expect(() => compileDisk(directory, "no-such-compiler")).toThrow("apt-get install gcc libc6-dev");
});

test("a process that runs without the library is not taken for one that wrote nothing", () => {
  expect(() => disk.trace()).toThrow("LD_PRELOAD had no effect");
});
