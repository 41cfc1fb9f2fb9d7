// The booth as a member feels it: how soon the page answers, how it answers while it proves, and how long a choice
// takes to become a ballot with a receipt.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CircuitName,
  circuitEntry,
  createVerifier,
  parseProof,
  pollLink,
  provingArtifacts,
  registerPoll,
  toHex,
  verificationKeyOf,
} from "@commune-zk/prover";
import { DEFAULT_COMMIT_DELAY_MS, startServer } from "@commune-zk/verifier";
import type { Browser, BrowserContextOptions, Page as Tab } from "playwright-core";
import { inputsToJson } from "../captured-inputs.ts";
import { expect, type Measurement, type Outcome } from "../measure.ts";
import { MEMBERS_ENGINE } from "../results/schema.ts";
import { type BenchKeys, makeSamplePoll, type SamplePoll, sampleInputs } from "../sample-poll.ts";
import type { BareGlobals, BareJob, BareProof } from "./bare-proof.ts";
import { bundle } from "./bundle.ts";
import { type LimitedBrowser, launchLimitedChromium, launchWholeChromium } from "./chromium.ts";
import { QuotaError } from "./limited-group.ts";
import { type RunningSite, serve } from "./static-site.ts";

/** The cheapest circuit that holds a town. */
const CIRCUIT: CircuitName = "ballot-compact-20";
const SHARE = 0.25;
const SLOW = "25 % of one core";
const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, locale: "en-GB" };
const PASSPHRASE = "a passphrase of the stopwatch";
/** Presses whose answer is timed in one run, while a proof is made. */
const PRESSES = 3;
const PATIENCE_MS = 240_000;

/** Where the pages are. */
export interface BoothBenchOptions {
  readonly keys: BenchKeys;
  readonly runs: number;
  /** Of the booth, built. */
  readonly boothDirectory: string;
  /** Of the page `benchmarks/pages/bare-proof`. */
  readonly bareProofPage: string;
}

/** Service, poll and pages. */
interface Stand {
  readonly origin: string;
  readonly sample: SamplePoll;
  readonly members: () => string;
  readonly bare: RunningSite;
  close(): Promise<void>;
}

/** Every figure of the booth. Those that need a slow machine are said not to be measured where there is none. */
export async function* measureBooth(options: BoothBenchOptions): AsyncGenerator<Outcome> {
  const stand = await open(options);
  try {
    yield* measureSlow(stand, options);
    const browser = await launchWholeChromium();
    try {
      yield* measureLongTasks(stand, browser, options);
      yield* measureVote(stand, browser, options);
    } finally {
      await browser.close();
    }
  } finally {
    await stand.close();
  }
}

/**
 * What follows on the press that casts a ballot, which is sealed by then.
 *
 * @throws Error - no request was made.
 */
export async function confirmTimes(options: BoothBenchOptions): Promise<readonly ConfirmTimes[]> {
  const stand = await open(options);
  const samples: ConfirmTimes[] = [];
  try {
    const browser = await launchWholeChromium();
    try {
      for (let run = 0; run <= options.runs; run++) {
        const times = await choiceToReceipt(browser, stand);
        if (run > 0) samples.push(times);
      }
    } finally {
      await browser.close();
    }
  } finally {
    await stand.close();
  }
  return samples;
}

