// The disk of a durability run, and what is left of it after the power failed. docs/design/durability.md; disk.c.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import type { Random } from "./random.ts";

/** Bytes of the files that are left, by name. */
export type Image = ReadonlyMap<string, Buffer>;

/**
 * Which writes have reached the disk: those that were synced and no other; those and any part of the others,
 * sector by sector; or all, as after `kill -9`.
 */
export type Survival = "synced" | "torn" | "everything";

/** A call that the library sees on a kind of file: disk.c says when. */
export type Call = `${"write" | "sync" | "synced"}-${"db" | "wal" | "journal" | "shm" | "dir"}`;

/** A disk writes sectors whole or not at all; SQLite asks no more of it. */
const SECTOR = 512;

/** A new folder below `build/durability`; whoever made it removes it. */
export function newDirectory(): string {
  const parent = join(REPOSITORY_ROOT, "build/durability");
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, "run-"));
}

/**
 * Compiles disk.c.
 *
 * @param directory - where the library is written.
 * @param compiler - gcc unless told.
 * @returns path of the library.
 * @throws Error - another system than Linux, no C compiler, or one that fails.
 */
export function compileDisk(directory: string, compiler = "gcc"): string {
  if (process.platform !== "linux") throw new Error("the durability test needs Linux: it uses LD_PRELOAD");
  const library = join(directory, "disk.so");
  const source = join(REPOSITORY_ROOT, "scripts/durability/disk.c");
  const flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"];
  const compiled = spawnSync(compiler, [...flags, "-o", library, source, "-ldl", "-lpthread"], {
    encoding: "utf8",
  });
  if (compiled.error !== undefined || compiled.status !== 0) {
    const reason = compiled.error?.message ?? compiled.stderr;
    throw new Error(
      "the durability test compiles a C file with gcc; install it (Debian, as root: apt-get install gcc libc6-dev): " +
        reason,
    );
  }
  return library;
}

/** A directory whose files a process under the library reads and writes. */
export class Disk {
  /** Where the process finds its files. */
  readonly live: string;
  readonly #store: string;
  readonly #library: string;

  /** A disk in `directory`, which belongs to it alone; `library` is from {@link compileDisk}. */
  constructor(directory: string, library: string) {
    this.live = join(directory, "live");
    this.#store = join(directory, "store");
    this.#library = library;
  }

  /** Forgets everything; the disk holds this image, synced. */
  reset(image: Image): void {
    for (const path of [this.live, this.#store]) {
      rmSync(path, { recursive: true, force: true });
      mkdirSync(path, { recursive: true });
    }
    writeImage(image, this.live);
  }

  /**
   * What a process needs in its environment to run on this disk, and to die at the `count`-th call of a kind.
   */
  environment(kill?: { readonly at: Call; readonly count: number }): Record<string, string> {
    return {
      LD_PRELOAD: this.#library,
      DISK_LIVE: this.live,
      DISK_STORE: this.#store,
      ...(kill && { DISK_KILL: `${kill.at}:${kill.count}` }),
    };
  }

  /**
   * The calls that the process made, in order.
   *
   * @throws Error - the library was not loaded.
   */
  trace(): Call[] {
    const path = join(this.#store, "trace");
    try {
      return readFileSync(path, "utf8").split("\n").slice(0, -1) as Call[];
    } catch (cause) {
      throw new Error("the process ran without the library of disk.c: LD_PRELOAD had no effect", { cause });
    }
  }

  /** What is left when the power fails now; the process is dead. */
  image(survival: Survival, random: Random): Image {
    if (survival === "everything") return readImage(this.live);
    const synced = this.#syncedNames();
    const content = (inode: string): Buffer => {
      try {
        return readFileSync(join(this.#store, inode));
      } catch {
        // The name was synced, the file never was.
        return Buffer.alloc(0);
      }
    };
    if (survival === "synced") return mapValues(synced, content);
    const latest = new Map(readdirSync(this.live).map((name) => [name, this.#inode(name)]));
    const image = new Map<string, Buffer>();
    const rate = random.pick([0.1, 0.5, 0.9]);
    for (const name of new Set([...synced.keys(), ...latest.keys()])) {
      const [before, after] = [synced.get(name), latest.get(name)];
      // A name that was not synced may have come, gone or changed its file by itself.
      const inode = before === after || random.chance(0.5) ? after : before;
      if (inode === undefined) continue;
      const file = inode === after ? readFileSync(join(this.live, name)) : content(inode);
      image.set(name, tear(content(inode), file, rate, random));
    }
    return image;
  }

  #syncedNames(): Map<string, string> {
    const lines = readFileSync(join(this.#store, "directory"), "utf8").split("\n").slice(0, -1);
    return new Map(
      lines.map((line) => {
        const space = line.indexOf(" ");
        return [line.slice(space + 1), line.slice(0, space)];
      }),
    );
  }

  #inode(name: string): string {
    return statSync(join(this.live, name), { bigint: true }).ino.toString();
  }
}

/** The first file, with some sectors, and perhaps the length, of the second. */
function tear(before: Buffer, after: Buffer, rate: number, random: Random): Buffer {
  const torn = Buffer.alloc(random.chance(0.5) ? before.length : after.length);
  before.copy(torn);
  for (let start = 0; start < torn.length; start += SECTOR) {
    const end = Math.min(start + SECTOR, torn.length, after.length);
    if (start < end && random.chance(rate)) after.copy(torn, start, start, end);
  }
  return torn;
}

function mapValues<V, W>(map: ReadonlyMap<string, V>, value: (v: V) => W): Map<string, W> {
  return new Map([...map].map(([key, v]) => [key, value(v)]));
}

/** The files of a directory. */
export function readImage(directory: string): Image {
  return new Map(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name))]));
}

/** Writes the files of an image into a directory. */
export function writeImage(image: Image, directory: string): void {
  for (const [name, bytes] of image) writeFileSync(join(directory, name), bytes);
}
