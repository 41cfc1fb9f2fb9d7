// The calibration kernel `bn254-v1`: how much work of a proof's kind one thread does in a second, on any engine's
// device. docs/design/calibration.md.
//
//   unit     Σ sᵢ·Pᵢ over G1 points, the same over G2 points, one transform over the scalar field
//   inputs   Pᵢ = (i + 1)·G;  sᵢ and the transform's input: powers of MULTIPLIER mod r
//   score    units in a second
//
// The kernel has its own arithmetic, ffjavascript at a pinned version, and not that of the engines: a score says
// something of the device alone, and stays what it was when an engine becomes faster. Whoever changes a number here,
// or the version of ffjavascript, makes another kernel, which needs another name: old scores would not compare.
import { concatBytes, equalBytes, FIELD_ORDER, hashFramed, toHex, uintBytes } from "@commune-zk/prover";
import { buildBn128, type CurveEngine, type Group } from "ffjavascript";

/** What a line of measurements calls this kernel. */
export const KERNEL_NAME = "bn254-v1";
/** Ten seconds, cut so that a device which grows slower shows it. */
export const CALIBRATION = { sliceMs: 1_000, slices: 10 } as const;

/** Of a unit. Time in G1, G2 and the field stands about as in a Groth16 proof by snarkjs. */
export const KERNEL_SIZES = { g1: 128, g2: 16, field: 1_024 } as const;
/** Of the powers that scalars and field elements are; any number of full length would do. */
export const MULTIPLIER = 123_456_789n ** 9n % FIELD_ORDER;
/** Of one unit's result. benchmarks/test/calibration.test.ts computes it from slow arithmetic. */
const EXPECTED = "38af007b4812a625a349e159a2d4e0a9673fc86a314d4dc5e0d1da77a8ee58fd";

/** Signals and clocks that wait get their turn so often, however long a slice is. */
const TURN_MS = 100;

/** Does one unit of the kernel's work, always the same. */
export type KernelWork = () => Promise<UnitResult>;

/** What a unit gives: affine points, big-endian canonical coordinates; field elements little-endian. */
export interface UnitResult {
  readonly g1: Uint8Array;
  readonly g2: Uint8Array;
  readonly field: Uint8Array;
}

/** How a kernel is run. */
export interface KernelOptions {
  /** Length of a slice, in milliseconds of work; a unit that has begun is finished. */
  readonly sliceMs: number;
  /** How many slices. */
  readonly slices: number;
  /** Looked at after every unit. */
  readonly signal?: AbortSignal;
  /** Called with the score of each slice as it ends. */
  readonly onSlice?: (score: number) => void;
}

/**
 * Runs the kernel in the calling thread, which it takes for as long as it runs, with pauses for others' turns.
 *
 * One unit is done and compared with a constant before anything is timed; every timed unit is compared with it.
 *
 * @returns the score of each slice: units in a second.
 * @throws RangeError - `sliceMs` or `slices` is not positive.
 * @throws Error - this device computes something else: nothing that it measures is worth anything.
 * @throws DOMException `AbortError` - the signal fired.
 */
export async function runKernel(options: KernelOptions): Promise<number[]> {
  checkOptions(options);
  options.signal?.throwIfAborted();
  return timeSlices(await kernelWork(), options);
}

/** As {@link runKernel}, with work of the caller's: the tests' way to a device that computes wrongly. */
export async function timeSlices(work: KernelWork, options: KernelOptions): Promise<number[]> {
  checkOptions(options);
  const { sliceMs, slices, signal, onSlice } = options;
  const first = await work();
  if (digestOf(first) !== EXPECTED) throw wrongWork();
  const scores: number[] = [];
  let sinceTurn = Number.POSITIVE_INFINITY;
  while (scores.length < slices) {
    let units = 0;
    let spentMs = 0;
    while (spentMs < sliceMs) {
      if (sinceTurn >= TURN_MS) {
        // A macrotask: what stops the kernel has to be heard. Its wait is not work, and is not counted.
        await new Promise((resolve) => setTimeout(resolve, 0));
        sinceTurn = 0;
      }
      signal?.throwIfAborted();
      const start = performance.now();
      const result = await work();
      const tookMs = performance.now() - start;
      if (!sameResult(result, first)) throw wrongWork();
      units++;
      spentMs += tookMs;
      sinceTurn += tookMs;
    }
    const score = units / (spentMs / 1_000);
    scores.push(score);
    onSlice?.(score);
  }
  return scores;
}

