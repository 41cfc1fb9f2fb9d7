// Engines in pages of Chromium: a new page with nothing cached for each session, perhaps within limits.
import { setTimeout } from "node:timers/promises";
import type { BrowserContext, BrowserContextOptions, CDPSession, Page as Tab } from "playwright-core";
import type { BareGlobals, BareJob, FirstProof, KernelRun } from "../browser/bare-proof.ts";
import type { BuiltSite } from "../browser/bundle.ts";
import { type LimitedBrowser, launchLimitedChromium } from "../browser/chromium.ts";
import { proportionalBytes, rendererPids, tellsMemory } from "../browser/processes.ts";
import { BLOB_WORKER_HEADERS, type RunningSite, serve } from "../browser/static-site.ts";
import type { Limits } from "../results/schema.ts";
import {
  type BenchEnvironment,
  type BenchTask,
  ProofFailure,
  type Session,
  toldFailure,
} from "./environment.ts";
import { grownBy } from "./timed-proof.ts";

/** How often a page's memory is read. Each reading takes the kernel some milliseconds, on another core if there is one. */
const MEMORY_EVERY_MS = 100;
/** Pages that leave this process, or come to it, are looked for so often. */
const PROCESSES_EVERY_MS = 1_000;
/** A browser is at rest when it takes no more of a processor than 20 ms in 400. */
const REST = { everyMs: 400, mostMs: 20, patienceMs: 120_000 } as const;

/** Which Chromium, and what it opens. */
export interface ChromiumOptions {
  readonly kind: "chromium" | "chromium-phone";
  readonly limits: Limits | null;
  /** Of `benchmarks/pages/bare-proof`, built. */
  readonly page: BuiltSite;
  /** Tests take the shell; figures are of the whole browser. */
  readonly program?: "whole" | "shell";
}

/**
 * Chromium of this machine. As a phone it has a phone's window, touch and name; nothing of that slows it.
 *
 * @throws QuotaError - this machine lets nobody set limits.
 * @throws Error - there is no Chromium.
 */
export async function openChromium(options: ChromiumOptions): Promise<BenchEnvironment> {
  const { kind, limits, page, program } = options;
  const launch = (): Promise<LimitedBrowser> => launchLimitedChromium(limits, program);
  const content = new Map(page);
  const careful = await serve(content, undefined, limits?.network);
  const loose = await serve(content, BLOB_WORKER_HEADERS, limits?.network);
  const closeSites = async (): Promise<void> => {
    await careful.close();
    await loose.close();
  };
  let running: LimitedBrowser;
  try {
    running = await launch();
  } catch (error) {
    await closeSites();
    throw error;
  }
  const version = running.browser.version();

  /** The browser, or another one where it has ended. */
  const browser = async (): Promise<LimitedBrowser> => {
    if (!running.browser.isConnected()) {
      await running.close();
      running = await launch();
    }
    return running;
  };
  const openTab = async (site: RunningSite, signal: AbortSignal): Promise<OpenTab> => {
    const own = await browser();
    return OpenTab.open(own, site, kind === "chromium-phone" ? phone(version) : {}, signal);
  };

  return {
    environment: { kind, runtime: `Chromium ${version}`, limits },
    async start({ engine, workload }: BenchTask, signal) {
      const urlOf = ({ bytes, sha256 }: { bytes: Uint8Array; sha256: string }): string => {
        content.set(`/artifacts/${sha256}`, bytes);
        return `/artifacts/${sha256}`;
      };
      const job: BareJob = {
        engine: engine.name,
        inputs: workload.inputs,
        membership: workload.membership,
        wasmUrl: urlOf(workload.wasm),
        provingKeyUrl: urlOf(workload.provingKey),
      };
      const tab = await openTab(engine.wantsBlobWorkers ? loose : careful, signal);
      try {
        return await tab.startSession(job, signal);
      } catch (error) {
        await tab.close();
        throw error;
      }
    },
    async calibrate(run: KernelRun, signal) {
      const tab = await openTab(careful, signal);
      try {
        return await tab.kernel(run, signal);
      } finally {
        await tab.close();
      }
    },
    async close() {
      await running.close();
      await closeSites();
    },
  };
}

