// The three sums of a proof, Σ scalar·point: what stands in each, and where its scalars come from.
import { SCALAR_BYTES } from "../formats/kernel-points.ts";
import type { Zkey } from "../formats/zkey.ts";
import type { Group } from "./multiply.ts";

/** Names of the sums, by the element of the proof that each is nearly all of. */
export const SUM_NAMES = ["a", "b", "c"] as const;
/** Name of a sum. */
export type SumName = (typeof SUM_NAMES)[number];

/** Of a point in a zkey. */
export const POINT_FILE_BYTES = { g1: 64, g2: 128 } as const;

/** The group in which a sum lies. */
export function groupOf(sum: SumName): Group {
  return sum === "b" ? "g2" : "g1";
}

/**
 * The values that scalars are taken from, 32 bytes each, by the indices at which they begin: the witness w, r·w, the
 * quotient's values, and the blinding r and s.
 */
export interface ValueLayout {
  readonly witness: number;
  readonly scaled: number;
  readonly quotient: number;
  readonly r: number;
  readonly s: number;
  /** Of all. */
  readonly count: number;
}

/** Where the values of a proof by this key are. */
export function valueLayout({ variables, power }: Pick<Zkey, "variables" | "power">): ValueLayout {
  const quotient = 2 * variables;
  const r = quotient + 2 ** power;
  return { witness: 0, scaled: variables, quotient, r, s: r + 1, count: r + 2 };
}

/** One sum: its terms, without those whose point is infinity. */
export interface Sum {
  /** As the zkey has them, side by side. */
  readonly points: Uint8Array;
  /** Which value the scalar of each is. */
  readonly values: Uint32Array;
}

/** All of them. */
export type Terms = Readonly<Record<SumName, Sum>>;

/**
 * The sums of a proof. The blinding's terms are in them, and the three that make up C are one, because one sum of many
 * terms takes less than several of few. docs/design/engine.md.
 */
export function termsOf(zkey: Zkey): Terms {
  const { witness, scaled, quotient, r, s } = valueLayout(zkey);
  return {
    // A = α + Σ wᵢ·Aᵢ + r·δ
    a: sumOf("a", [
      [zkey.a, witness],
      [zkey.delta1, r],
    ]),
    // B = β + Σ wᵢ·Bᵢ + s·δ, in G2
    b: sumOf("b", [
      [zkey.b2, witness],
      [zkey.delta2, s],
    ]),
    // C = Σ qᵢ·Hᵢ + Σ wᵢ·Cᵢ + s·A + r·B − r·s·δ, of which s·A is added when A is there; r·B − r·s·δ is
    // r·β + Σ r·wᵢ·Bᵢ, in G1.
    c: sumOf("c", [
      [zkey.h, quotient],
      [zkey.c, witness + zkey.publicCount + 1],
      [zkey.b1, scaled],
      [zkey.beta1, r],
    ]),
  };
}

/** @param sections - points, and which value the first one's scalar is. */
function sumOf(sum: SumName, sections: readonly (readonly [points: Uint8Array, value: number])[]): Sum {
  const size = POINT_FILE_BYTES[groupOf(sum)];
  const most = sections.reduce((bytes, [points]) => bytes + points.length, 0) / size;
  const points = new Uint8Array(most * size);
  const values = new Uint32Array(most);
  let count = 0;
  for (const [section, first] of sections) {
    // Points that are not copied yet: as many at once as stand together, because a view of each is more than the point.
    let run = 0;
    for (let at = 0; at <= section.length; at += size) {
      // A key has thousands of points at infinity: signals that no constraint multiplies.
      if (at < section.length && !isInfinity(section, at, size)) {
        values[count++] = first + at / size;
        continue;
      }
      points.set(section.subarray(run, at), count * size - (at - run));
      run = at + size;
    }
  }
  return { points: points.subarray(0, count * size), values: values.subarray(0, count) };
}

function isInfinity(section: Uint8Array, at: number, size: number): boolean {
  for (let i = at; i < at + size; i++) if (section[i] !== 0) return false;
  return true;
}

/** The values of these indices, side by side, into `out`. Both begin at a multiple of four bytes. */
export function gatherValues(out: Uint8Array, values: Uint8Array, indices: Uint32Array): void {
  // Words, because a view of each value takes longer than its copy.
  const to = new Uint32Array(out.buffer, out.byteOffset, out.length / 4);
  const from = new Uint32Array(values.buffer, values.byteOffset, values.length / 4);
  const words = SCALAR_BYTES / 4;
  let next = 0;
  for (const index of indices) {
    for (let word = index * words; word < (index + 1) * words; word++) to[next++] = from[word]!;
  }
}
