// docs/spec/secret-file.md: what is written, what is refused and with which code, against code that shares
// nothing with it: noble's Argon2id (RFC 9106) and OpenSSL's ChaCha20-Poly1305 under an HChaCha20 of our own.
import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { jest } from "@jest/globals";
import { argon2id as nobleArgon2id } from "@noble/hashes/argon2.js";
import fc from "fast-check";
import { argon2id } from "hash-wasm";
import type { SecretFileParameters, SecretKind } from "../src/formats/secret-file.ts";
import { readPage, section, shownValues, specPath, storedValues, tableRows } from "./spec/support/pages.ts";
import { inputRejection } from "./trustees/support.ts";

// The real Argon2id behind a memory: at the floor it takes 0.1 s, and thousands of altered files share one key.
type Argon2Options = Parameters<typeof argon2id>[0];
const keys = new Map<string, Uint8Array>();
const inputOf = ({ password, salt, memorySize, iterations, parallelism }: Argon2Options) =>
  JSON.stringify([[...password], [...salt], memorySize, iterations, parallelism]);
async function remembered(options: Argon2Options): Promise<Uint8Array> {
  const input = inputOf(options);
  const key = keys.get(input) ?? (await argon2id({ ...options, outputType: "binary" }));
  keys.set(input, key);
  return key.slice();
}
const argon2 = jest.fn(remembered);
jest.unstable_mockModule("hash-wasm", () => ({ argon2id: argon2 }));
const {
  DEFAULT_SECRET_PARAMETERS,
  deriveKey,
  MAX_SECRET_BYTES,
  MAXIMUM_SECRET_PARAMETERS,
  MINIMUM_SECRET_PARAMETERS,
  openSecret,
  SECRET_KINDS,
  sealSecret,
} = await import("../src/formats/secret-file.ts");

const passphrase = "seven bakers share one oven";
const secret = Uint8Array.from({ length: 32 }, (_, i) => 0xa0 + i);
const parameters = MINIMUM_SECRET_PARAMETERS;

interface SecretFile {
  type: string;
  kind: string;
  kdf: Record<string, unknown>;
  cipher: Record<string, unknown>;
  ciphertext: string;
}

const seal = (changes: Partial<Parameters<typeof sealSecret>[0]> = {}) =>
  sealSecret({ kind: "identity", secret, passphrase, parameters, ...changes });
const open = (bytes: Uint8Array, changes: Partial<Parameters<typeof openSecret>[0]> = {}) =>
  openSecret({ bytes, kind: "identity", passphrase, ...changes });

const fresh: Uint8Array = await seal();
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");
const fileOf = (bytes: Uint8Array): SecretFile => JSON.parse(textOf(bytes));

