// Phase 1 (powers of tau): making it, and storing it with compressed points.
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildBn128 } from "ffjavascript";
import { curves, powersOfTau } from "snarkjs";

/** Largest circuit: 2¹⁵ constraints. */
export const PHASE1_POWER = 15;
/** Exponent of the iterated hash of a beacon, 2¹⁰ rounds. */
export const BEACON_ITERATIONS_EXP = 10;

/**
 * Makes a phase 1 of two contributions and a beacon, each from the platform's CSPRNG.
 *
 * One machine makes all of them: development keys, whatever their number.
 *
 * @returns path of the finished, unprepared ptau file in `directory`.
 */
export async function makePhase1(directory: string, power = PHASE1_POWER): Promise<string> {
  const file = (step: number): string => join(directory, `phase1-${step}.ptau`);
  const curve = await curves.getCurveFromName("bn128");
  await powersOfTau.newAccumulator(curve, power, file(0));
  await powersOfTau.contribute(file(0), file(1), "development 1", entropy());
  await powersOfTau.contribute(file(1), file(2), "development 2", entropy());
  await powersOfTau.beacon(file(2), file(3), "development beacon", entropy(32), BEACON_ITERATIONS_EXP);
  return file(3);
}

/** Hexadecimal of CSPRNG bytes. */
export function entropy(bytes = 64): string {
  return randomBytes(bytes).toString("hex");
}

interface Section {
  readonly type: number;
  readonly data: Uint8Array;
}

// Sections of points in a ptau file: τG1, τG2, ατG1, βτG1, βG2.
const G1_SECTIONS = [2, 4, 5];
const G2_SECTIONS = [3, 6];

/** Writes a ptau file with every point compressed (half the size), other sections as they are. */
export function packPhase1(from: string, to: string): Promise<void> {
  return convert(from, to, "batchLEMtoC");
}

/** Undoes {@link packPhase1}, byte for byte. */
export function unpackPhase1(from: string, to: string): Promise<void> {
  return convert(from, to, "batchCtoLEM");
}

async function convert(from: string, to: string, method: "batchLEMtoC" | "batchCtoLEM"): Promise<void> {
  const curve = await buildBn128(true);
  const { head, sections } = readSections(await readFile(from));
  const converted: Section[] = [];
  for (const { type, data } of sections) {
    if (G1_SECTIONS.includes(type)) converted.push({ type, data: await curve.G1[method](data) });
    else if (G2_SECTIONS.includes(type)) converted.push({ type, data: await curve.G2[method](data) });
    else converted.push({ type, data });
  }
  await writeFile(to, writeSections(head, converted));
}

function readSections(file: Uint8Array): { head: Uint8Array; sections: Section[] } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const sections: Section[] = [];
  let at = 12;
  for (let i = 0; i < view.getUint32(8, true); i++) {
    const size = Number(view.getBigUint64(at + 4, true));
    sections.push({ type: view.getUint32(at, true), data: file.slice(at + 12, at + 12 + size) });
    at += 12 + size;
  }
  return { head: file.slice(0, 12), sections };
}

function writeSections(head: Uint8Array, sections: readonly Section[]): Uint8Array {
  const parts = [head];
  for (const { type, data } of sections) {
    const section = new DataView(new ArrayBuffer(12));
    section.setUint32(0, type, true);
    section.setBigUint64(4, BigInt(data.length), true);
    parts.push(new Uint8Array(section.buffer), data);
  }
  return Buffer.concat(parts);
}
