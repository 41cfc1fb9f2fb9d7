// npm run bench:prover [-- --json] [--only NAME]... [--runs N]: the engine's figures, against snarkjs where they are
// ratios. docs/design/engine.md.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  bundle,
  COMPARED,
  cancelTimes,
  chosen,
  coldProofs,
  confirmTimes,
  describeCommit,
  describeLoad,
  describeMachine,
  distinctProofs,
  type Figure,
  figureOf,
  openChromium,
  openNode,
  type PreparedWorkload,
  prepareWorkload,
  type Sides,
  secondsOfWholeRoll,
  snarkjsVerifier,
  stopOnRequest,
  timesOfDecoding,
  verificationRatios,
  warmRatios,
} from "@commune-zk/benchmarks";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import {
  createVerifier,
  parseSemaphoreManifest,
  parseVerificationKey,
  readArtifact,
  wasmEngine,
} from "@commune-zk/prover";
import { allowRelaxedSimd, nodeThreads } from "@commune-zk/prover/node";
import { endThreads } from "./end-threads.ts";
import { storedKeys } from "./shared/stored-workload.ts";

const PAGE = "benchmarks/pages/bare-proof";
const ENTRY = fileURLToPath(new URL("./bench-prover.js", import.meta.url));
const REFERENCE = "semaphore-20";
const DEPTH = 20;
const BALLOT = "ballot-compact-20";
const BATCH = 64;
const DEFAULT_RUNS = 7;
/** Of what takes longest. */
const FEW_RUNS = 3;
/** Proofs that are cancelled for one that others are measured by. */
const CANCELLED_EACH = 10;
const MIB = 2 ** 20;
const BOOTH = join(REPOSITORY_ROOT, "booth/dist");

/** Figures by name. A ratio says how many times longer snarkjs takes; the others name their unit. */
const NAMES = [
  "chromium2t",
  "node2t",
  "node1t",
  "nodeScalar",
  "chromiumScalar",
  "cold",
  "ballotOverSemaphore",
  "peakMemoryMb",
  "peakMemoryNodeMb",
  "verifyBatch64",
  "rollMillionSeconds",
  "decodingSeconds",
  "confirmMs",
  "confirmToRequestMs",
  "cancelMs",
] as const;
type Name = (typeof NAMES)[number];

interface Options {
  readonly isJson: boolean;
  readonly only: readonly Name[];
  readonly runs: number;
}

function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      runs: { type: "string", default: String(DEFAULT_RUNS) },
    },
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1 || runs > 1_000) {
    throw new RangeError(`--runs ${values.runs}: expected a number from 1 to 1,000`);
  }
  return { isJson: values.json, only: chosen("--only", values.only, NAMES), runs };
}

const sidesOf = (compared: keyof typeof COMPARED, workload: PreparedWorkload): Sides => {
  const [ours, theirs] = COMPARED[compared];
  return { ours: { engine: ours, workload }, theirs: { engine: theirs, workload } };
};