async function open({ keys, runs, boothDirectory, bareProofPage }: BoothBenchOptions): Promise<Stand> {
  const directory = await mkdtemp(join(tmpdir(), "commune-bench-booth-"));
  // One for each run of each figure, and its warm-up.
  const sample = makeSamplePoll({ circuit: CIRCUIT, members: 4 * (runs + 1), keys });
  const operatorToken = toHex(crypto.getRandomValues(new Uint8Array(32)));
  const server = await startServer(
    {
      ...keys,
      databasePath: join(directory, "board.sqlite"),
      operatorToken,
      boardKey: sample.board.secretKey,
      allowDevelopmentKeys: true,
      log: { write: () => undefined },
      pagesDirectory: boothDirectory,
    },
    { port: 0 },
  );
  const { registration } = sample.rehearsal;
  await registerPoll({ registration, operatorToken }, { baseUrl: server.baseUrl });
  const bare = await serve(
    new Map([...(await bundle(bareProofPage, join(directory, "bare"))), ...(await artifactFiles(keys))]),
  );
  let next = 0;
  return {
    origin: server.baseUrl,
    sample,
    members: () => toHex(sample.rehearsal.identities[next++]!.privateKey),
    bare,
    async close() {
      await bare.close();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function artifactFiles({ manifest, artifacts }: BenchKeys): Promise<[string, Uint8Array][]> {
  const { wasm, provingKey } = circuitEntry(manifest.manifest, CIRCUIT);
  return [
    ["/circuit.wasm", await artifacts.bytes(wasm)],
    ["/circuit.zkey", await artifacts.bytes(provingKey)],
  ];
}

// ---- on a slow machine

async function* measureSlow(stand: Stand, { runs }: BoothBenchOptions): AsyncGenerator<Outcome> {
  const first = `booth, from address to answered press, ${SLOW}`;
  const second = `booth, input to paint while proving, ${SLOW}`;
  let slow: LimitedBrowser;
  try {
    slow = await launchLimitedChromium({ cpuShare: SHARE, memoryMiB: null });
  } catch (error) {
    if (!(error instanceof QuotaError)) throw error;
    yield { name: first, notMeasured: error.message };
    yield { name: second, notMeasured: error.message };
    return;
  }
  try {
    const samples: number[] = [];
    for (let run = 0; run <= runs; run++) {
      const answered = await answeredPress(slow.browser, stand.origin);
      if (run > 0) samples.push(answered);
    }
    yield { name: first, unit: "ms", samples };
    const presses: number[] = [];
    for (let run = 0; run <= runs; run++) {
      const waits = await inputToPaint(slow.browser, stand);
      if (run > 0) presses.push(Math.max(...waits));
    }
    yield { name: `${second}, worst of ${PRESSES}`, unit: "ms", samples: presses };
  } finally {
    await slow.close();
  }
}

/** From the start of the navigation, with nothing cached, until a press of the first button is seen to be answered. */
async function answeredPress(browser: Browser, origin: string): Promise<number> {
  const context = await browser.newContext(PHONE);
  context.setDefaultTimeout(PATIENCE_MS);
  const tab = await context.newPage();
  // The page says so itself: being asked again and again would cost it the time that is measured.
  const answered = tab.waitForEvent("console", (message) => message.text().startsWith("answered "));
  await tab.addInitScript(() => {
    const drawn = (then: () => void): void => {
      requestAnimationFrame(() => setTimeout(then));
    };
    const watch = new MutationObserver(() => {
      const button = document.querySelector<HTMLButtonElement>("#booth main .actions button.choice");
      if (button === null) return;
      watch.disconnect();
      drawn(() => {
        button.click();
        const look = (): void => {
          if (document.querySelector("#booth main input[type=password]") === null) drawn(look);
          else console.log(`answered ${performance.now()}`);
        };
        look();
      });
    });
    watch.observe(document, { childList: true, subtree: true });
  });
  await tab.goto(`${origin}/`, { waitUntil: "commit" });
  const milliseconds = Number((await answered).text().slice("answered ".length));
  await context.close();
  return milliseconds;
}

/** Real presses on the ballot while a proof is made: from the press to the next paint, as the browser times it. */
async function inputToPaint(browser: Browser, stand: Stand): Promise<number[]> {
  const tab = await atChoosing(browser, stand);
  // The first press starts a proof; the ones that are timed find one at work.
  await tab.locator("main label.line").nth(PRESSES).click();
  await tab.waitForTimeout(2_000);
  await tab.evaluate(() => {
    const waits = new Map<number, number>();
    Object.assign(globalThis, { waits });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { interactionId?: number })[]) {
        if (!entry.interactionId) continue;
        waits.set(entry.interactionId, Math.max(waits.get(entry.interactionId) ?? 0, entry.duration));
      }
    }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  });
  for (let press = 0; press < PRESSES; press++) {
    await tab.locator("main label.line").nth(press).click();
    // The next proof has begun by then, and is far from its end.
    await tab.waitForTimeout(2_000);
  }
  const waits = await tab.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    return [...(globalThis as unknown as { waits: Map<number, number> }).waits.values()];
  });
  expect(waits.length >= PRESSES, `${waits.length} presses were timed, not ${PRESSES}`);
  await tab.context().close();
  return waits;
}

/**
 * A member's device with the ballot paper open.
 *
 * @param onArrival - called with the path of each request that was answered whole.
 */
