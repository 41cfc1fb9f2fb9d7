// npm run bench:collect [-- --port N] [--host H] [--engine E] [--out FILE]: serves the device page, and appends what phones hand
// in to a file of measurements. Listens on this machine alone unless it is told a host. Ctrl-C ends.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import {
  appendHistory,
  bundle,
  commitOf,
  type DeviceConfig,
  ENGINES,
  MEMBERS_ENGINE,
  makeOffer,
  pageUrls,
  readHistory,
  startCollector,
  stopOnRequest,
  terminalCode,
  WORKLOADS,
} from "@commune-zk/benchmarks";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { storedKeys } from "./shared/stored-workload.ts";
import { packageVersion } from "./shared/version.ts";

const PAGE = join(REPOSITORY_ROOT, "benchmarks/pages/device");
const DEFAULT_OUT = join(REPOSITORY_ROOT, "benchmarks/history/devices.jsonl");
const DEFAULT_PORT = 8090;
const LOOPBACK = "127.0.0.1";

/** @throws Error - the page, whose policy is a careful one, cannot prove everything with it. */
function engineFor(name: string): DeviceConfig["engine"] {
  const all = ENGINES.filter((engine) => !engine.wantsBlobWorkers && WORKLOADS.every(engine.proves));
  const engine = all.find((each) => each.name === name);
  if (engine === undefined) {
    throw new Error(`--engine ${name}: there are ${all.map((each) => each.name).join(", ")}`);
  }
  return { name: engine.name, version: engine.version };
}

async function buildPage(): ReturnType<typeof bundle> {
  const directory = await mkdtemp(join(tmpdir(), "commune-device-page-"));
  try {
    return await bundle(PAGE, directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: String(DEFAULT_PORT) },
      host: { type: "string", default: LOOPBACK },
      engine: { type: "string", default: MEMBERS_ENGINE },
      out: { type: "string", default: DEFAULT_OUT },
    },
  });
  const { host, out } = values;
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error("--port wants a port's number");
  const engine = engineFor(values.engine);
  // A file that is damaged is found before anybody's phone has measured.
  const known = await readHistory(out);
  await mkdir(dirname(out), { recursive: true });
  const signal = stopOnRequest(() => console.log("ending: what was recorded is in the file"));
  const keys = await storedKeys();
  const version = await packageVersion();
  const page = await buildPage();
  const offer = await makeOffer(WORKLOADS, {
    keys,
    engine: engine.name,
    signal,
    onWorkload: (name) => console.log(`making up ${name}`),
  }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  if (offer === undefined) return;
  const collector = await startCollector(
    {
      page,
      offer,
      code: { version, ...(commitOf(REPOSITORY_ROOT) ?? { commit: null, modified: false }) },
      engine,
      say: (text) => console.log(text),
      log: { append: (lines) => appendHistory(out, lines) },
      known,
    },
    { host, port },
  );
  const urls = pageUrls(host, collector.port);
  console.log(`\n${urls.map((url) => `page    ${url}`).join("\n")}`);
  console.log(`file    ${relative(process.cwd(), out)}, ${known.length} lines so far`);
  console.log(`\n${terminalCode(urls[0]!)}`);
  console.log(
    host === LOOPBACK
      ? "This machine alone can open it. For a device day: --host 0.0.0.0, and phones on the same network."
      : "Everybody on this network can open the page and hand results in. They come unencrypted.",
  );
  console.log("No addresses are kept. Ctrl-C ends.\n");
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  await collector.close();
}

await main();