/** Canonical JSON for what stands in secret files: ASCII strings without escapes, and integers. */
function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(",")}}`;
}
const bytesOf = (file: unknown) => new Uint8Array(Buffer.from(canonical(file)));

/** The fresh file with something done to a copy of its document. */
function altered(change: (file: SecretFile) => void): Uint8Array {
  const file = fileOf(fresh);
  change(file);
  return bytesOf(file);
}

// ---- the specification, written again

const rotate = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits));

/** HChaCha20 (draft-irtf-cfrg-xchacha §2.2): 32 bytes of a 32-byte key and a 16-byte nonce. */
function hchacha20(key: Uint8Array, nonce: Uint8Array): Buffer {
  const input = Buffer.concat([Buffer.from("expand 32-byte k"), key, nonce]);
  const x = Array.from({ length: 16 }, (_, i) => input.readInt32LE(4 * i));
  const step = (a: number, b: number, d: number, bits: number) => {
    x[a] = (x[a]! + x[b]!) | 0;
    x[d] = rotate(x[d]! ^ x[a]!, bits);
  };
  const quarter = (a: number, b: number, c: number, d: number) => {
    step(a, b, d, 16);
    step(c, d, b, 12);
    step(a, b, d, 8);
    step(c, d, b, 7);
  };
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 4; i++) quarter(i, 4 + i, 8 + i, 12 + i);
    for (let i = 0; i < 4; i++) quarter(i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
  }
  const out = Buffer.alloc(32);
  [...x.slice(0, 4), ...x.slice(12)].forEach((word, i) => {
    out.writeInt32LE(word, 4 * i);
  });
  return out;
}

interface Sealed {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
}

function xchacha({ key, nonce }: Sealed): [Buffer, Buffer] {
  return [hchacha20(key, nonce.subarray(0, 16)), Buffer.concat([Buffer.alloc(4), nonce.subarray(16)])];
}

/** XChaCha20-Poly1305 on OpenSSL's ChaCha20-Poly1305: ciphertext ‖ tag. */
function encryptBySpec(sealed: Sealed, plain: Uint8Array): Buffer {
  const cipher = createCipheriv("chacha20-poly1305", ...xchacha(sealed), { authTagLength: 16 });
  cipher.setAAD(sealed.aad, { plaintextLength: plain.length });
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decryptBySpec(sealed: Sealed, ciphertext: Uint8Array): Buffer {
  const [body, tag] = [ciphertext.subarray(0, -16), ciphertext.subarray(-16)];
  const cipher = createDecipheriv("chacha20-poly1305", ...xchacha(sealed), { authTagLength: 16 });
  cipher.setAAD(sealed.aad, { plaintextLength: body.length }).setAuthTag(tag);
  return Buffer.concat([cipher.update(body), cipher.final()]);
}

/** The associated data of a file: its own text without the ciphertext. */
const headerOf = (bytes: Uint8Array) => Buffer.from(textOf(bytes).replace(/"ciphertext":"[0-9a-f]*",/, ""));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const unhex = (text: unknown) => new Uint8Array(Buffer.from(String(text).replace(/\s/g, ""), "hex"));
const asciiBytes = (text: string) => new Uint8Array(Buffer.from(text, "ascii"));

/** The fresh file with another plaintext, sealed under its own key and header. */
async function withPlaintext(plain: Uint8Array): Promise<Uint8Array> {
  const { kdf, cipher } = fileOf(fresh);
  const key = await deriveKey({ password: asciiBytes(passphrase), salt: unhex(kdf.salt), parameters });
  const sealed = { key, nonce: unhex(cipher.nonce), aad: headerOf(fresh) };
  return altered((file) => {
    file.ciphertext = hexOf(encryptBySpec(sealed, plain));
  });
}

function plaintext(...parts: readonly { at: number; hex: string }[]): Uint8Array {
  const plain = new Uint8Array(256);
  for (const { at, hex } of parts) plain.set(unhex(hex), at);
  return plain;
}

/** Code of the refusal, and whether a key was derived before it. */
async function refusal(bytes: Uint8Array, changes: Partial<Parameters<typeof openSecret>[0]> = {}) {
  argon2.mockClear();
  const { code, place } = await inputRejection(open(bytes, changes));
  return { code, place, derived: argon2.mock.calls.length };
}

// ---- vectors

describe("primitives", () => {
  test("noble's Argon2id, the oracle here, gives RFC 9106 §5.3", () => {
    const filled = (byte: number, length: number) => new Uint8Array(length).fill(byte);
    const tag = nobleArgon2id(filled(1, 32), filled(2, 16), {
      m: 32,
      t: 3,
      p: 4,
      dkLen: 32,
      key: filled(3, 8),
      personalization: filled(4, 12),
    });
    expect(hexOf(tag)).toBe("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
  });

  // src/test.c of the reference implementation (phc-winner-argon2), version 0x13.
  test.each([
    [65_536, 2, 1, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"],
    [256, 2, 1, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"],
    [256, 2, 2, "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"],
  ])(
    "the key of m=%i t=%i p=%i is the reference implementation's",
    async (memoryKiB, iterations, parallelism, key) => {
      const derived = await deriveKey({
        password: asciiBytes("password"),
        salt: asciiBytes("somesalt"),
        parameters: { memoryKiB, iterations, parallelism },
      });
      expect(hexOf(derived)).toBe(key);
    },
  );

  test("keys equal the oracle's on random input", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.record({
          memoryKiB: fc.integer({ min: 32, max: 300 }),
          iterations: fc.integer({ min: 1, max: 4 }),
          parallelism: fc.integer({ min: 1, max: 4 }),
        }),
        async (password, salt, cost) => {
          const { memoryKiB: m, iterations: t, parallelism: p } = cost;
          const expected = hexOf(nobleArgon2id(password, salt, { m, t, p, dkLen: 32 }));
          expect(hexOf(await deriveKey({ password, salt, parameters: cost }))).toBe(expected);
        },
      ),
      { numRuns: 15 },
    );
  });

  test("the cipher written here gives draft-irtf-cfrg-xchacha A.3.1", () => {
    const sealed = {
      key: unhex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"),
      nonce: unhex("404142434445464748494a4b4c4d4e4f5051525354555657"),
      aad: unhex("50515253c0c1c2c3c4c5c6c7"),
    };
    const plain = asciiBytes(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
    );
    const ciphertext = unhex(`
      bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39
      ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9
      21f9664c97637da9768812f615c68b13b52e c0875924c1c7987947deafd8780acf49`);
    expect(hexOf(encryptBySpec(sealed, plain))).toBe(hexOf(ciphertext));
    expect(decryptBySpec(sealed, ciphertext)).toEqual(Buffer.from(plain));
  });
});

// ---- what is written

describe("a sealed secret", () => {
  test.each(SECRET_KINDS)("of kind %s opens again, and as no other kind", async (kind) => {
    const bytes = await seal({ kind });
    expect(await open(bytes, { kind })).toEqual(secret);
    for (const other of SECRET_KINDS.filter((name) => name !== kind)) {
      expect(await refusal(bytes, { kind: other })).toMatchObject({
        code: "secret-file-other-kind",
        derived: 0,
      });
    }
  });

  test("of any length and content opens again", async () => {
    const lengths = [1, 219, 220, 221, 476, 477, MAX_SECRET_BYTES];
    const secrets = fc.oneof(
      fc.constantFrom(...lengths).chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
      fc.uint8Array({ minLength: 1, maxLength: 1_000 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SECRET_KINDS), secrets, async (kind, random) => {
        expect(await open(await seal({ kind, secret: random }), { kind })).toEqual(random);
      }),
      { numRuns: 15, examples: lengths.map((length) => ["identity", new Uint8Array(length).fill(length)]) },
    );
  });

  test("is what the specification says, read by other code", async () => {
    const file = fileOf(fresh);
    expect(file).toEqual({
      type: "commune-zk/secret-file/v1",
      kind: "identity",
      kdf: {
        name: "argon2id",
        version: 19,
        memoryKiB: 19_456,
        iterations: 2,
        parallelism: 1,
        salt: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
      cipher: { name: "xchacha20-poly1305", nonce: expect.stringMatching(/^[0-9a-f]{48}$/) },
      ciphertext: expect.stringMatching(/^[0-9a-f]{544}$/),
    });
    expect(textOf(fresh)).toBe(canonical(file));
    const key = await deriveKey({ password: asciiBytes(passphrase), salt: unhex(file.kdf.salt), parameters });
    const sealed = { key, nonce: unhex(file.cipher.nonce), aad: headerOf(fresh) };
    const plain = decryptBySpec(sealed, unhex(file.ciphertext));
    expect(plain.length).toBe(256);
    expect(hexOf(plain)).toBe(`${"00".repeat(32)}00000020${hexOf(secret)}${"00".repeat(256 - 36 - 32)}`);
  });

  test("written by other code opens", async () => {
    const plain = plaintext({ at: 32, hex: "00000003" }, { at: 36, hex: "c0ffee" });
    expect(await open(await withPlaintext(plain))).toEqual(unhex("c0ffee"));
  });

  test("is as long as every other of up to 220 bytes", async () => {
    for (const length of [1, 64, 220]) {
      expect((await seal({ secret: new Uint8Array(length) })).length).toBe(fresh.length);
    }
    expect((await seal({ secret: new Uint8Array(221) })).length).toBe(fresh.length + 2 * 256);
  });

  test("differs in salt, nonce and ciphertext each time", async () => {
    const [a, b] = [fileOf(fresh), fileOf(await seal())];
    expect(b.kdf.salt).not.toBe(a.kdf.salt);
    expect(b.cipher.nonce).not.toBe(a.cipher.nonce);
    expect(b.ciphertext).not.toBe(a.ciphertext);
  });

  test("does not change when the caller overwrites its own array at once", async () => {
    const own = secret.slice();
    const sealing = seal({ secret: own });
    own.fill(0);
    expect(await open(await sealing)).toEqual(secret);
  });

  test("with the salt and nonce of the worked example, and default parameters, is the worked example", async () => {
    const example = JSON.parse(readFileSync(specPath("examples/secret-file.json"), "utf8"));
    const drawn = [unhex(example.file.kdf.salt), unhex(example.file.cipher.nonce)];
    const random = jest.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
      new Uint8Array(array!.buffer).set(drawn.shift()!);
      return array;
    });
    let bytes: Uint8Array;
    try {
      const { kind, passphrase, secret } = example;
      bytes = await sealSecret({ kind, passphrase, secret: unhex(secret) });
    } finally {
      random.mockRestore();
    }
    expect(drawn).toEqual([]);
    expect(fileOf(bytes)).toEqual(example.file);
    expect(example.file.kdf).toMatchObject(DEFAULT_SECRET_PARAMETERS);
    expect(headerOf(bytes).toString()).toBe(example.associatedData);
    expect(Buffer.from(example.passphrase.normalize("NFKC")).toString("hex")).toBe(example.passwordBytes);
    const sealed = { key: unhex(example.key), nonce: unhex(example.file.cipher.nonce), aad: headerOf(bytes) };
    expect(hexOf(decryptBySpec(sealed, unhex(example.file.ciphertext)))).toBe(example.plaintext);
    expect(hexOf(await openSecret({ bytes, kind: example.kind, passphrase: example.passphrase }))).toBe(
      example.secret,
    );
  });
});

test("the page shows the example's values, and the parameters and kinds of the code", () => {
  expect(Object.keys(shownValues("secret-file")).length).toBeGreaterThan(5);
  expect(shownValues("secret-file")).toEqual(storedValues("secret-file"));
  const rowOf = ({ memoryKiB, iterations, parallelism }: SecretFileParameters) => [
    memoryKiB.toLocaleString("en-GB"),
    `${iterations}`,
    `${parallelism}`,
  ];
  expect(tableRows(section("secret-file", /Parameters/))).toEqual([
    ["least", ...rowOf(MINIMUM_SECRET_PARAMETERS)],
    ["default", ...rowOf(DEFAULT_SECRET_PARAMETERS)],
    ["most", ...rowOf(MAXIMUM_SECRET_PARAMETERS)],
  ]);
  const kinds = tableRows(section("secret-file", /Kinds/)).map(([kind]) => kind);
  expect(kinds).toEqual(SECRET_KINDS.map((kind) => `\`${kind}\``));
  expect(readPage("secret-file")).toContain(`1 … ${MAX_SECRET_BYTES.toLocaleString("en-GB")} bytes`);
});