async function atChoosing(
  browser: Browser,
  { origin, sample, members }: Stand,
  onArrival: (path: string) => void = () => undefined,
): Promise<Tab> {
  const context = await browser.newContext(PHONE);
  context.setDefaultTimeout(PATIENCE_MS);
  const tab = await context.newPage();
  tab.on("requestfinished", (request) => onArrival(new URL(request.url()).pathname));
  await tab.goto(pollLink(`${origin}/`, sample.poll.pollId));
  await tab.locator("main .actions button.choice").nth(1).click();
  await tab.locator("main fieldset").first().locator("input").nth(1).check();
  await tab.locator("main textarea").fill(members());
  for (const field of [0, 1]) await tab.locator("main input[type=password]").nth(field).fill(PASSPHRASE);
  await tab.locator("main button[type=submit]").click();
  await tab.getByRole("heading", { level: 1, name: sample.poll.poll.title }).waitFor();
  await tab.locator("main .actions button.main").click();
  await tab.locator("main label.line").first().waitFor();
  return tab;
}

// ---- at full speed

/**
 * The longest task of the page's own thread while a ballot is proven, as the browser tells of those over 50 ms; and
 * the most time of a processor that any task took. On a machine with few cores the first holds what the thread
 * waited for one: a proof, and V8 compiling for it, keep two cores busy.
 */
async function* measureLongTasks(
  stand: Stand,
  browser: Browser,
  { runs }: BoothBenchOptions,
): AsyncGenerator<Measurement> {
  const lengths: number[] = [];
  const processor: number[] = [];
  for (let run = 0; run <= runs; run++) {
    let arrived = 0;
    const tab = await atChoosing(browser, stand, (path) => {
      if (path.startsWith("/artifacts/")) arrived++;
    });
    // Circuit and key are fetched while the member reads the ballot.
    while (arrived < 2) await tab.waitForTimeout(50);
    await browser.startTracing(tab, { categories: ["toplevel"] });
    const longest = await tab.evaluate(async () => {
      let most = 0;
      const observer = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) most = Math.max(most, duration);
      });
      observer.observe({ type: "longtask" });
      document.querySelector<HTMLInputElement>("main label.line input")!.click();
      while (document.querySelector("main .proof progress") === null) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      while (document.querySelector("main .proof progress") !== null) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      if (document.querySelector("main .proof") === null) throw new Error("the proof failed");
      // A task is told of after it has ended.
      await new Promise((resolve) => setTimeout(resolve, 200));
      observer.disconnect();
      return most;
    });
    const taken = mostProcessorTime(await browser.stopTracing());
    await tab.context().close();
    if (run === 0) continue;
    lengths.push(longest);
    processor.push(taken);
  }
  yield {
    name: "booth, longest task while proving (0: none over 50 ms)",
    unit: "ms",
    samples: lengths,
  };
  yield {
    name: "booth, most processor time of a task while proving",
    unit: "ms",
    samples: processor,
  };
}

