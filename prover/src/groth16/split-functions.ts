// Long functions of a circuit's calculator, cut into shorter ones. Circom makes one function of every table that a
// circuit computes with: Poseidon's has 293 kB of copies one after another, of which a calculation does a tenth.
// Browsers compile it anew for speed, whole, once it was called some times, which takes Chromium a third of a second
// and 49 MB, and gains nothing. Encoding: WebAssembly Core Specification 2.0, §5.
import { joinBytes } from "../formats/bytes.ts";

/** Of a function that is looked at, its body's bytes. */
const LONG = 1 << 15;
/** Calls one after another that are worth a function of their own. */
const LEAST_CALLS = 32;

/** More than these a function is not given. */
const MOST_LOCALS = 32;

const SECTION = { type: 1, import: 2, function: 3, code: 10 } as const;
const I32 = 0x7f;
const FUNCTION_TYPE = 0x60;
const OP = {
  brTable: 0x0e,
  end: 0x0b,
  call: 0x10,
  localGet: 0x20,
  i32Const: 0x41,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
} as const;

const NO_LOCALS = Uint8Array.of(0);
const END = Uint8Array.of(OP.end);

/** What is not understood here is left as it is. */
class NotUnderstood extends Error {}

interface FunctionType {
  readonly params: readonly number[];
  readonly results: number;
}

/** Bytes from … to − 1 of a module. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The same module with parts of its long functions as functions of their own, which computes the same; the module
 * itself where nothing in it is long, or it is no module that is understood.
 */
export function splitLongFunctions(wasm: Uint8Array): Uint8Array {
  try {
    return split(wasm);
  } catch (error) {
    if (error instanceof NotUnderstood) return wasm;
    throw error;
  }
}

function split(wasm: Uint8Array): Uint8Array {
  const sections = allSections(wasm);
  const { types, functionTypes, imported } = readTypes(wasm, sections);
  const { bodies, count, runs } = splitBodies(wasm, sectionOf(sections, SECTION.code), (i) => ({
    types,
    functionTypes,
    index: imported + i,
  }));
  if (count !== functionTypes.length - imported) throw new NotUnderstood();
  if (runs.length === 0) return wasm;

  // A run's parameters are the locals from the first one on, so that its bytes are good as they are.
  const counts = [...new Set(runs.map(({ locals }) => locals))];
  const newTypes = counts.map((params) => [FUNCTION_TYPE, params, ...Array<number>(params).fill(I32), 0]);
  const newFunctions = runs.map(({ locals }) => unsigned(types.length + counts.indexOf(locals)));
  const newBodies = runs.flatMap(({ from, to }) => sized([NO_LOCALS, wasm.subarray(from, to), END]));
  const grown = (id: number, before: number, more: readonly (readonly number[])[]): Pieces => {
    const reader = readerOf(wasm, sectionOf(sections, id));
    reader.unsigned();
    const all = before + more.length;
    return [
      Uint8Array.from(unsigned(all)),
      wasm.subarray(reader.at, reader.end),
      Uint8Array.from(more.flat()),
    ];
  };
  const contents = new Map<number, Pieces>([
    [SECTION.type, grown(SECTION.type, types.length, newTypes)],
    [SECTION.function, grown(SECTION.function, count, newFunctions)],
    [SECTION.code, [Uint8Array.from(unsigned(count + runs.length)), ...bodies, ...newBodies]],
  ]);
  return joinBytes([
    wasm.subarray(0, HEAD),
    ...sections.flatMap(({ id, start, to }) => {
      const content = contents.get(id);
      return content === undefined ? [wasm.subarray(start, to)] : [Uint8Array.of(id), ...sized(content)];
    }),
  ]);
}

// ---- what is outlined

/** Bytes, one after another. */
type Pieces = readonly Uint8Array[];

/** Calls one after another, of constants, locals and their sums and products: nothing between them branches or sets. */
interface Run extends Span {
  /** How many locals, from the first one on: all that it reads are among them. */
  readonly locals: number;
}

/** Which function a body is that of, and what it may call. */
interface Surroundings {
  readonly types: readonly FunctionType[];
  /** Of each function, imported ones first: which type. */
  readonly functionTypes: readonly number[];
  readonly index: number;
}

