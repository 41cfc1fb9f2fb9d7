// Proving keys that are none: refused by the parser or on loading, and where neither can see it, by the engine, which
// verifies what it made. SEED=n and FLIPS=n (bits, each tried by a proof) repeat or extend a run.
import { describe, expect, test } from "@jest/globals";
import { concatBytes, littleEndianToUint, uintBytes } from "../../src/formats/bytes.ts";
import { BASE_FIELD_ORDER, FIELD_ORDER } from "../../src/formats/field.ts";
import { parseZkey, type Zkey } from "../../src/formats/zkey.ts";
import { SelfCheckError } from "../../src/groth16/engine.ts";
import { planPieces } from "../../src/groth16/plan.ts";
import { loadProvingKey } from "../../src/groth16/proving-key.ts";
import { termsOf } from "../../src/groth16/sums.ts";
import { InputError, wasmEngine } from "../../src/index.ts";
import { compileKernels } from "../../src/wasm/code.ts";
import { inputError, inputRejection, seededRandom } from "../trustees/support.ts";
import { provenCircuit } from "./circuits.ts";

const seed = Number(process.env.SEED ?? Math.floor(performance.timeOrigin) % 1_000_000);
const FLIPS = Number(process.env.FLIPS ?? 6);

const own = await provenCircuit("semaphore-1");
const good = Uint8Array.from(own.artifacts.provingKey);
const kernelModules = await compileKernels();

// ---- files in parts

interface Section {
  readonly number: number;
  readonly content: Uint8Array;
}

const little = (value: number | bigint, length: number): Uint8Array => uintBytes(value, length).reverse();
const HEAD = { magic: 0x79656b7a, version: 1 };

/** Sections of a good file. */
function sectionsOf(file: Uint8Array): Section[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const sections: Section[] = [];
  for (let at = 12; at < file.length; ) {
    const length = Number(view.getBigUint64(at + 4, true));
    sections.push({ number: view.getUint32(at, true), content: file.subarray(at + 12, at + 12 + length) });
    at += 12 + length;
  }
  return sections;
}

/** A file of these sections. */
function fileOf(
  sections: readonly Section[],
  head: Partial<typeof HEAD & { count: number }> = {},
): Uint8Array {
  const { magic, version, count } = { ...HEAD, count: sections.length, ...head };
  return concatBytes(
    ...[magic, version, count].map((word) => little(word, 4)),
    ...sections.flatMap(({ number, content }) => [little(number, 4), little(content.length, 8), content]),
  );
}

const sections = sectionsOf(good);

/** The good file with the content of a section changed. */
function withSection(number: number, change: (content: Uint8Array) => Uint8Array): Uint8Array {
  return fileOf(
    sections.map((each) => (each.number === number ? { number, content: change(each.content) } : each)),
  );
}

/** Bytes with some of them overwritten. */
function overwritten(bytes: Uint8Array, at: number, by: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(by, at);
  return copy;
}

const header = (at: number, by: Uint8Array): Uint8Array =>
  withSection(2, (content) => overwritten(content, at, by));
const shorter = (content: Uint8Array): Uint8Array => content.subarray(0, -1);
const longer = (content: Uint8Array): Uint8Array => concatBytes(content, new Uint8Array(1));

// ---- the parser

test("a good key: counts, and parts that lie one after another in the file", () => {
  const zkey = parseZkey(good);
  const { variables, publicCount, power, entryCount } = zkey;
  expect(publicCount).toBe(own.verificationKey.publicCount);
  expect(variables).toBeGreaterThan(publicCount + 1);
  const lengths: Partial<Record<keyof Zkey, number>> = {
    alpha1: 64,
    beta1: 64,
    beta2: 128,
    gamma2: 128,
    delta1: 64,
    delta2: 128,
    ic: 64 * (publicCount + 1),
    entries: 44 * entryCount,
    a: 64 * variables,
    b1: 64 * variables,
    b2: 128 * variables,
    c: 64 * (variables - publicCount - 1),
    h: 64 * 2 ** power,
  };
  for (const [name, length] of Object.entries(lengths)) {
    const part = zkey[name as keyof Zkey] as Uint8Array;
    expect([name, part.length, part.buffer === good.buffer]).toEqual([name, length, true]);
  }
  // In which order its sections come is the writer's affair, and what is in other sections as well.
  const reordered = [...sections.toReversed(), { number: 99, content: Uint8Array.of(1, 2, 3) }];
  for (const [name, part] of Object.entries(parseZkey(fileOf(reordered)))) {
    const known: unknown = zkey[name as keyof Zkey];
    // Jest compares long arrays element by element, in seconds.
    const same = typeof part === "number" ? part === known : Buffer.compare(part, known as Uint8Array) === 0;
    expect([name, same]).toEqual([name, true]);
  }
});