async function* figures({ only, runs }: Options, signal: AbortSignal): AsyncGenerator<[Name, Figure]> {
  allowRelaxedSimd();
  const keys = await storedKeys();
  const reference = await prepareWorkload(REFERENCE, keys);
  const wanted = (...names: readonly Name[]): boolean => names.some((name) => only.includes(name));
  const options = { runs, signal };

  if (wanted("node2t", "node1t", "nodeScalar", "peakMemoryNodeMb")) {
    const node = await openNode({ entry: ENTRY, limits: null });
    try {
      if (wanted("node2t"))
        yield ["node2t", figureOf(await warmRatios(node, sidesOf("threads", reference), options))];
      if (wanted("node1t"))
        yield ["node1t", figureOf(await warmRatios(node, sidesOf("alone", reference), options))];
      if (wanted("nodeScalar"))
        yield ["nodeScalar", figureOf(await warmRatios(node, sidesOf("scalar", reference), options))];
      if (wanted("peakMemoryNodeMb")) {
        const { peakBytes } = await coldProofs(node, sidesOf("threads", reference), options);
        yield ["peakMemoryNodeMb", figureOf(peakBytes.map((bytes) => bytes / MIB))];
      }
    } finally {
      await node.close();
    }
  }

  if (wanted("chromium2t", "chromiumScalar", "cold", "peakMemoryMb", "ballotOverSemaphore")) {
    const directory = await mkdtemp(join(tmpdir(), "commune-bench-page-"));
    const page = await bundle(join(REPOSITORY_ROOT, PAGE), directory);
    await rm(directory, { recursive: true, force: true });
    const chromium = await openChromium({ kind: "chromium", limits: null, page });
    try {
      if (wanted("chromium2t")) {
        yield ["chromium2t", figureOf(await warmRatios(chromium, sidesOf("threads", reference), options))];
      }
      if (wanted("chromiumScalar")) {
        yield ["chromiumScalar", figureOf(await warmRatios(chromium, sidesOf("scalar", reference), options))];
      }
      if (wanted("cold", "peakMemoryMb")) {
        const { ratios, peakBytes } = await coldProofs(chromium, sidesOf("threads", reference), options);
        if (wanted("cold")) yield ["cold", figureOf(ratios)];
        if (wanted("peakMemoryMb")) yield ["peakMemoryMb", figureOf(peakBytes.map((bytes) => bytes / MIB))];
      }
      if (wanted("ballotOverSemaphore")) {
        const [engine] = COMPARED.threads;
        const ballot = { engine, workload: await prepareWorkload(BALLOT, keys) };
        const ratios = await warmRatios(
          chromium,
          { ours: { engine, workload: reference }, theirs: ballot },
          options,
        );
        yield ["ballotOverSemaphore", figureOf(ratios)];
      }
    } finally {
      await chromium.close();
    }
  }

  if (wanted("verifyBatch64")) {
    const { artifacts, manifestBytes } = keys.semaphore;
    const { verificationKey } = parseSemaphoreManifest(manifestBytes).circuits[DEPTH - 1]!;
    const bytes = await readArtifact(artifacts, verificationKey);
    const engine = wasmEngine({ threads: nodeThreads() });
    const batch = await distinctProofs(engine, reference, BATCH);
    await engine.dispose();
    const verifier = await createVerifier(parseVerificationKey(bytes));
    const theirs = snarkjsVerifier(JSON.parse(new TextDecoder().decode(bytes)));
    yield ["verifyBatch64", figureOf(await verificationRatios({ batch, verifier, theirs }, options))];
    await endThreads();
  }

  if (wanted("rollMillionSeconds")) {
    yield ["rollMillionSeconds", figureOf(await secondsOfWholeRoll({ runs: Math.min(runs, FEW_RUNS) }))];
  }

  if (wanted("decodingSeconds")) {
    yield ["decodingSeconds", figureOf((await timesOfDecoding({ runs })).map((ms) => ms / 1_000))];
  }

  if (wanted("confirmMs", "confirmToRequestMs")) {
    const places = { boothDirectory: BOOTH, bareProofPage: join(REPOSITORY_ROOT, PAGE) };
    const times = await confirmTimes({ keys: keys.ballot, runs, ...places });
    yield ["confirmMs", figureOf(times.map(({ confirmMs }) => confirmMs))];
    yield ["confirmToRequestMs", figureOf(times.map(({ requestMs }) => requestMs))];
  }

  if (wanted("cancelMs")) {
    const engine = wasmEngine({ threads: nodeThreads() });
    yield [
      "cancelMs",
      figureOf(await cancelTimes(engine, reference, { runs: runs * CANCELLED_EACH, signal })),
    ];
    await engine.dispose();
  }
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const signal = stopOnRequest(() => console.error("stopping"));
  // Whoever reads JSON gets one object and nothing else.
  const say = options.isJson ? console.error : console.log;
  say(`machine   ${describeMachine()}`);
  say(`load      ${describeLoad()} over 1, 5 and 15 minutes, at the start`);
  say(`commit    ${describeCommit(REPOSITORY_ROOT)}`);
  say(`samples   ${options.runs} of each, both sides in turns, every proof verified\n`);
  const all: Partial<Record<Name, Figure>> = {};
  for await (const [name, figure] of figures(options, signal)) {
    all[name] = figure;
    const [least, greatest] = figure.spread;
    const texts = [figure.median, least, greatest].map((value) => value.toPrecision(3).padStart(8));
    say(`${name.padEnd(22)}${texts[0]}   ${texts[1]} –${texts[2]}`);
  }
  if (options.isJson) console.log(JSON.stringify(all));
}

await main();
