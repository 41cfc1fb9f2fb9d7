// Reads circom's r1cs files (iden3 r1cs binary format, version 1), for counts and soundness tests.

/** A linear combination: coefficient of each wire. */
export type LinearCombination = ReadonlyMap<number, bigint>;

/** `a · b = c`. */
export interface Constraint {
  readonly a: LinearCombination;
  readonly b: LinearCombination;
  readonly c: LinearCombination;
}

/** Counts of an r1cs file. */
export interface R1csHeader {
  readonly wires: number;
  readonly outputs: number;
  readonly publicInputs: number;
  readonly privateInputs: number;
  readonly constraints: number;
}

/** An r1cs file, read. */
export interface R1cs extends R1csHeader {
  readonly system: readonly Constraint[];
}

const HEADER = 1;
const CONSTRAINTS = 2;

/**
 * @throws RangeError - not an r1cs file over a prime of 32 bytes.
 */
export function readR1csHeader(bytes: Uint8Array): R1csHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = section(view, HEADER);
  if (view.getUint32(start, true) !== 32) throw new RangeError("r1cs: the prime has not 32 bytes");
  const at = start + 36;
  return {
    wires: view.getUint32(at, true),
    outputs: view.getUint32(at + 4, true),
    publicInputs: view.getUint32(at + 8, true),
    privateInputs: view.getUint32(at + 12, true),
    constraints: view.getUint32(at + 24, true),
  };
}

/**
 * The whole constraint system.
 *
 * @throws RangeError - not an r1cs file over a prime of 32 bytes.
 */
export function readR1cs(bytes: Uint8Array): R1cs {
  const header = readR1csHeader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = section(view, CONSTRAINTS);
  const combination = (): LinearCombination => {
    const terms = new Map<number, bigint>();
    const n = view.getUint32(at, true);
    at += 4;
    for (let i = 0; i < n; i++, at += 36) {
      let value = 0n;
      for (let word = 3; word >= 0; word--)
        value = (value << 64n) | view.getBigUint64(at + 4 + 8 * word, true);
      terms.set(view.getUint32(at, true), value);
    }
    return terms;
  };
  const system = Array.from({ length: header.constraints }, () => ({
    a: combination(),
    b: combination(),
    c: combination(),
  }));
  return { ...header, system };
}

function section(view: DataView, wanted: number): number {
  if (view.byteLength < 12 || view.getUint32(0, false) !== 0x72316373)
    throw new RangeError("not an r1cs file");
  let at = 12;
  for (let i = 0; i < view.getUint32(8, true); i++) {
    const type = view.getUint32(at, true);
    const size = Number(view.getBigUint64(at + 4, true));
    if (type === wanted) return at + 12;
    at += 12 + size;
  }
  throw new RangeError(`r1cs file without section ${wanted}`);
}