test("a key within a larger buffer is read from where it begins", () => {
  const inside = Buffer.concat([Buffer.alloc(13, 0xff), good, Buffer.alloc(5, 0xff)]);
  const view = inside.subarray(13, -5);
  expect(parseZkey(view).ic).toEqual(Buffer.from(parseZkey(good).ic));
  expect(parseZkey(view).power).toBe(parseZkey(good).power);
});

describe("the parser refuses", () => {
  const { variables, publicCount } = parseZkey(good);
  const domain = 2 ** parseZkey(good).power;
  const cases: [what: string, file: () => Uint8Array, message: RegExp][] = [
    ["nothing", () => new Uint8Array(0), /too short/],
    ["less than a head", () => good.subarray(0, 11), /too short/],
    ["another magic number", () => fileOf(sections, { magic: 0x736e7477 }), /not a zkey, version 1/],
    ["another version", () => fileOf(sections, { version: 2 }), /not a zkey, version 1/],
    ["no sections", () => fileOf([]), /section 1 is missing/],
    ["more sections than there can be", () => fileOf(sections, { count: 33 }), /33 sections/],
    ["sections beyond counting", () => fileOf(sections, { count: 0xffff_ffff }), /4294967295 sections/],
    [
      "a section more than there are",
      () => fileOf(sections, { count: sections.length + 1 }),
      /within a section's head/,
    ],
    [
      "a section less than there are",
      () => fileOf(sections, { count: sections.length - 1 }),
      /after the last section/,
    ],
    ["a byte after the last section", () => longer(good), /after the last section/],
    ["a byte less", () => shorter(good), /section \d+ ends after the file/],
    ["half a file", () => good.subarray(0, good.length / 2), /section \d+ ends after the file/],
    // The first section's length stands at byte 16.
    [
      "a section up to the end of memory",
      () => overwritten(good, 16, little(2n ** 64n - 1n, 8)),
      /section 1 ends after the file/,
    ],
    [
      "a length that no number is exactly",
      () => overwritten(good, 16, little(2n ** 53n + 1n, 8)),
      /section 1 ends after the file/,
    ],
    ["a section twice", () => fileOf([...sections, sections[3]!]), /comes twice/],
    ["PLONK", () => withSection(1, () => little(2, 4)), /not a key of Groth16/],
    ["a protocol of five bytes", () => withSection(1, longer), /section 1 has 5 bytes instead of 4/],
    ["a header a byte short", () => withSection(2, shorter), /section 2 has \d+ bytes instead of/],
    ["a header a byte long", () => withSection(2, longer), /section 2 has \d+ bytes instead of/],
    ["a base field of 48 bytes", () => header(0, little(48, 4)), /a field of another size/],
    ["a scalar field of 31 bytes", () => header(36, little(31, 4)), /a field of another size/],
    ["another base field", () => header(4, little(BASE_FIELD_ORDER - 2n, 32)), /not over BN254/],
    ["another scalar field", () => header(40, little(FIELD_ORDER + 2n, 32)), /not over BN254/],
    [
      "fields exchanged",
      () => header(0, sections.find(({ number }) => number === 2)!.content.subarray(36, 72)),
      /not over BN254/,
    ],
    ["an empty domain", () => header(80, little(0, 4)), /a domain of 0/],
    ["a domain that is no power of two", () => header(80, little(domain - 1, 4)), /a domain of/],
    ["a domain of 3 · 2^k", () => header(80, little(3 * domain, 4)), /a domain of/],
    ["a domain without cosets", () => header(80, little(2 ** 28, 4)), /a domain of 268435456/],
    ["a domain of 2^31", () => header(80, little(2 ** 31, 4)), /a domain of 2147483648/],
    [
      "as many public signals as variables",
      () => header(76, little(variables, 4)),
      /variables, \d+ public signals/,
    ],
    [
      "public signals beyond counting",
      () => header(76, little(0xffff_ffff, 4)),
      /variables, 4294967295 public signals/,
    ],
    ["a public signal more", () => header(76, little(publicCount + 1, 4)), /section 3 has/],
    ["a variable more", () => header(72, little(variables + 1, 4)), /section 5 has/],
    ["variables beyond counting", () => header(72, little(0xffff_ffff, 4)), /section 5 has/],
    ["a domain of twice the size", () => header(80, little(2 * domain, 4)), /section 9 has/],
    ["entries without a count", () => withSection(4, () => new Uint8Array(3)), /section 4 has no count/],
    [
      "an entry more than counted",
      () => withSection(4, (content) => concatBytes(content, new Uint8Array(44))),
      /another count of entries/,
    ],
    [
      "entries beyond counting",
      () => withSection(4, (content) => overwritten(content, 0, little(0xffff_ffff, 4))),
      /another count of entries/,
    ],
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number): (typeof cases)[number] => [
      `a key without section ${number}`,
      () => fileOf(sections.filter((each) => each.number !== number)),
      new RegExp(`section ${number} is missing`),
    ]),
    ...[3, 5, 6, 7, 8, 9].flatMap((number): (typeof cases)[number][] => [
      [
        `section ${number} a byte short`,
        () => withSection(number, shorter),
        new RegExp(`section ${number} has`),
      ],
      [
        `section ${number} a point long`,
        () => withSection(number, (content) => concatBytes(content, content.subarray(0, 64))),
        new RegExp(`section ${number} has`),
      ],
    ]),
  ];

  test.each(cases)("%s", (_what, file, message) => {
    const error = inputError(() => parseZkey(file(), "some key"));
    expect(error).toMatchObject({ code: "zkey-malformed", place: "some key" });
    expect(error.message).toMatch(message);
  });

  test("every bit of heads, counts and orders that is not as it has to be", () => {
    const places: { at: number; what: string }[] = [];
    const note = (at: number, length: number, what: string): void => {
      for (let i = 0; i < length; i++) places.push({ at: at + i, what });
    };
    note(0, 12, "the file's head");
    let at = 12;
    for (const { number, content } of sections) {
      note(at, 4, `the number of section ${number}`);
      note(at + 4, 8, `the length of section ${number}`);
      if (number === 1) note(at + 12, 4, "the protocol");
      if (number === 2) note(at + 12, 84, "the header");
      if (number === 4) note(at + 12, 4, "the count of entries");
      at += 12 + content.length;
    }
    const file = Uint8Array.from(good);
    const accepted = new Set<string>();
    for (const { at: byte, what } of places) {
      for (let bit = 0; bit < 8; bit++) {
        file[byte]! ^= 1 << bit;
        try {
          parseZkey(file);
          accepted.add(what);
        } catch (error) {
          if (!(error instanceof InputError))
            throw new Error(`${what}, bit ${bit} of byte ${byte}`, { cause: error });
        }
        file[byte]! ^= 1 << bit;
      }
    }
    expect(Buffer.compare(file, good)).toBe(0);
    // Which ceremony made the key is in a section that nobody reads here.
    expect([...accepted]).toEqual(["the number of section 10"]);
  });
});

