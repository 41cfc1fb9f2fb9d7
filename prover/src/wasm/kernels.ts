// The kernels (prover/assembly) in an instance of their own, and the memory they work in. docs/design/engine.md.
import { type Lanes, startLanes } from "./lanes.ts";
import { KERNEL_IMPORTS, type KernelModules } from "./modules.ts";

/** Of a number modulo p or r: 9 limbs of 29 bits, i32. */
export const NUMBER_BYTES = 36;
/** Of an affine point of G1, and in extended coordinates. */
export const G1_BYTES = 2 * NUMBER_BYTES;
/** The same in extended coordinates. */
export const G1_EXTENDED_BYTES = 4 * NUMBER_BYTES;
/** Of an affine point of G2. */
export const G2_BYTES = 2 * G1_BYTES;
/** The same in extended coordinates. */
export const G2_EXTENDED_BYTES = 2 * G1_EXTENDED_BYTES;
/** Of a point of BabyJubJub, in extended coordinates. */
export const JUB_BYTES = 4 * NUMBER_BYTES;
/** Of a number of the field of degree twelve in which pairings take their values. */
export const TARGET_BYTES = 12 * NUMBER_BYTES;
/** Of an entry of the constraint system's rows. */
export const ENTRY_BYTES = 8 + NUMBER_BYTES;

const PAGE = 65_536;
const ALIGNMENT = 64;

type Unary = (out: number, a: number) => void;
type Binary = (out: number, a: number, b: number) => void;

/** Arithmetic modulo a prime, on addresses of numbers. prover/assembly/field.mjs. */
type Field<P extends string> = Record<`${P}${"Add" | "Sub" | "SubLazy" | "Mul"}`, Binary> &
  Record<`${P}${"Sqr" | "Neg" | "Inverse" | "FromBytes" | "ToBytes" | "ToMontgomery"}`, Unary> &
  Record<`${P}${"IsZero" | "MayBeZero"}`, (a: number) => number> &
  Record<`${P}Sub2Small`, (out: number, a: number, b: number, c: number) => void> &
  Record<`${P}FromFile`, (out: number, bytes: number, count: number) => number>;

/** A curve, on addresses of points. prover/assembly/curve.ts, msm.ts. */
type Curve<P extends string> = Record<`${P}${"AddAffine" | "AddExtended"}`, (a: number, b: number) => void> &
  Record<`${P}${"Double" | "ToAffine"}`, Unary> &
  Record<`${P}SetInfinity`, (a: number) => void> &
  Record<`${P}AddPairs`, (n: number, lefts: number, outs: number, scratch: number) => void> &
  Record<
    `${P}MsmBegin`,
    (
      out: number,
      n: number,
      scalars: number,
      table: number,
      pointBytes: number,
      bits: number,
      digits: number,
    ) => void
  > &
  Record<`${P}MsmWindow`, (out: number, bits: number, lengths: number, sums: number) => void> &
  Record<`${P}${"MsmBits" | "MsmPoints"}`, (n: number) => number> &
  Record<`${P}MsmWindows`, (bits: number) => number> &
  Record<`${P}MsmDigits`, (n: number, bits: number) => number> &
  Record<`${P}Expand`, (out: number, n: number, points: number) => void> &
  Record<`${P}Decompose`, (out: number, scalar: number) => void>;

/** Sums of the points of a table by their digits, for either group. prover/assembly/buckets.ts. */
export type Buckets = Record<`${"g1" | "g2"}PointBytes`, () => number> &
  Record<`${"g1" | "g2"}BucketScratch`, (n: number, bits: number) => number> &
  Record<
    `${"g1" | "g2"}SumBuckets`,
    (n: number, table: number, digits: number, bits: number, scratch: number) => number
  >;

/** Polynomials over the scalar field, by lists of their values. prover/assembly/domain.ts, lanes-domain.ts. */
export interface Domain {
  frTransform(a: number, n: number, twiddles: number): void;
  frScaleReversed(out: number, a: number, bits: number, factors: number): void;
  frProductEach(out: number, n: number, a: number, b: number): void;
  frQuotient(out: number, n: number, a: number, b: number, c: number): void;
}