/** Makes the inputs, and the function that is timed. */
export async function kernelWork(): Promise<KernelWork> {
  const curve = (await buildBn128(true)) as KernelCurve;
  const { G1, G2, Fr } = curve;
  const powers = elements(Math.max(...Object.values(KERNEL_SIZES)));
  const scalars = (count: number): Uint8Array => powers.slice(0, 32 * count);
  const bases1 = multiples(G1, KERNEL_SIZES.g1);
  const bases2 = multiples(G2, KERNEL_SIZES.g2);
  const [scalars1, scalars2] = [scalars(KERNEL_SIZES.g1), scalars(KERNEL_SIZES.g2)];
  const field = scalars(KERNEL_SIZES.field);
  return async () => ({
    g1: coordinates(G1, await G1.multiExpAffine(bases1, scalars1)),
    g2: coordinates(G2, await G2.multiExpAffine(bases2, scalars2)),
    // Linear: with the elements taken for Montgomery forms, or not, the same numbers come out.
    field: await Fr.fft(field),
  });
}

/** SHA-256 over a unit's result, hexadecimal. */
export function digestOf({ g1, g2, field }: UnitResult): string {
  return toHex(hashFramed(`kernel/${KERNEL_NAME}`, [g1, g2, field]));
}

/** What the kernel uses of ffjavascript beyond what the rest of the project does. */
type KernelGroup = Group & { readonly g: Uint8Array; toAffine(point: Uint8Array): Uint8Array };
type KernelCurve = CurveEngine & {
  readonly G1: KernelGroup;
  readonly G2: KernelGroup;
  readonly Fr: { fft(elements: Uint8Array): Promise<Uint8Array> };
};

/** 1·G … count·G, affine, as ffjavascript has them in memory. */
function multiples(group: KernelGroup, count: number): Uint8Array {
  const points: Uint8Array[] = [];
  let point = group.g;
  for (let i = 0; i < count; i++) {
    points.push(group.toAffine(point));
    point = group.add(point, group.g);
  }
  return concatBytes(...points);
}

/** MULTIPLIER, MULTIPLIER², …: 32 bytes each, little-endian. */
function elements(count: number): Uint8Array {
  const out = new Uint8Array(32 * count);
  let value = 1n;
  for (let i = 0; i < count; i++) {
    value = (value * MULTIPLIER) % FIELD_ORDER;
    out.set(uintBytes(value, 32).reverse(), 32 * i);
  }
  return out;
}

function coordinates(group: KernelGroup, point: Uint8Array): Uint8Array {
  const [x, y] = group.toObject(group.toAffine(point));
  return concatBytes(...[x, y].flat().map((part) => uintBytes(part as bigint, 32)));
}

function sameResult(a: UnitResult, b: UnitResult): boolean {
  return equalBytes(a.g1, b.g1) && equalBytes(a.g2, b.g2) && equalBytes(a.field, b.field);
}

function wrongWork(): Error {
  return new Error(
    "the calibration kernel computed something else than it has to: this device cannot be measured",
  );
}

function checkOptions({ sliceMs, slices }: KernelOptions): void {
  if (!(sliceMs > 0)) throw new RangeError(`sliceMs is ${sliceMs}, expected a positive number`);
  if (!Number.isInteger(slices) || slices < 1) {
    throw new RangeError(`slices is ${slices}, expected a positive integer`);
  }
}