// ---- loading

describe("loading refuses", () => {
  const zkey = parseZkey(good);
  /** The good file with some bytes of one of its parts overwritten. */
  const withPart = (part: Uint8Array, at: number, by: Uint8Array): Uint8Array =>
    overwritten(good, part.byteOffset - good.byteOffset + at, by);
  /** Loads it as a thread does that is alone. */
  const loadWhole = (file: Uint8Array): Promise<unknown> => {
    const parsed = parseZkey(file);
    const terms = termsOf(parsed);
    const [pieces] = planPieces(terms, parsed.power, 1, "scalar");
    return loadProvingKey(parsed, { terms, pieces: pieces! }, async () => undefined, kernelModules);
  };

  test.each([
    "alpha1",
    "beta1",
    "beta2",
    "gamma2",
    "delta1",
    "delta2",
    "ic",
    "a",
    "b1",
    "b2",
    "c",
    "h",
  ] as const)("a coordinate of q in %s, its last", async (name) => {
    const part = zkey[name];
    const file = withPart(part, part.length - 32, little(BASE_FIELD_ORDER, 32));
    const error = await inputRejection(loadWhole(file));
    expect(error.code).toBe("zkey-malformed");
    expect(error.message).toMatch(/a coordinate is not below q/);
  });

  test("a first coordinate beyond any", async () => {
    const error = await inputRejection(loadWhole(withPart(zkey.a, 0, new Uint8Array(32).fill(0xff))));
    expect(error.message).toMatch(/a coordinate is not below q/);
  });

  const last = 44 * (zkey.entryCount - 1);
  test.each<[string, number, Uint8Array]>([
    ["of a third matrix", 0, little(2, 4)],
    ["in a row beyond the domain", 4, little(2 ** zkey.power, 4)],
    ["in a column beyond the variables", 8, little(zkey.variables, 4)],
    ["with a coefficient of r", 12, little(FIELD_ORDER, 32)],
  ])("an entry %s", async (_what, at, by) => {
    const error = await inputRejection(loadWhole(withPart(zkey.entries, last + at, by)));
    expect(error.code).toBe("zkey-malformed");
    expect(error.message).toMatch(/an entry outside its matrix/);
  });
});

