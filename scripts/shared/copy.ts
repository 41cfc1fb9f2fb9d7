// Copies public files from where they are served into a directory.
import type { PublicFiles } from "@commune-zk/prover";
import { writePublicFiles } from "@commune-zk/prover/node";

/** Copies these files, one after another. */
export function copyFiles(files: PublicFiles, paths: readonly string[], directory: string): Promise<void> {
  return writePublicFiles(directory, readAll(files, paths));
}

async function* readAll(files: PublicFiles, paths: readonly string[]): AsyncGenerator<[string, Uint8Array]> {
  for (const path of paths) yield [path, await files.read(path)];
}
