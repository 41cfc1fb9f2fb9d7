// The history of measurements: a file of JSON lines that only grows, in order. docs/spec/measurements.md §4.
import { type FileHandle, open, readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { InputError, parseJson } from "@commune-zk/prover";
import { type MeasurementLine, parseMeasurement } from "./schema.ts";

const NEWLINE = 0x0a;

/**
 * All lines of a history, from the first; none where there is no file yet.
 *
 * @param path - of the file.
 * @throws InputError `measurement-malformed`, `bad-json`, `bad-utf8` - the place names file and line.
 * @throws InputError `history-torn` - the last line does not end: a run died while it wrote. Whoever looks at it may
 *   delete that line; it holds nothing whole.
 */
export async function readHistory(path: string): Promise<MeasurementLine[]> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return Buffer.alloc(0);
  });
  const lines: MeasurementLine[] = [];
  for (let start = 0; start < bytes.length; ) {
    const place = `${basename(path)} line ${lines.length + 1}`;
    const end = bytes.indexOf(NEWLINE, start);
    if (end < 0) throw torn(place);
    lines.push(parseMeasurement(parseJson(bytes.subarray(start, end), place), place));
    start = end + 1;
  }
  return lines;
}

/**
 * Adds lines at the end of a history. When this returns they are on the disk; when it throws, the file is as it was.
 *
 * @param path - of the file, which is made where it is missing; its folder is not.
 * @param lines - none of which is believed: each has to be in shape.
 * @throws InputError `measurement-malformed` - the place says which.
 * @throws InputError `history-torn` - as {@link readHistory}; nothing is written after a torn line.
 */
export async function appendHistory(path: string, lines: readonly MeasurementLine[]): Promise<void> {
  const text = lines
    .map((line, i) => `${JSON.stringify(parseMeasurement(line, `line ${i + 1}`))}\n`)
    .join("");
  const file = await open(path, "a+");
  try {
    const { size } = await file.stat();
    if (size > 0 && (await lastByte(file, size)) !== NEWLINE) throw torn(basename(path));
    try {
      await file.appendFile(text);
      await file.sync();
    } catch (error) {
      // A disk that is full takes half a line.
      await file.truncate(size);
      throw error;
    }
  } finally {
    await file.close();
  }
  await syncDirectory(dirname(path));
}

async function lastByte(file: FileHandle, size: number): Promise<number> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0]!;
}

/** A new file's name is on the disk once its folder is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function torn(place: string): InputError {
  return new InputError("history-torn", "the last line does not end: a run died while it wrote", place);
}
