// Poseidon by the kernels and by its definition against poseidon-lite and circomlibjs. SEED=n and CASES=n repeat or extend a run: support.ts.
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { buildBabyjub, buildPoseidon } from "circomlibjs";
import * as lite from "poseidon-lite";
import { FIELD_ORDER } from "../../src/formats/field.ts";
import { poseidon, poseidonOfPairs } from "../../src/formats/poseidon.ts";
import { poseidonPlain } from "../../src/formats/poseidon-plain.ts";
import { kernelsNow } from "../../src/wasm/kernels-now.ts";
import { CASES, drawsOf, seed, tryCases } from "./support.ts";

const LITE = [lite.poseidon1, lite.poseidon2, lite.poseidon3, lite.poseidon4, lite.poseidon5];
const EDGES = [
  0n,
  1n,
  2n,
  FIELD_ORDER - 1n,
  FIELD_ORDER - 2n,
  (FIELD_ORDER - 1n) / 2n,
  2n ** 253n,
  2n ** 64n - 1n,
];

afterEach(() => {
  jest.restoreAllMocks();
  jest.resetModules();
});

describe(`Poseidon (seed ${seed})`, () => {
  test.each([1, 2, 3, 4, 5])("of %i inputs is poseidon-lite's, on random and edge inputs", (width) => {
    tryCases(
      `poseidon ${width}`,
      (draw) =>
        Array.from({ length: width }, () =>
          draw.below(3) === 0 ? draw.of(EDGES) : draw.bits(256) % FIELD_ORDER,
        ),
      (inputs) => {
        const expected = LITE[width - 1]!([...inputs]);
        const isRight = [poseidon(inputs), poseidonPlain(inputs)].every((hash) => hash === expected);
        return isRight ? undefined : `inputs ${inputs.join(" ")}`;
      },
      Math.ceil(CASES / 20),
    );
  });

  test("is circomlibjs' and the published value of (1, 2)", async () => {
    const oracle = await buildPoseidon();
    const { F } = await buildBabyjub();
    for (const width of [1, 2, 3, 4, 5]) {
      const inputs = Array.from({ length: width }, (_, i) => BigInt(i + 1));
      expect(poseidon(inputs)).toBe(F.toObject(oracle(inputs)));
    }
    expect(poseidon([1n, 2n])).toBe(
      7853200120776062878684798364095072458815029376092732009249414926327459813530n,
    );
  });

  test("of pairs is that of each pair, for as many as there are", () => {
    const draw = drawsOf("pairs");
    for (const count of [0, 1, 2, 3, 17, 4096, 4097]) {
      const nodes = Array.from({ length: 2 * count }, () => draw.bits(256) % FIELD_ORDER);
      const hashes = poseidonOfPairs(nodes);
      expect(hashes).toHaveLength(count);
      for (const i of new Set([0, 1, count >> 1, count - 1].filter((each) => each >= 0 && each < count))) {
        expect([seed, count, i, hashes[i]]).toEqual([
          seed,
          count,
          i,
          lite.poseidon2([nodes[2 * i]!, nodes[2 * i + 1]!]),
        ]);
      }
    }
    expect(() => poseidonOfPairs([1n])).toThrow(RangeError);
  });

  test.each([0, 6, 7])("of %i inputs there is none", (width) => {
    const inputs = Array.from({ length: width }, () => 1n);
    expect(() => poseidon(inputs)).toThrow(RangeError);
    expect(() => poseidonPlain(inputs)).toThrow(RangeError);
  });

  test("leaves nothing of its inputs in the kernels' memory", () => {
    const secret = 0x1234567890abcdef1234567890abcdef1234567890abcdef1234567890abcdn;
    const held = () => {
      const { kernels } = kernelsNow()!;
      return Buffer.from(kernels.memory.buffer).includes(Buffer.from("cdab9078563412", "hex"));
    };
    const workspace = kernelsNow()!;
    const wipe = workspace.wipe.bind(workspace);
    let seen = false;
    jest.spyOn(workspace, "wipe").mockImplementation(() => {
      seen = held();
      wipe();
    });
    // The hash is written over the first input.
    poseidon([1n, secret]);
    expect([seen, held()]).toEqual([true, false]);
  });

  test("is the same where kernels cannot be compiled at once", async () => {
    jest.resetModules();
    jest.spyOn(WebAssembly, "Module").mockImplementation(() => {
      throw new RangeError("too large for the main thread");
    });
    const other = await import("../../src/formats/poseidon.ts");
    expect(other.poseidon([1n, 2n, 3n])).toBe(poseidon([1n, 2n, 3n]));
    expect(other.poseidonOfPairs([1n, 2n, 3n, 4n])).toEqual(poseidonOfPairs([1n, 2n, 3n, 4n]));
  });
});
