// Every malformed encoding is refused by the decoder at the edge, with a stable code.
import fc from "fast-check";
import { fromBase64, fromHex, fromUtf8, toBase64, toHex, uintBytes, utf8 } from "../src/formats/bytes.ts";
import { canonicalBytes, parseCanonicalJson } from "../src/formats/canonical-json.ts";
import { InputError } from "../src/formats/errors.ts";
import {
  BASE_FIELD_ORDER,
  FIELD_ORDER,
  fieldFromBytes,
  parseFieldElement,
  parseScalar,
  SUBGROUP_ORDER,
} from "../src/formats/field.ts";
import { frame } from "../src/formats/hash.ts";
import {
  BASE8,
  multiply,
  parsePoint,
  pointFromBytes,
  pointToBytes,
  pointToJson,
  randomScalar,
} from "../src/formats/point.ts";
import { badPoints } from "./support/points.ts";

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof InputError) return error.code;
    throw error;
  }
  return "accepted";
}

describe("field elements and scalars", () => {
  const good = ["0", "1", "9", (FIELD_ORDER - 1n).toString()];
  test.each(good)("accepts %s", (text) => expect(parseFieldElement(text)).toBe(BigInt(text)));

  test.each([
    "",
    " ",
    "00",
    "01",
    "+1",
    "-1",
    "-0",
    "0x1",
    "1e3",
    "1.0",
    " 1",
    "1 ",
    "1\n",
    "१",
    "NaN",
    "Infinity",
    FIELD_ORDER.toString(),
    (FIELD_ORDER + 7n).toString(),
    "9".repeat(79),
  ])("refuses %j", (text) => expect(codeOf(() => parseFieldElement(text))).toBe("not-canonical"));

  test.each([[1], [1n], [null], [undefined], [["1"]], [{ toString: () => "1" }], [true]])(
    "refuses the value %p",
    (value) => expect(codeOf(() => parseFieldElement(value))).toBe("not-canonical"),
  );

  test("refuses a million digits without converting them", () => {
    const text = "1".repeat(1_000_000);
    const start = performance.now();
    expect(codeOf(() => parseFieldElement(text))).toBe("not-canonical");
    expect(performance.now() - start).toBeLessThan(50);
  });

  test("scalars end at l", () => {
    expect(parseScalar((SUBGROUP_ORDER - 1n).toString())).toBe(SUBGROUP_ORDER - 1n);
    expect(codeOf(() => parseScalar(SUBGROUP_ORDER.toString()))).toBe("not-canonical");
  });

  test("bytes: 32, below the order", () => {
    expect(fieldFromBytes(uintBytes(FIELD_ORDER - 1n, 32))).toBe(FIELD_ORDER - 1n);
    for (const bytes of [
      uintBytes(FIELD_ORDER, 32),
      new Uint8Array(31),
      new Uint8Array(33),
      new Uint8Array(0),
    ]) {
      expect(codeOf(() => fieldFromBytes(bytes))).toBe("not-canonical");
    }
    expect(fieldFromBytes(uintBytes(FIELD_ORDER, 32), "x", BASE_FIELD_ORDER)).toBe(FIELD_ORDER);
  });
});

