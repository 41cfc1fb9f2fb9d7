// A table from keys of 64 bits to the order in which they were added, 12 bytes a place.

/** Words of a place: low word and high word of the key, and 0 or position + 1. */
const PLACE = 3;

/** Open addressing over one typed array: a Map of a million bigints would take some 200 MB. */
export class KeyIndex {
  readonly #places: Uint32Array;
  readonly #mask: number;
  #size = 0;

  /** @param capacity - most keys that will be added, below 2³⁰. */
  constructor(capacity: number) {
    // At most two of three places are taken.
    const places = 2 ** Math.ceil(Math.log2(1.5 * capacity + 2));
    this.#places = new Uint32Array(PLACE * places);
    this.#mask = places - 1;
  }

  /** Adds keys, two words each; the first added has position 0. */
  add(keys: Uint32Array): void {
    const places = this.#places;
    for (let i = 0; i < keys.length; i += 2) {
      let place = keys[i]! & this.#mask;
      while (places[PLACE * place + 2] !== 0) place = (place + 1) & this.#mask;
      places[PLACE * place] = keys[i]!;
      places[PLACE * place + 1] = keys[i + 1]!;
      places[PLACE * place + 2] = ++this.#size;
    }
  }

  /** For each key every position at which it was added. */
  find(keys: Uint32Array): { readonly query: number; readonly index: number }[] {
    const places = this.#places;
    const found: { query: number; index: number }[] = [];
    for (let i = 0; i < keys.length; i += 2) {
      for (
        let place = keys[i]! & this.#mask;
        places[PLACE * place + 2] !== 0;
        place = (place + 1) & this.#mask
      ) {
        if (places[PLACE * place] === keys[i] && places[PLACE * place + 1] === keys[i + 1]) {
          found.push({ query: i / 2, index: places[PLACE * place + 2]! - 1 });
        }
      }
    }
    return found;
  }
}
