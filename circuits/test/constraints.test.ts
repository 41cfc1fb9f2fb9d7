// The instances are the ones that keys were made for: golden counts and digests.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { circuitNames, compileCircuit, REPOSITORY_ROOT, readR1csHeader } from "../src/index.ts";

interface Golden {
  readonly constraints: number;
  readonly wires: number;
  readonly publicSignals: number;
  readonly r1csSha256: string;
  readonly wasmSha256: string;
}

const golden: Record<string, Golden> = JSON.parse(
  await readFile(join(REPOSITORY_ROOT, "circuits/constraints.json"), "utf8"),
);
/** Of both key sets: ballots and hours. */
const keyed: Record<string, unknown> = {};
for (const path of ["keys/artifacts/manifest.json", "keys/artifacts/hours/manifest.json"]) {
  Object.assign(keyed, JSON.parse(await readFile(join(REPOSITORY_ROOT, path), "utf8")).circuits);
}
const BOUNDS: Record<string, number> = {
  "ballot-compact-10": 7_900,
  "ballot-compact-20": 10_300,
  "ballot-wide-20": 21_500,
  "hours-1": 12_800,
  "hours-4": 30_500,
};

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

test("constraints.json, circuits/main and the key manifests name the same circuits", async () => {
  expect(Object.keys(golden).sort()).toEqual(await circuitNames());
  expect(Object.keys(keyed).sort()).toEqual(await circuitNames());
});

test.each(Object.keys(golden))(
  "%s compiles to its golden count and digest, within its bound",
  async (name) => {
    const compiled = await compileCircuit(
      join(REPOSITORY_ROOT, `circuits/main/${name}.circom`),
      "build/test/constraints",
    );
    const r1cs = await readFile(compiled.r1cs);
    const { constraints, wires, outputs, publicInputs } = readR1csHeader(r1cs);
    const wasmSha256 = sha256(await readFile(compiled.wasm));
    const found: Golden = {
      constraints,
      wires,
      publicSignals: outputs + publicInputs,
      r1csSha256: sha256(r1cs),
      wasmSha256,
    };
    expect(found).toEqual(golden[name]);
    expect(constraints).toBeLessThanOrEqual(BOUNDS[name] ?? Number.POSITIVE_INFINITY);
    expect(keyed[name]).toMatchObject({
      constraints,
      r1csSha256: found.r1csSha256,
      wasm: { sha256: wasmSha256 },
    });
  },
);