describe("points", () => {
  const { x, y } = BASE8.toAffine();
  const slots: [string, unknown, string][] = [
    ...badPoints,
    ["one coordinate", [x.toString()], "not-canonical"],
    ["three coordinates", [x.toString(), y.toString(), "1"], "not-canonical"],
    ["numbers", [1, 2], "not-canonical"],
    ["a string", "0,1", "not-canonical"],
    ["nothing", null, "not-canonical"],
  ];
  test.each(slots)("refuses %s", (_name, value, code) => expect(codeOf(() => parsePoint(value))).toBe(code));

  test("the identity passes only where a slot allows it, torsion never", () => {
    expect(parsePoint(["0", "1"], "x", { allowIdentity: true }).is0()).toBe(true);
    const value = ["0", (FIELD_ORDER - 1n).toString()];
    expect(codeOf(() => parsePoint(value, "x", { allowIdentity: true }))).toBe("point-outside-subgroup");
  });

  test("JSON and bytes round-trip random points", () => {
    for (let i = 0; i < 20; i++) {
      const point = multiply(BASE8, randomScalar());
      expect(parsePoint([...pointToJson(point)]).equals(point)).toBe(true);
      expect(pointFromBytes(pointToBytes(point)).equals(point)).toBe(true);
    }
    expect(codeOf(() => pointFromBytes(new Uint8Array(63)))).toBe("not-canonical");
  });

  test("Base8 and l are those of EIP-2494", () => {
    expect(x).toBe(5299619240641551281634865583518297030282874472190772894086521144482721001553n);
    expect(y).toBe(16950150798460657717958625567821834550301663161624707787222815936182638968203n);
    expect(
      multiply(BASE8, SUBGROUP_ORDER - 1n)
        .add(BASE8)
        .is0(),
    ).toBe(true);
  });
});

describe("bytes and documents", () => {
  test.each([
    ["AB", 1],
    ["0x", 1],
    ["a", 1],
    ["abcd", 1],
    ["gg", 1],
    ["", 1],
    [" a", 1],
  ])("refuses hex %j", (text, length) => expect(codeOf(() => fromHex(text, length))).toBe("bad-hex"));
  test.each(["A", "AA", "AA=", "AA==\n", "AB==", "A A=", "AAA_", "!!!!"])("refuses base64 %j", (text) =>
    expect(codeOf(() => fromBase64(text))).toBe("bad-base64"),
  );
  test("hex and base64 round-trip", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(fromHex(toHex(bytes), bytes.length)).toEqual(bytes);
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      }),
    );
  });
  test("refuses bytes that are not UTF-8", () => {
    expect(codeOf(() => fromUtf8(Uint8Array.of(0xc3, 0x28)))).toBe("bad-utf8");
  });

  test.each([
    ["white space", '{"a": 1}'],
    ["another order", '{"b":1,"a":2}'],
    ["a repeated key", '{"a":1,"a":1}'],
    ["another form of a number", '{"a":1.0}'],
    ["an exponent", '{"a":1e0}'],
    ["an escaped letter", '{"a":"\\u0061"}'],
    ["a newline at the end", '{"a":1}\n'],
  ])("refuses %s", (_name, text) =>
    expect(codeOf(() => parseCanonicalJson(utf8(text)))).toBe("not-canonical-json"),
  );
  test("refuses a byte order mark and what is no JSON", () => {
    expect(codeOf(() => parseCanonicalJson(utf8("\ufeff{}")))).toBe("bad-json");
    expect(codeOf(() => parseCanonicalJson(utf8("{")))).toBe("bad-json");
  });
  test("refuses a document nested a hundred thousand deep, with a typed error", () => {
    const text = "[".repeat(100_000) + "]".repeat(100_000);
    expect(["not-canonical-json", "bad-json"]).toContain(codeOf(() => parseCanonicalJson(utf8(text))));
  });
  test("accepts what it wrote", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // −0 has no canonical form of its own.
        const bytes = canonicalBytes(value);
        expect(canonicalBytes(parseCanonicalJson(bytes))).toEqual(bytes);
      }),
    );
  });
});

test("two framings agree only for the same purpose and parts", () => {
  const ambiguous: [string, Uint8Array[]][] = [
    ["a", [utf8("bc")]],
    ["ab", [utf8("c")]],
    ["a", [utf8("b"), utf8("c")]],
    ["a", [utf8("bc"), utf8("")]],
    ["a", []],
  ];
  expect(new Set(ambiguous.map(([purpose, parts]) => toHex(frame(purpose, parts)))).size).toBe(
    ambiguous.length,
  );
});