/** What a site is told by a phone's Chromium of this version: it names no model either. */
function phone(version: string): BrowserContextOptions {
  const [major] = version.split(".");
  return {
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    userAgent: `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Mobile Safari/537.36`,
  };
}

/** A tab with storage and cache of its own. */
class OpenTab {
  readonly #browser: LimitedBrowser;
  readonly #site: RunningSite;
  readonly #context: BrowserContext;
  readonly #tab: Tab;
  readonly #killsBefore: number;
  /** Rejects once the tab or its browser is gone. */
  readonly #gone: Promise<never>;
  #isGone = false;
  #memory: MemoryWatch | null = null;
  #leave: () => void = () => undefined;

  private constructor(
    browser: LimitedBrowser,
    site: RunningSite,
    context: BrowserContext,
    tab: Tab,
    killsBefore: number,
  ) {
    this.#browser = browser;
    this.#site = site;
    this.#context = context;
    this.#tab = tab;
    this.#killsBefore = killsBefore;
    this.#gone = new Promise((_resolve, reject) => {
      const go = (how: string) => (): void => {
        this.#isGone = true;
        reject(new Error(how));
      };
      const ended = go("the browser ended");
      tab.once("crash", go("the page crashed"));
      tab.once("close", go("the page was closed"));
      browser.browser.once("disconnected", ended);
      this.#leave = () => browser.browser.off("disconnected", ended);
    });
    // Whoever works here hears of it; nobody may be working.
    this.#gone.catch(() => undefined);
  }

  static async open(
    browser: LimitedBrowser,
    site: RunningSite,
    options: BrowserContextOptions,
    signal: AbortSignal,
  ): Promise<OpenTab> {
    signal.throwIfAborted();
    const kills = await browser.oomKills();
    const context = await browser.browser.newContext(options);
    context.setDefaultTimeout(0);
    return new OpenTab(browser, site, context, await context.newPage(), kills);
  }

  /** Goes to the page with a job in its hands, and waits for its first proof. */
  startSession(job: BareJob, signal: AbortSignal): Promise<Session> {
    return this.#counted(signal, async () => {
      const cdp = await this.#browser.browser.newBrowserCDPSession();
      await atRest(cdp, signal);
      const memory = await MemoryWatch.start(cdp);
      this.#memory = memory;
      const sentBefore = this.#site.sentBytes();
      let tell: (text: string) => void = () => undefined;
      const announced = new Promise<string>((resolve) => {
        tell = resolve;
      });
      await this.#tab.exposeFunction("announce", tell);
      await this.#tab.addInitScript({ content: `globalThis.bareJob = ${JSON.stringify(job)};` });
      await this.#tab.goto(`${this.#site.origin}/index.html`, { waitUntil: "commit" });
      const first = JSON.parse(await announced) as FirstProof | { readonly failed: string };
      if ("failed" in first) throw toldFailure(first.failed);
      const peakMemoryBytes = await memory.peak();
      const { made, loadMs, totalMs } = first;
      return {
        first: {
          totalMs,
          phasesMs: { load: loadMs, ...made.phasesMs },
          peakMemoryBytes,
          downloadedBytes: this.#site.sentBytes() - sentBefore,
          made,
        },
        again: (by: AbortSignal) =>
          this.#counted(by, async () => {
            memory.resume();
            const next = await this.#tab
              .evaluate(() => (globalThis as unknown as BareGlobals).barePage.prove())
              .catch((error: Error) => Promise.reject(toldFailure(error.message)));
            return {
              totalMs: next.waitedMs,
              phasesMs: next.phasesMs,
              peakMemoryBytes: await memory.peak(),
              downloadedBytes: null,
              made: next,
            };
          }),
        close: () => this.close(),
      };
    });
  }

  /** Scores of the calibration kernel in the page's worker. */
  kernel(run: KernelRun, signal: AbortSignal): Promise<readonly number[]> {
    return this.#counted(signal, async () => {
      await atRest(await this.#browser.browser.newBrowserCDPSession(), signal);
      await this.#tab.goto(`${this.#site.origin}/index.html`);
      return this.#tab
        .evaluate((own) => (globalThis as unknown as BareGlobals).barePage.kernel(own), run)
        .catch((error: Error) => Promise.reject(toldFailure(error.message)));
    });
  }

  /** Closes the tab and all that it stored. */
  async close(): Promise<void> {
    this.#leave();
    await this.#memory?.stop();
    // The browser may have ended, and the tab with it.
    await this.#context.close().catch(() => undefined);
  }

  /** Closes the tab when the signal fires, and counts its end as a failure of the proof that it was making. */
  async #counted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const close = (): void => void this.close();
    signal.addEventListener("abort", close);
    try {
      const result = await Promise.race([work(), this.#gone]);
      // The proof may end before the tab does, which is closing.
      signal.throwIfAborted();
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if ((await this.#browser.oomKills()) > this.#killsBefore) {
        throw new ProofFailure("out-of-memory", "the kernel killed a process of the browser", {
          cause: error,
        });
      }
      if (this.#isGone) throw new ProofFailure("crashed", String(error), { cause: error });
      throw error;
    } finally {
      signal.removeEventListener("abort", close);
    }
  }
}

/**
 * Waits until a browser has nothing left to do of its own: a new tab's window is drawn for seconds after it can be
 * used, and would take the processor from the page.
 */
async function atRest(cdp: CDPSession, signal: AbortSignal): Promise<void> {
  const takenMs = async (): Promise<number> => {
    const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
    return processInfo.reduce((sum, { cpuTime }) => sum + 1_000 * cpuTime, 0);
  };
  const start = performance.now();
  let before = await takenMs();
  while (performance.now() - start < REST.patienceMs) {
    await setTimeout(REST.everyMs, undefined, { signal });
    const now = await takenMs();
    if (now - before <= REST.mostMs) return;
    before = now;
  }
}

/** The most memory that a browser's pages and their workers had at once, over what they had when it began. */
class MemoryWatch {
  readonly #browserPid: number;
  readonly #idleBytes: number;
  #peakBytes = 0;
  #isWatching = false;
  #watching: Promise<void> = Promise.resolve();

  private constructor(browserPid: number, idleBytes: number) {
    this.#browserPid = browserPid;
    this.#idleBytes = idleBytes;
    this.resume();
  }

  /** Takes what there is as idle, and begins to watch. */
  static async start(cdp: CDPSession): Promise<MemoryWatch> {
    const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
    const { id } = processInfo.find(({ type }) => type === "browser")!;
    return new MemoryWatch(id, await proportionalBytes(await rendererPids(id)));
  }

  /** Begins anew, over the same idle page. */
  resume(): void {
    this.#peakBytes = 0;
    this.#isWatching = tellsMemory();
    this.#watching = this.#watch();
  }

  /** Stops watching. */
  async stop(): Promise<void> {
    this.#isWatching = false;
    await this.#watching;
  }

  /**
   * Stops watching.
   *
   * @returns bytes; null where this machine does not tell.
   */
  async peak(): Promise<number | null> {
    await this.stop();
    return tellsMemory() ? grownBy(this.#peakBytes, this.#idleBytes) : null;
  }

  async #watch(): Promise<void> {
    let pids: readonly number[] = [];
    let lookedAt = Number.NEGATIVE_INFINITY;
    while (this.#isWatching) {
      if (performance.now() - lookedAt > PROCESSES_EVERY_MS) {
        pids = await rendererPids(this.#browserPid);
        lookedAt = performance.now();
      }
      this.#peakBytes = Math.max(this.#peakBytes, await proportionalBytes(pids));
      await setTimeout(MEMORY_EVERY_MS);
    }
  }
}
