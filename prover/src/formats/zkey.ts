// A Groth16 proving key as snarkjs writes it: numbered sections, each of a length, all little-endian. What is
// read here is where everything lies; whether points are on their curves is the manifest's digest's word.
// Source: snarkjs 0.7.6, src/zkey_utils.js.
import { littleEndianToUint } from "./bytes.ts";
import { InputError } from "./errors.ts";
import { BASE_FIELD_ORDER, FIELD_ORDER } from "./field.ts";

const MAGIC = 0x79656b7a; // "zkey"
const VERSION = 1;
const GROTH16 = 1;
const MAX_SECTIONS = 32;
const FIELD_BYTES = 32;
const HEADER_BYTES = 84 + 3 * 64 + 3 * 128;
const G1_FILE_BYTES = 64;
const G2_FILE_BYTES = 128;
/** Of an entry: matrix, row, column, coefficient. */
export const ENTRY_FILE_BYTES = 44;
/** A domain of 2²⁷ is the largest whose cosets lie in the field: r − 1 is divisible by 2²⁸. */
const MAX_POWER = 27;

/** Views of a proving key's bytes. Points are affine, x then y, Montgomery form with R = 2²⁵⁶; infinity is zero. */
export interface Zkey {
  /** Of the witness, the one at its start included. */
  readonly variables: number;
  readonly publicCount: number;
  /** The domain has 2^power points. */
  readonly power: number;
  readonly alpha1: Uint8Array;
  readonly beta1: Uint8Array;
  readonly beta2: Uint8Array;
  readonly gamma2: Uint8Array;
  readonly delta1: Uint8Array;
  readonly delta2: Uint8Array;
  /** One for each public signal and one more: of the verification key. */
  readonly ic: Uint8Array;
  /** Matrix, row, column (u32), coefficient in Montgomery form twice over: 44 bytes for each entry. */
  readonly entries: Uint8Array;
  readonly entryCount: number;
  /** One point for each variable: in G1, in G1, in G2. */
  readonly a: Uint8Array;
  readonly b1: Uint8Array;
  readonly b2: Uint8Array;
  /** One for each variable that is not public. */
  readonly c: Uint8Array;
  /** One for each point of the domain. */
  readonly h: Uint8Array;
}

/**
 * The parts of a proving key.
 *
 * @throws InputError `zkey-malformed` - not one over BN254, or its lengths disagree.
 */
export function parseZkey(bytes: Uint8Array, place = "zkey"): Zkey {
  const fail = (message: string): never => {
    throw new InputError("zkey-malformed", message, place);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sections = readSections(view, fail);
  const section = (number: number, length?: number): Uint8Array => {
    const found = sections.get(number) ?? fail(`section ${number} is missing`);
    if (length !== undefined && found.length !== length) {
      fail(`section ${number} has ${found.length} bytes instead of ${length}`);
    }
    return bytes.subarray(found.at, found.at + found.length);
  };
  if (new DataView(...partOf(section(1, 4))).getUint32(0, true) !== GROTH16) fail("not a key of Groth16");

  const header = section(2, HEADER_BYTES);
  const numbers = new DataView(...partOf(header));
  const order = (at: number): bigint => {
    if (numbers.getUint32(at, true) !== FIELD_BYTES) fail("a field of another size");
    return littleEndianToUint(header.subarray(at + 4, at + 4 + FIELD_BYTES));
  };
  if (order(0) !== BASE_FIELD_ORDER || order(36) !== FIELD_ORDER) fail("not over BN254");
  const variables = numbers.getUint32(72, true);
  const publicCount = numbers.getUint32(76, true);
  const domain = numbers.getUint32(80, true);
  const power = 31 - Math.clz32(domain);
  if (domain === 0 || domain !== 2 ** power || power > MAX_POWER) fail(`a domain of ${domain}`);
  if (variables < publicCount + 1) fail(`${variables} variables, ${publicCount} public signals`);
  let at = 84;
  const point = (length: number): Uint8Array => {
    at += length;
    return header.subarray(at - length, at);
  };
  const alpha1 = point(G1_FILE_BYTES);
  const beta1 = point(G1_FILE_BYTES);
  const beta2 = point(G2_FILE_BYTES);
  const gamma2 = point(G2_FILE_BYTES);
  const delta1 = point(G1_FILE_BYTES);
  const delta2 = point(G2_FILE_BYTES);

  const rows = section(4);
  if (rows.length < 4) fail("section 4 has no count");
  const entryCount = new DataView(...partOf(rows)).getUint32(0, true);
  if (rows.length !== 4 + entryCount * ENTRY_FILE_BYTES) fail("section 4 has another count of entries");
  return {
    variables,
    publicCount,
    power,
    alpha1,
    beta1,
    beta2,
    gamma2,
    delta1,
    delta2,
    ic: section(3, (publicCount + 1) * G1_FILE_BYTES),
    entries: rows.subarray(4),
    entryCount,
    a: section(5, variables * G1_FILE_BYTES),
    b1: section(6, variables * G1_FILE_BYTES),
    b2: section(7, variables * G2_FILE_BYTES),
    c: section(8, (variables - publicCount - 1) * G1_FILE_BYTES),
    h: section(9, domain * G1_FILE_BYTES),
  };
}

/** Where each section lies. All lie within the file, and none comes twice. */
function readSections(
  view: DataView,
  fail: (message: string) => never,
): Map<number, { readonly at: number; readonly length: number }> {
  if (view.byteLength < 12) fail("too short");
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== VERSION) fail("not a zkey, version 1");
  const count = view.getUint32(8, true);
  if (count > MAX_SECTIONS) fail(`${count} sections`);
  const sections = new Map<number, { at: number; length: number }>();
  let at = 12;
  for (let i = 0; i < count; i++) {
    if (view.byteLength - at < 12) fail("ends within a section's head");
    const number = view.getUint32(at, true);
    // A length above 2⁵³ is past the end, rounded or not.
    const length = Number(view.getBigUint64(at + 4, true));
    at += 12;
    if (length > view.byteLength - at) fail(`section ${number} ends after the file`);
    if (sections.has(number)) fail(`section ${number} comes twice`);
    sections.set(number, { at, length });
    at += length;
  }
  if (at !== view.byteLength) fail("bytes after the last section");
  return sections;
}

function partOf({ buffer, byteOffset, byteLength }: Uint8Array): [ArrayBufferLike, number, number] {
  return [buffer, byteOffset, byteLength];
}