/** Bodies of a code section with calls instead of their runs, to functions after all others. */
function splitBodies(
  wasm: Uint8Array,
  code: Span,
  surroundings: (i: number) => Surroundings,
): { bodies: Pieces; count: number; runs: Run[] } {
  const reader = readerOf(wasm, code);
  const count = reader.unsigned();
  const bodies: Uint8Array[] = [];
  const runs: Run[] = [];
  let copied = reader.at;
  for (let i = 0; i < count; i++) {
    const start = reader.at;
    const length = reader.unsigned();
    const body = { from: reader.at, to: reader.at + length };
    reader.skip(length);
    if (length < LONG) continue;
    const around = surroundings(i);
    const own = runsIn(wasm, body, around);
    if (own.length === 0) continue;
    const first = around.functionTypes.length + runs.length;
    bodies.push(wasm.subarray(copied, start), ...sized(withCalls(wasm, body, own, first)));
    copied = reader.at;
    runs.push(...own);
  }
  bodies.push(wasm.subarray(copied, reader.end));
  return { bodies, count, runs };
}

function runsIn(wasm: Uint8Array, body: Span, { types, functionTypes, index }: Surroundings): Run[] {
  const reader = readerOf(wasm, body);
  const locals = [...(types[functionTypes[index] ?? -1]?.params ?? [])];
  for (let groups = reader.unsigned(); groups > 0; groups--) {
    const many = reader.unsigned();
    const type = reader.byte();
    for (let i = 0; i < Math.min(many, MOST_LOCALS); i++) locals.push(type);
  }
  // How many are numbers of 32 bits, from the first one on.
  const other = locals.findIndex((type) => type !== I32);
  const numbers = Math.min(other < 0 ? locals.length : other, MOST_LOCALS);
  const taken = functionTypes.map((type) => {
    const { params, results } = types[type]!;
    return results === 0 && params.every((param) => param === I32) ? params.length : -1;
  });
  return runsOf(wasm, { from: reader.at, to: body.to }, numbers, taken);
}

/**
 * @param numbers - locals that may be read, from the first one on.
 * @param taken - by a function's index, how many values it takes; −1 where a run cannot call it.
 */
function runsOf(
  bytes: Uint8Array,
  { from: start, to: end }: Span,
  numbers: number,
  taken: readonly number[],
): Run[] {
  const runs: Run[] = [];
  // Everything in one loop without calls: it goes over half a million bytes before anything is compiled for speed.
  let at = start;
  let from = at;
  let to = from;
  let calls = 0;
  let locals = 0;
  /** Of values on the stack since the last call. */
  let height = 0;
  while (at < end) {
    const op = bytes[at++]!;
    let goesOn = false;
    if (op === OP.i32Const) {
      while (bytes[at++]! >= 0x80);
      height++;
      goesOn = true;
    } else if (op === OP.i32Add || op === OP.i32Sub || op === OP.i32Mul) {
      height--;
      goesOn = height >= 1;
    } else if (op === OP.localGet || op === OP.call) {
      let index = 0;
      let shift = 0;
      do {
        index |= (bytes[at]! & 0x7f) << shift;
        shift += 7;
      } while (bytes[at++]! >= 0x80);
      if (op === OP.localGet) {
        height++;
        goesOn = index < numbers;
        if (goesOn && index >= locals) locals = index + 1;
      } else if (taken[index] === height) {
        height = 0;
        calls++;
        to = at;
        goesOn = true;
      }
    } else {
      const reader = new Reader(bytes, at, end);
      skipImmediates(reader, op);
      at = reader.at;
    }
    if (goesOn) continue;
    if (calls >= LEAST_CALLS) runs.push({ from, to, locals });
    from = at;
    to = at;
    calls = 0;
    locals = 0;
    height = 0;
  }
  if (at !== end) throw new NotUnderstood();
  return runs;
}

function withCalls(wasm: Uint8Array, body: Span, runs: readonly Run[], first: number): Pieces {
  const pieces: Uint8Array[] = [];
  let copied = body.from;
  for (const [i, { from, to, locals }] of runs.entries()) {
    const given = Array.from({ length: locals }, (_, local) => [OP.localGet, ...unsigned(local)]).flat();
    pieces.push(wasm.subarray(copied, from), Uint8Array.of(...given, OP.call, ...unsigned(first + i)));
    copied = to;
  }
  return [...pieces, wasm.subarray(copied, body.to)];
}

// ---- the encoding

const HEAD = 8;

