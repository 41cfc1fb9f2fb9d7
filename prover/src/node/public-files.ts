// The public files of a poll in a directory.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { missingFile, type PublicFiles } from "../formats/public-files.ts";

/** Reads public files from a directory. */
export function directoryPublicFiles(directory: string): PublicFiles {
  return {
    async read(path) {
      try {
        return await readFile(join(directory, path));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "ENOTDIR") throw missingFile(path);
        throw new Error(`public file ${path} cannot be read`, { cause: error });
      }
    },
  };
}

/** Writes public files into a directory, made where missing. */
export async function writePublicFiles(
  directory: string,
  files: AsyncIterable<readonly [string, Uint8Array]> | Iterable<readonly [string, Uint8Array]>,
): Promise<void> {
  for await (const [path, content] of files) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}
