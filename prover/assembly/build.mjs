// node prover/assembly/build.mjs: compiles the kernels to WebAssembly, into prover/src/wasm/generated, where the
// prover takes them from as a string: no bundler has to be told of a file, and no page has to fetch one. Nothing is
// done where the result is that of these sources already. npm runs it after `npm ci` and before every build.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { constantsSource, curveConstantsSource } from "./constants.mjs";
import { g1Source, g2Source } from "./endomorphism.mjs";
import { fieldSource } from "./field.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const OUT = fileURLToPath(new URL("../src/wasm/generated/", import.meta.url));
const TARGET = join(OUT, "scalar.ts");
const BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
const SCALAR_FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const FILES = [
  "build.mjs",
  "field.mjs",
  "constants.mjs",
  "endomorphism.mjs",
  "fp2.ts",
  "curve.ts",
  "decompose.ts",
  "msm.ts",
  "subgroup.ts",
  "tower.ts",
  "pairing.ts",
  "domain.ts",
  "poseidon.ts",
  "babyjubjub.ts",
  "index.ts",
];

const { version } = JSON.parse(
  readFileSync(fileURLToPath(import.meta.resolve("assemblyscript/package.json")), "utf8"),
);
const digest = createHash("sha256").update(version);
for (const file of FILES) digest.update(readFileSync(join(HERE, file)));
const stamp = `// ${digest.digest("hex")}`;
if (!existsSync(TARGET) || !readFileSync(TARGET, "utf8").startsWith(stamp)) await build();

async function build() {
  const folder = join(OUT, `sources-${process.pid}`);
  const write = (path, text) => writeFileSync(join(folder, path), text);
  try {
    for (const part of ["g1", "g2", "fr"]) mkdirSync(join(folder, part), { recursive: true });
    write("fq.ts", fieldSource(BASE_FIELD));
    write("fr.ts", fieldSource(SCALAR_FIELD));
    write("constants.ts", constantsSource(BASE_FIELD));
    for (const file of ["fp2.ts", "tower.ts", "pairing.ts", "index.ts"])
      cpSync(join(HERE, file), join(folder, file));
    for (const [group, field] of [
      ["g1", "fq"],
      ["g2", "fp2"],
    ]) {
      write(`${group}/field.ts`, `export * from "../${field}";\n`);
      for (const file of ["curve.ts", "decompose.ts", "msm.ts"])
        cpSync(join(HERE, file), join(folder, group, file));
    }
    cpSync(join(HERE, "subgroup.ts"), join(folder, "g2/subgroup.ts"));
    write("g1/endomorphism.ts", g1Source(BASE_FIELD, SCALAR_FIELD));
    write("g2/endomorphism.ts", g2Source(SCALAR_FIELD));
    write("fr/field.ts", `export * from "../fr";\n`);
    write("fr/curve-constants.ts", curveConstantsSource(SCALAR_FIELD));
    for (const file of ["domain.ts", "poseidon.ts", "babyjubjub.ts"])
      cpSync(join(HERE, file), join(folder, "fr", file));
    const wasm = await compile(folder);
    const text = `${stamp}\n/** The kernels, base64. prover/assembly/build.mjs made this. */\nexport const SCALAR =\n  "${wasm.toString("base64")}";\n`;
    // Whole or not at all: two builds may run at once.
    write("scalar.ts", text);
    renameSync(join(folder, "scalar.ts"), TARGET);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compile(folder) {
  const { default: asc } = await import("assemblyscript/asc");
  const out = join(folder, "kernels.wasm");
  const { error, stderr } = await asc.main([
    join(folder, "index.ts"),
    "--outFile",
    out,
    "-O3",
    "--noAssert",
    "--runtime",
    "stub",
  ]);
  if (error) throw new Error(stderr.toString(), { cause: error });
  return readFileSync(out);
}
