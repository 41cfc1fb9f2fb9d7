// node prover/assembly/build.mjs: compiles the kernels to WebAssembly, into prover/src/wasm/generated, where the
// prover takes them from as a string: no bundler has to be told of a file, and no page has to fetch one. Nothing is
// done where the result is that of these sources already. npm runs it after `npm ci` and before every build.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { constantsSource, curveConstantsSource } from "./constants.mjs";
import { g1Source, g2Source } from "./endomorphism.mjs";
import { fieldSource, R } from "./field.mjs";
import { lanesSource } from "./lanes.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const OUT = fileURLToPath(new URL("../src/wasm/generated/", import.meta.url));
const TARGETS = ["scalar.ts", "lanes.ts"];
const BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
const SCALAR_FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const FILES = [
  "build.mjs",
  "generator.mjs",
  "gcd.mjs",
  "field.mjs",
  "constants.mjs",
  "endomorphism.mjs",
  "fp2.ts",
  "curve.ts",
  "decompose.ts",
  "msm.ts",
  "points.ts",
  "buckets.ts",
  "lanes.mjs",
  "lanes-fp2.ts",
  "lanes-points.ts",
  "lanes-domain.ts",
  "lanes-index.ts",
  "subgroup.ts",
  "tower.ts",
  "pairing.ts",
  "domain.ts",
  "poseidon.ts",
  "babyjubjub.ts",
  "babyjubjub-sums.ts",
  "index.ts",
];

const { version } = JSON.parse(
  readFileSync(fileURLToPath(import.meta.resolve("assemblyscript/package.json")), "utf8"),
);
const digest = createHash("sha256").update(version);
for (const file of FILES) digest.update(readFileSync(join(HERE, file)));
const stamp = `// ${digest.digest("hex")}`;
const isDone = (path) => existsSync(path) && readFileSync(path, "utf8").startsWith(stamp);
if (!TARGETS.every((name) => isDone(join(OUT, name)))) await build();

async function build() {
  const folder = join(OUT, `sources-${process.pid}`);
  try {
    scalarSources(join(folder, "scalar"));
    const scalar = await compile(join(folder, "scalar"));
    lanesSources(join(folder, "lanes"));
    const lanes = await compile(
      join(folder, "lanes"),
      ...["--enable", "simd", "--enable", "relaxed-simd"],
      // In the scalar kernels' memory, behind all that is theirs.
      ...["--importMemory", "--memoryBase", String(await heapBaseOf(scalar))],
    );
    // Whole or not at all: two builds may run at once. Hexadecimal, because it is the shortest once it is compressed:
    // base64 hides from gzip what comes again at another offset, and takes 28 % more.
    put(folder, "scalar.ts", "SCALAR", "The kernels", scalar);
    put(folder, "lanes.ts", "LANES", "The kernels of relaxed SIMD", lanes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function put(folder, name, constant, what, wasm) {
  const text = `${stamp}\n/** ${what}, hexadecimal. prover/assembly/build.mjs made this. */\nexport const ${constant} =\n  "${wasm.toString("hex")}";\n`;
  writeFileSync(join(folder, name), text);
  renameSync(join(folder, name), join(OUT, name));
}

/** The sums' sources, once over each group's field. */
function groupSources(folder, fields, files) {
  for (const [group, field] of Object.entries(fields)) {
    mkdirSync(join(folder, group), { recursive: true });
    writeFileSync(join(folder, `${group}/field.ts`), `export * from "../${field}";\n`);
    for (const [from, to] of files) cpSync(join(HERE, from), join(folder, group, to));
  }
}

function scalarSources(folder) {
  mkdirSync(join(folder, "fr"), { recursive: true });
  const write = (path, text) => writeFileSync(join(folder, path), text);
  write("fq.ts", fieldSource(BASE_FIELD));
  write("fr.ts", fieldSource(SCALAR_FIELD));
  write("constants.ts", constantsSource(BASE_FIELD));
  for (const file of ["fp2.ts", "tower.ts", "pairing.ts", "index.ts"])
    cpSync(join(HERE, file), join(folder, file));
  const files = ["curve.ts", "decompose.ts", "points.ts", "buckets.ts", "msm.ts"].map((file) => [file, file]);
  groupSources(folder, { g1: "fq", g2: "fp2" }, files);
  cpSync(join(HERE, "subgroup.ts"), join(folder, "g2/subgroup.ts"));
  write("g1/endomorphism.ts", g1Source(BASE_FIELD, SCALAR_FIELD));
  write("g2/endomorphism.ts", g2Source(SCALAR_FIELD));
  write("fr/field.ts", `export * from "../fr";\n`);
  write("fr/curve-constants.ts", curveConstantsSource(SCALAR_FIELD));
  for (const file of ["domain.ts", "poseidon.ts", "babyjubjub.ts", "babyjubjub-sums.ts"])
    cpSync(join(HERE, file), join(folder, "fr", file));
}

function lanesSources(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "lanes.ts"), lanesSource(BASE_FIELD, R));
  cpSync(join(HERE, "lanes-fp2.ts"), join(folder, "lanes-fp2.ts"));
  cpSync(join(HERE, "lanes-index.ts"), join(folder, "index.ts"));
  mkdirSync(join(folder, "fr"), { recursive: true });
  writeFileSync(join(folder, "fr/lanes.ts"), lanesSource(SCALAR_FIELD, R));
  cpSync(join(HERE, "lanes-domain.ts"), join(folder, "fr/domain.ts"));
  groupSources(folder, { g1: "lanes", g2: "lanes-fp2" }, [
    ["lanes-points.ts", "points.ts"],
    ["buckets.ts", "buckets.ts"],
  ]);
}

async function compile(folder, ...options) {
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
    ...options,
  ]);
  if (error) throw new Error(stderr.toString(), { cause: error });
  return readFileSync(out);
}

async function heapBaseOf(wasm) {
  const { instance } = await WebAssembly.instantiate(wasm, { env: { abort() {} } });
  return instance.exports.heapBase();
}