// ---- the engine

describe(`a key that looks well (seed ${seed})`, () => {
  /** Fails where a proof is given out that its verifier refuses, or another error than one of these is thrown. */
  async function expectRefusedOrGood(provingKey: Uint8Array, what: string): Promise<string> {
    const { inputs, verifier } = own;
    const made = await wasmEngine()
      .prove({ artifacts: { ...own.artifacts, provingKey }, inputs })
      .catch((error: unknown) => error);
    if (made instanceof InputError || made instanceof SelfCheckError) return made.name;
    if (made instanceof Error) throw new Error(`seed ${seed}: ${what}`, { cause: made });
    const { publicSignals, proof } = made as Awaited<ReturnType<ReturnType<typeof wasmEngine>["prove"]>>;
    if (!(await verifier.verify(publicSignals, proof))) throw new Error(`seed ${seed}: ${what}: a bad proof`);
    return "a good proof";
  }

  const zkey = parseZkey(good);
  const random = seededRandom(seed);
  const below = (bound: number): number => Math.floor(random() * bound);

  /** Flips bits of a part until so many keys were tried. */
  async function flip(part: Uint8Array, name: string, count: number): Promise<string[]> {
    const outcomes: string[] = [];
    for (let i = 0; i < count; i++) {
      const at = part.byteOffset - good.byteOffset + below(part.length);
      const bit = below(8);
      const file = overwritten(good, at, Uint8Array.of(good[at]! ^ (1 << bit)));
      outcomes.push(await expectRefusedOrGood(file, `${name}, byte ${at}, bit ${bit}`));
    }
    return outcomes;
  }

  test("as it is, makes good proofs", async () => {
    expect(await expectRefusedOrGood(good, "nothing changed")).toBe("a good proof");
  });

  test("with a bit flipped among the entries, makes no bad proof", async () => {
    await flip(zkey.entries, "entries", FLIPS);
  });

  test("with a bit flipped among the points, makes no bad proof", async () => {
    const names = ["a", "b1", "b2", "c", "h", "ic"] as const;
    for (let i = 0; i < FLIPS; i++) {
      const name = names[i % names.length]!;
      await flip(zkey[name], name, 1);
    }
  });

  test("with a point of its header changed or at infinity, makes no proof", async () => {
    for (const name of ["alpha1", "beta1", "beta2", "gamma2", "delta1", "delta2"] as const) {
      const part = zkey[name];
      const at = part.byteOffset - good.byteOffset;
      const x = littleEndianToUint(part.subarray(0, 32));
      const moved = overwritten(good, at, little(x === 0n ? 1n : x - 1n, 32));
      const none = overwritten(good, at, new Uint8Array(part.length));
      for (const file of [moved, none]) {
        expect([name, await expectRefusedOrGood(file, name)]).toEqual([name, "SelfCheckError"]);
      }
    }
  });
});
