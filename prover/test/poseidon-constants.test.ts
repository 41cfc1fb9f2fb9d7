// The constants that we compute are those that the library carries along.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { poseidonConstants } from "../src/formats/poseidon-constants.ts";

const require = createRequire(import.meta.url);
const library = dirname(require.resolve("poseidon-lite/poseidon2"));

/** A table of poseidon-lite: numbers as base64. */
interface Table {
  readonly C: readonly string[];
  readonly M: readonly (readonly string[])[];
}

function libraryConstants(inputs: number) {
  const { default: table } = require(join(library, "constants", `${inputs}.js`)) as { default: Table };
  const decode = (text: string): bigint => BigInt(`0x${Buffer.from(text, "base64").toString("hex")}`);
  return { C: table.C.map(decode), M: table.M.map((row) => row.map(decode)) };
}

test.each([1, 2, 3, 4, 5])("Poseidon's constants for %i inputs are the library's", (inputs) => {
  expect(poseidonConstants(inputs + 1)).toMatchObject(libraryConstants(inputs));
});

test("there are constants for 1 to 5 inputs alone", () => {
  for (const t of [1, 7, 2.5]) expect(() => poseidonConstants(t)).toThrow(RangeError);
});