/** An event of Chromium's trace, as far as it is read here; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Of all tasks of the page's main thread in a trace, the most processor time, in milliseconds. */
function mostProcessorTime(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: readonly TraceEvent[] };
  const named = traceEvents.filter(({ ph, name }) => ph === "M" && name === "thread_name");
  // The browser's own pages have no worker.
  const pids = new Set(
    named.filter(({ args }) => /^DedicatedWorker/.test(args?.name ?? "")).map(({ pid }) => pid),
  );
  const threads = new Set(
    named
      .filter(({ pid, args }) => pids.has(pid) && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const times = traceEvents
    .filter(({ ph, name, pid, tid }) => ph === "X" && /RunTask$/.test(name) && threads.has(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1_000);
  expect(times.length > 100, `the trace has ${times.length} tasks of the page's thread`);
  return Math.max(...times);
}

/** The bare proof and the whole vote, in turns. */
async function* measureVote(
  stand: Stand,
  browser: Browser,
  { keys, runs }: BoothBenchOptions,
): AsyncGenerator<Measurement> {
  const context = await browser.newContext(PHONE);
  const tab = await context.newPage();
  await tab.goto(`${stand.bare.origin}/index.html`);
  const job: BareJob = {
    engine: MEMBERS_ENGINE,
    inputs: await circuitInputs(stand, keys),
    membership: null,
    wasmUrl: "/circuit.wasm",
    provingKeyUrl: "/circuit.zkey",
  };
  const verificationKey = await verificationKeyOf(keys.artifacts, keys.manifest.manifest, CIRCUIT);
  const verifier = await createVerifier(verificationKey);
  const bare: number[] = [];
  const votes: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const made = await tab.evaluate(async (own): Promise<BareProof> => {
      const { barePage } = globalThis as unknown as BareGlobals;
      // In a new worker whose code is loaded, as the booth does.
      await barePage.load(own);
      return barePage.prove();
    }, job);
    const proof = parseProof(JSON.parse(made.proof));
    expect(await verifier.verify(made.publicSignals.map(BigInt), proof), "a bare proof does not verify");
    const { receiptMs } = await choiceToReceipt(browser, stand);
    if (run === 0) continue;
    bare.push(made.durationMs);
    votes.push(receiptMs);
  }
  await context.close();
  const ratios = votes.map((vote, i) => vote / (bare[i]! + DEFAULT_COMMIT_DELAY_MS));
  yield { name: `bare proof in a worker of Chromium, ${CIRCUIT}`, unit: "ms", samples: bare };
  yield { name: `booth, from choice to receipt, ${CIRCUIT}`, unit: "ms", samples: votes };
  yield {
    name: `the same ÷ (bare proof + ${DEFAULT_COMMIT_DELAY_MS} ms to commit)`,
    unit: "ratio",
    samples: ratios,
  };
}

/** What the circuit is given for a ballot of this poll, as text. */
async function circuitInputs({ sample }: Stand, { manifest, artifacts: source }: BenchKeys): Promise<string> {
  const artifacts = await provingArtifacts(source, manifest.manifest, CIRCUIT);
  return inputsToJson(await sampleInputs(sample, artifacts));
}

/** In milliseconds. */
interface VoteTimes {
  /** From the choice to the receipt. */
  readonly receiptMs: number;
  /** From the last press to the moment at which the page has the sealed ballot and gives it to the device to keep. */
  readonly confirmMs: number;
  /** From the last press to the request that carries the ballot: it is kept first, durably. */
  readonly requestMs: number;
}

/** Times from a confirmation on. */
export type ConfirmTimes = Pick<VoteTimes, "confirmMs" | "requestMs">;

/** A member who does not hesitate: marks, looks it over, casts as soon as the ballot is sealed, and has a receipt. */
async function choiceToReceipt(browser: Browser, stand: Stand): Promise<VoteTimes> {
  const tab = await atChoosing(browser, stand);
  // Artifacts are fetched while the member reads the ballot.
  await tab.waitForLoadState("networkidle");
  const times = await tab.evaluate(async (): Promise<VoteTimes> => {
    const until = (isThere: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        if (isThere()) return resolve();
        const watch = new MutationObserver(() => {
          if (!isThere()) return;
          watch.disconnect();
          resolve();
        });
        watch.observe(document, { childList: true, subtree: true, attributes: true });
      });
    const press = (selector: string): void => document.querySelector<HTMLElement>(selector)!.click();
    const start = performance.now();
    press("main label.line input");
    await until(() => document.querySelector("main .proof") !== null);
    press("main .actions button.main");
    // The review: its main button can be pressed once the ballot is sealed.
    await until(
      () =>
        document.querySelector("main label.line input") === null &&
        document.querySelector("main .actions button.main:not([aria-disabled])") !== null,
    );
    let kept = Number.NaN;
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (...args: Parameters<typeof put>) {
      // The first time: its receipt is kept as well, later.
      if (this.name === "ballots" && Number.isNaN(kept)) kept = performance.now();
      return put.apply(this, args);
    };
    const confirmed = performance.now();
    press("main .actions button.main");
    await until(() => document.querySelector("main .stamp") !== null);
    const receiptMs = performance.now() - start;
    const request = performance
      .getEntriesByType("resource")
      .find(({ name, startTime }) => startTime >= confirmed && new URL(name).pathname.endsWith("/ballots"));
    if (request === undefined) throw new Error("no ballot was sent");
    if (!(kept >= confirmed && kept <= request.startTime))
      throw new Error("the ballot was not kept before it was sent");
    return { receiptMs, confirmMs: kept - confirmed, requestMs: request.startTime - confirmed };
  });
  await tab.context().close();
  return times;
}
