// A closer's memory in a directory: one file for each poll. docs/spec/closing.md §2.
import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { fromHex } from "../formats/bytes.ts";
import type { CloserStore } from "../protocol/closer-store.ts";
import { syncDirectory } from "./replace-file.ts";

/**
 * A {@link CloserStore} in a directory that belongs to one closer.
 *
 * The digest is written to a temporary file and flushed, then linked under the poll's name: `link` fails when
 * the name exists, so that of two processes one wins, and no reader ever sees half a file. The directory is
 * flushed before the call resolves, also when the answer is "same": the first writer may have died before.
 *
 * @param directory - made where missing.
 * @throws (from `recordOnce`) InputError `bad-hex` - malformed arguments; Error - the file system failed, or
 *   a file holds no digest: nothing may be signed then.
 */
export function fileCloserStore(directory: string): CloserStore {
  return {
    async recordOnce(pollId, statementDigest) {
      fromHex(pollId, 31, "pollId");
      fromHex(statementDigest, 32, "statementDigest");
      await mkdir(directory, { recursive: true });
      const path = join(directory, `${pollId}.closing`);
      const recorded = await writeExclusively(directory, path, `${statementDigest}\n`);
      await syncDirectory(directory);
      if (recorded) return "recorded";
      const known = await readFile(path, "utf8");
      if (!/^[0-9a-f]{64}\n$/.test(known)) throw new Error(`${path} holds no digest`);
      return known === `${statementDigest}\n` ? "same" : "different";
    },
  };
}

async function writeExclusively(directory: string, path: string, text: string): Promise<boolean> {
  const temporary = join(directory, `.${randomBytes(8).toString("hex")}.tmp`);
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    try {
      await link(temporary, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    }
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}