/** What the module exports; every argument is an address or a count. */
export type Kernels = Field<"fq"> &
  Field<"fr"> &
  Record<`fp2${"Add" | "Sub" | "Mul"}`, Binary> &
  Record<`fp2${"Sqr" | "Inverse"}`, Unary> &
  Curve<"g1"> &
  Curve<"g2"> &
  Buckets &
  Domain & {
    g1Lambda(): number;
    g1MulShort(out: number, a: number, scalar: number): void;
    g2IsInSubgroup(q: number): number;
    fp12Mul(out: number, a: number, b: number): void;
    pairingLinesBytes(): number;
    pairingPrepare(out: number, q: number): void;
    pairingMiller(out: number, n: number, lines: number, points: number): void;
    pairingFinalExponentiation(out: number, f: number): void;
    pairingIsOne(f: number): number;
    readonly memory: WebAssembly.Memory;
    heapBase(): number;
    frPow(out: number, a: number, exponent: number): void;
    frPoseidon(
      out: number,
      n: number,
      inputs: number,
      t: number,
      partialRounds: number,
      schedule: number,
    ): void;
    frProduct2(out: number, a: number, b: number): void;
    frProduct3(out: number, a: number, b: number): void;
    jubAdd(out: number, p: number, q: number): void;
    jubDouble(out: number, p: number): void;
    jubMultiply(out: number, p: number, scalar: number): void;
    jubTableBytes(n: number): number;
    jubMakeTable(out: number, n: number, points: number): void;
    jubKeysScratch(n: number): number;
    jubSumKeys(out: number, n: number, table: number, offset: number, scratch: number): void;
    frFromBytesEach(out: number, bytes: number, n: number): void;
    frPowers(out: number, n: number, root: number): void;
    frEntriesFromFile(
      out: number,
      file: number,
      count: number,
      matrix: number,
      bits: number,
      columns: number,
    ): number;
    frScaleBytesEach(out: number, bytes: number, n: number, factor: number): void;
    frRows(out: number, n: number, entries: number, count: number, witness: number): void;
  };

/** An instance of the kernels, and its memory as a stack. */
export class Workspace {
  readonly kernels: Kernels;
  /** The kernels of relaxed SIMD, where there are any. */
  readonly lanes: Lanes | undefined;
  /** What is below the heap before anything is computed: constants, and the kernels' own scratch. */
  readonly #pristine: Uint8Array;
  #top: number;
  /** How far memory was in use since the last release. */
  #highest: number;

  private constructor(kernels: Kernels, lanes?: Lanes) {
    this.kernels = kernels;
    this.lanes = lanes;
    const { heapBase } = lanes ?? kernels;
    this.#pristine = Uint8Array.from(this.bytes(0, heapBase()));
    this.#top = aligned(heapBase());
    this.#highest = this.#top;
  }

  /** A new instance with a memory of its own, which is freed with it. */
  static async start({ scalar, lanes }: KernelModules): Promise<Workspace> {
    const { exports } = await WebAssembly.instantiate(scalar, KERNEL_IMPORTS);
    const kernels = exports as unknown as Kernels;
    return new Workspace(kernels, lanes && (await startLanes(kernels, lanes)));
  }

  /**
   * The same at once, for callers that cannot wait.
   *
   * @throws RangeError - as `scalarKernelsNow`.
   */
  static startNow(scalar: WebAssembly.Module): Workspace {
    const { exports } = new WebAssembly.Instance(scalar, KERNEL_IMPORTS);
    return new Workspace(exports as unknown as Kernels);
  }

  /**
   * Address of so many bytes, until what was marked before is released; 64-byte aligned, content undefined.
   *
   * @throws RangeError - the environment gives no more memory.
   */
  allocate(bytes: number): number {
    const at = this.#top;
    this.#top = aligned(at + bytes);
    this.#highest = Math.max(this.#highest, this.#top);
    const { memory } = this.kernels;
    const missing = this.#top - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  /** What {@link release} is given to free all that is allocated from here on. */
  mark(): number {
    return this.#top;
  }

  /** Frees what was allocated since the mark. Its content stays until {@link wipe}. */
  release(mark: number): void {
    this.#top = mark;
  }

  /** What `work` gives; what it allocates is free again when it ends, in whatever way. */
  within<T>(work: () => T): T {
    const mark = this.mark();
    try {
      return work();
    } finally {
      this.release(mark);
    }
  }

  /** Overwrites all that was ever allocated above the top, and all that the kernels keep for themselves. */
  wipe(): void {
    this.bytes(0, this.#pristine.length).set(this.#pristine);
    this.bytes(this.#top, this.#highest - this.#top).fill(0);
    this.#highest = this.#top;
  }

  /** A view of memory; good until the next allocation. */
  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.kernels.memory.buffer, at, length);
  }

  /** Address of a copy of these bytes. */
  put(bytes: Uint8Array): number {
    const at = this.allocate(bytes.length);
    this.bytes(at, bytes.length).set(bytes);
    return at;
  }
}

function aligned(at: number): number {
  return Math.ceil(at / ALIGNMENT) * ALIGNMENT;
}