// ---- passphrases

describe("passphrases", () => {
  test("that are one under NFKC open one file", async () => {
    const bytes = await seal({ passphrase: "Café VIII, fünf Öfen" });
    // Decomposed letters, a Roman numeral of one code point, a full-width comma.
    expect(await open(bytes, { passphrase: "Cafe\u0301 \u2167\uff0c fu\u0308nf O\u0308fen" })).toEqual(
      secret,
    );
  });

  test.each([
    ["another", "seven bakers share two ovens"],
    ["another case", "Seven bakers share one oven"],
    ["one space more", `${passphrase} `],
  ])("%s does not open the file", async (_, other) => {
    expect(await refusal(fresh, { passphrase: other })).toEqual({
      code: "secret-file-wrong-passphrase",
      place: "secret file",
      derived: 1,
    });
  });

  test.each([
    ["empty", ""],
    ["of eleven characters", "abcdefghijk"],
    ["of eleven characters outside the basic plane", "🥖".repeat(11)],
    ["of twelve code points that NFKC composes to eleven", "abcdefghije\u0301"],
    ["with a line end", `${passphrase}\n`],
    ["with a lone surrogate", `${passphrase}\ud800`],
    ["of more than 1,024 characters", "a".repeat(1_025)],
  ])("%s are refused by both sides before a key is derived", async (_, bad) => {
    argon2.mockClear();
    expect(await inputRejection(seal({ passphrase: bad }))).toMatchObject({ code: "secret-file-passphrase" });
    expect(await refusal(fresh, { passphrase: bad })).toMatchObject({ code: "secret-file-passphrase" });
    expect(argon2).not.toHaveBeenCalled();
  });

  test("of twelve and of 1,024 characters are accepted", async () => {
    for (const good of ["abcdefghijkl", "a".repeat(1_024)]) {
      expect(await open(await seal({ passphrase: good }), { passphrase: good })).toEqual(secret);
    }
  });
});