interface Section extends Span {
  readonly id: number;
  /** Where its id stands. */
  readonly start: number;
}

function allSections(wasm: Uint8Array): Section[] {
  const reader = readerOf(wasm, { from: HEAD, to: wasm.length });
  const sections: Section[] = [];
  while (reader.at < reader.end) {
    const start = reader.at;
    const id = reader.byte();
    const length = reader.unsigned();
    const from = reader.at;
    reader.skip(length);
    sections.push({ id, start, from, to: reader.at });
  }
  return sections;
}

function sectionOf(sections: readonly Section[], id: number): Section {
  const found = sections.filter((section) => section.id === id);
  if (found.length !== 1) throw new NotUnderstood();
  return found[0]!;
}

function readTypes(
  wasm: Uint8Array,
  sections: readonly Section[],
): { types: FunctionType[]; functionTypes: number[]; imported: number } {
  const listOf = <T>(id: number, read: (reader: Reader) => T): T[] =>
    readerOf(wasm, sectionOf(sections, id)).list(read);
  const types = listOf(SECTION.type, (reader): FunctionType => {
    if (reader.byte() !== FUNCTION_TYPE) throw new NotUnderstood();
    return {
      params: reader.list((each) => each.byte()),
      results: reader.list((each) => each.byte()).length,
    };
  });
  const imports = listOf(SECTION.import, (reader) => {
    for (let names = 0; names < 2; names++) reader.skip(reader.unsigned());
    // Circom's calculators import functions and nothing else.
    if (reader.byte() !== 0) throw new NotUnderstood();
    return reader.unsigned();
  });
  const functionTypes = [...imports, ...listOf(SECTION.function, (reader) => reader.unsigned())];
  if (functionTypes.some((type) => type >= types.length)) throw new NotUnderstood();
  return { types, functionTypes, imported: imports.length };
}

/** Goes past what belongs to an instruction whose first byte was read. §5.4. */
function skipImmediates(reader: Reader, op: number): void {
  if (op === OP.brTable) {
    reader.list((each) => each.unsigned());
    reader.unsigned();
  } else {
    for (let numbers = immediateNumbers(op); numbers > 0; numbers--) reader.skipNumber();
  }
}

/** How many numbers follow an instruction of circom's; it makes none with others. */
function immediateNumbers(op: number): number {
  if (op >= 0x28 && op <= 0x3e) return 2; // loads and stores
  if (op >= 0x02 && op <= 0x04) return 1; // block, loop, if
  if (op === 0x0c || op === 0x0d || op === OP.call) return 1; // br, br_if
  if (op >= 0x20 && op <= 0x24) return 1; // locals and globals
  if (op >= 0x3f && op <= 0x42) return 1; // memory.size, memory.grow, i32.const, i64.const
  const isPlain = op <= 0x01 || op === 0x05 || op === OP.end || op === 0x0f || op === 0x1a || op === 0x1b;
  if (isPlain || (op >= 0x45 && op <= 0xc4)) return 0;
  throw new NotUnderstood();
}

/** Reads a part of a module, and nothing beyond it. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly end: number;
  at: number;

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.#bytes = bytes;
    this.at = from;
    this.end = to;
    if (from > to || to > bytes.length) throw new NotUnderstood();
  }

  byte(): number {
    if (this.at >= this.end) throw new NotUnderstood();
    return this.#bytes[this.at++]!;
  }

  skip(count: number): void {
    if (count > this.end - this.at) throw new NotUnderstood();
    this.at += count;
  }

  /** A number below 2³², LEB128. §5.2.2. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new NotUnderstood();
  }

  /** Past a number of up to 64 bits. */
  skipNumber(): void {
    for (let i = 0; i < 10; i++) if (this.byte() < 0x80) return;
    throw new NotUnderstood();
  }

  /** A count, and so many of what `read` reads. */
  list<T>(read: (reader: Reader) => T): T[] {
    const list: T[] = [];
    for (let left = this.unsigned(); left > 0; left--) list.push(read(this));
    return list;
  }
}

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(Math.floor(value / 0x80))];
}

/** With its length before it. */
function sized(pieces: Pieces): Pieces {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return [Uint8Array.from(unsigned(length)), ...pieces];
}

function readerOf(wasm: Uint8Array, { from, to }: Span): Reader {
  return new Reader(wasm, from, to);
}
