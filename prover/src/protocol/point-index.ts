// A table from points to the order in which they were added, 12 bytes a place.
import { normalizeZ } from "@noble/curves/abstract/curve.js";
import { babyjubjub } from "@noble/curves/misc.js";
import type { Point } from "../formats/point.ts";

// The low 52 bits of x stand for a point: a double holds them exactly. Who finds one checks the point itself.
const FINGERPRINT = (1n << 52n) - 1n;

/** Open addressing over typed arrays: a Map of a million bigints would take some 200 MB. */
export class PointIndex {
  readonly #keys: Float64Array;
  // 0: empty; else position + 1.
  readonly #positions: Uint32Array;
  readonly #mask: number;
  #size = 0;

  /** @param capacity - most points that will be added, below 2³⁰. */
  constructor(capacity: number) {
    const places = 2 ** Math.ceil(Math.log2(2 * capacity + 2));
    this.#keys = new Float64Array(places);
    this.#positions = new Uint32Array(places);
    this.#mask = places - 1;
  }

  /** Adds points; the first added has position 0. */
  add(points: readonly Point[]): void {
    for (const key of fingerprints(points)) {
      let place = this.#start(key);
      while (this.#positions[place] !== 0) place = (place + 1) & this.#mask;
      this.#keys[place] = key;
      this.#positions[place] = ++this.#size;
    }
  }

  /** For each query every position with the same fingerprint: candidates, to be checked. */
  find(points: readonly Point[]): { readonly query: number; readonly index: number }[] {
    const found: { query: number; index: number }[] = [];
    for (const [query, key] of fingerprints(points).entries()) {
      for (let place = this.#start(key); this.#positions[place] !== 0; place = (place + 1) & this.#mask) {
        if (this.#keys[place] === key) found.push({ query, index: this.#positions[place]! - 1 });
      }
    }
    return found;
  }

  #start(key: number): number {
    return (key % 2 ** 31) & this.#mask;
  }
}

function fingerprints(points: readonly Point[]): number[] {
  return normalizeZ(babyjubjub.Point, [...points]).map((point) => Number(point.x & FINGERPRINT));
}