// ---- refusals

describe("refused files", () => {
  const set = (part: "kdf" | "cipher", name: string, value: unknown) => (file: SecretFile) => {
    file[part][name] = value;
  };
  const otherDigit = (text: unknown) => String(text).replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
  const cases: [string, string, string, number, (file: SecretFile) => void][] = [
    [
      "another version",
      "secret-file-malformed",
      ": type",
      0,
      (file) => {
        file.type = "commune-zk/secret-file/v2";
      },
    ],
    [
      "an unknown kind",
      "secret-file-malformed",
      ": kind",
      0,
      (file) => {
        file.kind = "diary";
      },
    ],
    [
      "another kind than asked for",
      "secret-file-other-kind",
      "",
      0,
      (file) => {
        file.kind = "board-key";
      },
    ],
    ["another KDF", "secret-file-malformed", ": kdf.name", 0, set("kdf", "name", "argon2i")],
    ["another version of Argon2", "secret-file-malformed", ": kdf.version", 0, set("kdf", "version", 16)],
    [
      "more memory than it was sealed with",
      "secret-file-wrong-passphrase",
      "",
      1,
      set("kdf", "memoryKiB", 19_457),
    ],
    [
      "less memory than the floor",
      "secret-file-parameters",
      ": kdf.memoryKiB",
      0,
      set("kdf", "memoryKiB", 19_455),
    ],
    [
      "more memory than the limit",
      "secret-file-parameters",
      ": kdf.memoryKiB",
      0,
      set("kdf", "memoryKiB", 262_145),
    ],
    ["4 GiB of memory", "secret-file-parameters", ": kdf.memoryKiB", 0, set("kdf", "memoryKiB", 2 ** 22)],
    [
      "2⁵³−1 KiB of memory",
      "secret-file-parameters",
      ": kdf.memoryKiB",
      0,
      set("kdf", "memoryKiB", 2 ** 53 - 1),
    ],
    ["negative memory", "secret-file-malformed", ": kdf.memoryKiB", 0, set("kdf", "memoryKiB", -19_456)],
    ["fractional memory", "secret-file-malformed", ": kdf.memoryKiB", 0, set("kdf", "memoryKiB", 19_456.5)],
    ["memory as a string", "secret-file-malformed", ": kdf.memoryKiB", 0, set("kdf", "memoryKiB", "19456")],
    [
      "more passes than it was sealed with",
      "secret-file-wrong-passphrase",
      "",
      1,
      set("kdf", "iterations", 3),
    ],
    [
      "fewer passes than the floor",
      "secret-file-parameters",
      ": kdf.iterations",
      0,
      set("kdf", "iterations", 1),
    ],
    [
      "more passes than the limit",
      "secret-file-parameters",
      ": kdf.iterations",
      0,
      set("kdf", "iterations", 11),
    ],
    ["an hour of passes", "secret-file-parameters", ": kdf.iterations", 0, set("kdf", "iterations", 100_000)],
    [
      "more lanes than it was sealed with",
      "secret-file-wrong-passphrase",
      "",
      1,
      set("kdf", "parallelism", 2),
    ],
    ["no lane", "secret-file-parameters", ": kdf.parallelism", 0, set("kdf", "parallelism", 0)],
    [
      "more lanes than the limit",
      "secret-file-parameters",
      ": kdf.parallelism",
      0,
      set("kdf", "parallelism", 5),
    ],
    [
      "another salt",
      "secret-file-wrong-passphrase",
      "",
      1,
      (file) => {
        file.kdf.salt = otherDigit(file.kdf.salt);
      },
    ],
    ["a shorter salt", "secret-file-malformed", ": kdf.salt", 0, set("kdf", "salt", "00".repeat(15))],
    ["a longer salt", "secret-file-malformed", ": kdf.salt", 0, set("kdf", "salt", "00".repeat(17))],
    ["a salt with a capital", "secret-file-malformed", ": kdf.salt", 0, set("kdf", "salt", "A0".repeat(16))],
    [
      "another cipher",
      "secret-file-malformed",
      ": cipher.name",
      0,
      set("cipher", "name", "chacha20-poly1305"),
    ],
    [
      "another nonce",
      "secret-file-wrong-passphrase",
      "",
      1,
      (file) => {
        file.cipher.nonce = otherDigit(file.cipher.nonce);
      },
    ],
    [
      "a shorter nonce",
      "secret-file-malformed",
      ": cipher.nonce",
      0,
      set("cipher", "nonce", "00".repeat(12)),
    ],
    [
      "another ciphertext",
      "secret-file-wrong-passphrase",
      "",
      1,
      (file) => {
        file.ciphertext = otherDigit(file.ciphertext);
      },
    ],
    [
      "no ciphertext",
      "secret-file-malformed",
      ": ciphertext",
      0,
      (file) => {
        file.ciphertext = "";
      },
    ],
    [
      "half a byte of ciphertext",
      "secret-file-malformed",
      ": ciphertext",
      0,
      (file) => {
        file.ciphertext = file.ciphertext.slice(1);
      },
    ],
    [
      "a tag alone",
      "secret-file-malformed",
      "",
      0,
      (file) => {
        file.ciphertext = file.ciphertext.slice(0, 32);
      },
    ],
    [
      "one byte less of ciphertext",
      "secret-file-malformed",
      "",
      0,
      (file) => {
        file.ciphertext = file.ciphertext.slice(2);
      },
    ],
    [
      "one block more of ciphertext",
      "secret-file-wrong-passphrase",
      "",
      1,
      (file) => {
        file.ciphertext = "00".repeat(256) + file.ciphertext;
      },
    ],
    [
      "one block more of ciphertext than any",
      "secret-file-malformed",
      "",
      0,
      (file) => {
        file.ciphertext = "00".repeat(65_792 + 256 + 16);
      },
    ],
    ["an unknown field", "secret-file-malformed", "", 0, (file) => Object.assign(file, { note: "" })],
    ["an unknown parameter", "secret-file-malformed", ": kdf", 0, set("kdf", "secret", "")],
  ];
  test.each(cases)("%s: %s", async (_, code, where, derived, change) => {
    expect(await refusal(altered(change))).toEqual({ code, place: `secret file${where}`, derived });
  });

  test("a missing field, each", async () => {
    for (const part of [undefined, "kdf", "cipher"] as const) {
      const fields = Object.keys(part === undefined ? fileOf(fresh) : fileOf(fresh)[part]);
      expect(fields.length).toBeGreaterThan(1);
      for (const field of fields) {
        const bytes = altered((file) => {
          Reflect.deleteProperty(part === undefined ? file : file[part], field);
        });
        const place = `secret file: ${part === undefined ? "" : `${part}.`}${field}`;
        expect(await refusal(bytes)).toEqual({ code: "secret-file-malformed", place, derived: 0 });
      }
    }
  });

  test("its kind changed to the one asked for: the kind is bound to the ciphertext", async () => {
    const bytes = altered((file) => {
      file.kind = "trustee-share";
    });
    const refused = await refusal(bytes, { kind: "trustee-share" });
    expect(refused).toMatchObject({ code: "secret-file-wrong-passphrase", derived: 1 });
  });

  test.each([
    ["nothing", () => new Uint8Array()],
    ["no JSON", () => asciiBytes("secret")],
    ["no UTF-8", () => Uint8Array.of(0x22, 0xff, 0x22)],
    ["null", () => asciiBytes("null")],
    ["an array", () => asciiBytes("[]")],
    ["a cut file", () => fresh.slice(0, -1)],
    ["a line end after it", () => asciiBytes(`${textOf(fresh)}\n`)],
    ["a space in it", () => asciiBytes(textOf(fresh).replace(":", ": "))],
    ["a repeated field", () => asciiBytes(textOf(fresh).replace("{", '{"kind":"identity",'))],
    [
      "its fields in another order",
      () => asciiBytes(JSON.stringify(Object.fromEntries(Object.entries(fileOf(fresh)).reverse()))),
    ],
  ])("%s", async (_, bytes) => {
    expect(await refusal(bytes())).toEqual({
      code: "secret-file-malformed",
      place: "secret file",
      derived: 0,
    });
  });

  test("one bit flipped, wherever", async () => {
    // Another salt or cost gives another key: the real one in the table above, a hash of the input here.
    const another = (input: string) => new Uint8Array(createHash("sha256").update(input).digest());
    argon2.mockImplementation(async (options) =>
      (keys.get(inputOf(options)) ?? another(inputOf(options))).slice(),
    );
    const codes = new Set<string>();
    try {
      for (let bit = 0; bit < 8 * fresh.length; bit++) {
        const bytes = fresh.slice();
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        codes.add((await inputRejection(open(bytes))).code);
      }
      expect(await open(fresh)).toEqual(secret);
    } finally {
      argon2.mockImplementation(remembered);
    }
    expect([...codes].sort()).toEqual([
      "secret-file-malformed",
      "secret-file-parameters",
      "secret-file-wrong-passphrase",
    ]);
  });

  test("a plaintext that decrypts without the leading zeros, as a wrong passphrase", async () => {
    for (let at = 0; at < 32; at++) {
      const plain = plaintext({ at, hex: "80" }, { at: 32, hex: "00000001" });
      expect(await refusal(await withPlaintext(plain))).toMatchObject({
        code: "secret-file-wrong-passphrase",
      });
    }
  });

  test.each([
    ["a length of 0", plaintext()],
    ["a length beyond the block", plaintext({ at: 32, hex: "000000dd" })],
    ["a length beyond any secret", plaintext({ at: 32, hex: "ffffffff" })],
    ["padding that is not zero", plaintext({ at: 32, hex: "00000001" }, { at: 37, hex: "01" })],
    ["padding that is not zero at the end", plaintext({ at: 32, hex: "00000001" }, { at: 255, hex: "80" })],
  ])("a sealed frame with %s", async (_, plain) => {
    expect(await refusal(await withPlaintext(plain))).toMatchObject({
      code: "secret-file-malformed",
      derived: 1,
    });
  });

  test("a sealed frame with a block too many", async () => {
    const plain = new Uint8Array(512);
    plain.set(plaintext({ at: 32, hex: "00000001" }));
    expect(await refusal(await withPlaintext(plain))).toMatchObject({
      code: "secret-file-malformed",
      derived: 1,
    });
  });

  test("at once, also where they are 100 MB long: no memory is taken for what is out of bounds", async () => {
    const hostile = [
      altered(set("kdf", "memoryKiB", 2 ** 22)),
      altered(set("kdf", "iterations", 2 ** 32)),
      new Uint8Array(100_000_000).fill(0x20),
    ];
    const start = performance.now();
    for (const bytes of hostile) expect(await refusal(bytes)).toMatchObject({ derived: 0 });
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe("what a caller may not ask for", () => {
  const bad: [string, Partial<SecretFileParameters>][] = [
    ["less memory than the floor", { memoryKiB: MINIMUM_SECRET_PARAMETERS.memoryKiB - 1 }],
    ["more memory than the limit", { memoryKiB: MAXIMUM_SECRET_PARAMETERS.memoryKiB + 1 }],
    ["fractional memory", { memoryKiB: 20_000.5 }],
    ["fewer passes than the floor", { iterations: MINIMUM_SECRET_PARAMETERS.iterations - 1 }],
    ["more passes than the limit", { iterations: MAXIMUM_SECRET_PARAMETERS.iterations + 1 }],
    ["no lane", { parallelism: 0 }],
    ["more lanes than the limit", { parallelism: MAXIMUM_SECRET_PARAMETERS.parallelism + 1 }],
    ["NaN", { parallelism: Number.NaN }],
  ];
  test.each(bad)("%s", async (_, change) => {
    argon2.mockClear();
    const [name] = Object.keys(change);
    await expect(seal({ parameters: { ...parameters, ...change } })).rejects.toThrow(
      expect.objectContaining({ name: "RangeError", message: expect.stringContaining(`parameters.${name}`) }),
    );
    expect(argon2).not.toHaveBeenCalled();
  });

  test("an empty or too long secret, an unknown kind", async () => {
    await expect(seal({ secret: new Uint8Array() })).rejects.toThrow(RangeError);
    await expect(seal({ secret: new Uint8Array(MAX_SECRET_BYTES + 1) })).rejects.toThrow(RangeError);
    await expect(seal({ kind: "diary" as SecretKind })).rejects.toThrow(RangeError);
  });
});

// ---- stopping and failing

describe("stopping", () => {
  test("a signal that has fired stops both sides before a key is derived", async () => {
    argon2.mockClear();
    const signal = AbortSignal.abort(new Error("changed my mind"));
    await expect(open(fresh, { signal })).rejects.toThrow("changed my mind");
    await expect(seal({ signal })).rejects.toThrow("changed my mind");
    expect(argon2).not.toHaveBeenCalled();
  });

  test("a signal that fires while the key is derived: nothing is returned", async () => {
    for (const work of [
      (signal: AbortSignal) => open(fresh, { signal }),
      (signal: AbortSignal) => seal({ signal }),
    ]) {
      const controller = new AbortController();
      const working = work(controller.signal);
      controller.abort(new Error("changed my mind"));
      await expect(working).rejects.toThrow("changed my mind");
    }
  });

  test("a signal that does not fire changes nothing", async () => {
    expect(await open(fresh, { signal: new AbortController().signal })).toEqual(secret);
  });

  test("when Argon2id cannot run: an error of the environment, with its cause", async () => {
    const cause = new RangeError("Invalid typed array length");
    argon2.mockRejectedValueOnce(cause);
    const error = await open(fresh).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "Error", cause, message: expect.stringContaining("retry is safe") });
    expect(await open(fresh)).toEqual(secret);
  });

  test("keys and passphrase bytes are overwritten", async () => {
    argon2.mockClear();
    await open(fresh);
    await refusal(fresh, { passphrase: "another passphrase" });
    for (const { value } of argon2.mock.results) expect(await value).toEqual(new Uint8Array(32));
    for (const [{ password }] of argon2.mock.calls)
      expect([...password].every((byte) => byte === 0)).toBe(true);
  });
});

test("no error holds a passphrase, a secret, or a part of a file that was no secret file", async () => {
  const canary = "canary-in-the-coal-mine";
  const secretCanary = asciiBytes(canary);
  const failures: (() => Promise<unknown>)[] = [
    () => open(fresh, { passphrase: canary }),
    () => open(fresh, { passphrase: `${canary}\n` }),
    () => open(fresh, { passphrase: `${canary}\ud800` }),
    () => open(fresh, { passphrase: canary.repeat(100) }),
    () => open(fresh, { passphrase: canary.slice(0, 8) }),
    () => open(secretCanary),
    () => open(asciiBytes(`{"${canary}":1}`)),
    () => open(asciiBytes(`"${canary}"`)),
    () => open(asciiBytes(`{"type":"${canary}"}`)),
    () =>
      open(
        altered((file) => {
          file.kind = canary;
        }),
      ),
    () => seal({ secret: secretCanary, passphrase: "short" }),
    () => seal({ secret: secretCanary, parameters: { ...parameters, memoryKiB: 1 } }),
    () => seal({ secret: new Uint8Array(MAX_SECRET_BYTES + 1).fill(0x63), passphrase: canary }),
    () => seal({ secret: secretCanary, kind: canary as SecretKind }),
  ];
  const traces = [canary.slice(0, 8), hexOf(secretCanary), [...secretCanary].join(",")];
  for (const fail of failures) {
    let told = "";
    let error: unknown = await fail().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    for (; error instanceof Error; error = error.cause) {
      told += `${error.message} ${error.stack} ${JSON.stringify(error)} `;
    }
    for (const trace of traces) expect(told).not.toContain(trace);
  }
});
