// The device page: one screen after another, in the language that is chosen.
import "./no-code-from-strings.ts";
import { toHex } from "@commune-zk/prover";
import {
  DEFAULT_REPEATS,
  DEFAULT_WORKLOAD,
  type DeviceConfig,
  type DeviceWorkload,
  parseDeviceConfig,
} from "../../src/device/config.ts";
import { type BrowserTells, describeDevice } from "../../src/device/facts.ts";
import { type KeyValueStore, runKeeper } from "../../src/device/kept-run.ts";
import { type DeviceRun, linesOf } from "../../src/device/record.ts";
import { type DeviceProgress, runDevice } from "../../src/device/run.ts";
import { h } from "./dom.ts";
import { resultScreen } from "./result-screen.ts";
import { type RunScreen, runScreen } from "./run-screen.ts";
import { type Choice, startScreen } from "./start-screen.ts";
import { batteryLevel, canMeasure, hiddenWatch, keepAwake, startDeviceWorker } from "./surroundings.ts";
import { formats, LANGUAGES, preferredLanguage, WORDS } from "./words/speak.ts";
import type { Language } from "./words/words.ts";

type Screen =
  | { readonly at: "loading" }
  | { readonly at: "no-service" }
  | { readonly at: "no-workers" }
  | { readonly at: "start" }
  | {
      readonly at: "running";
      readonly workloads: readonly DeviceWorkload[];
      readonly repeats: number;
      readonly awake: boolean;
      readonly stop: AbortController;
    }
  | { readonly at: "result"; readonly run: DeviceRun };

/** A browser that forbids storage throws when it is asked for it. */
function storage(): KeyValueStore {
  try {
    return localStorage;
  } catch {
    return { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  }
}

class Page {
  readonly #root = document.getElementById("device")!;
  readonly #keeper = runKeeper(storage());
  readonly #wasHidden = hiddenWatch();
  readonly #choice: Choice = { chosen: new Set([DEFAULT_WORKLOAD]), repeats: String(DEFAULT_REPEATS) };
  #language: Language = preferredLanguage(navigator.languages ?? [navigator.language]);
  #screen: Screen = { at: "loading" };
  #config: { readonly value: DeviceConfig; readonly atMs: number } | null = null;
  #earlier: DeviceRun | undefined;
  #progress: { screen: RunScreen; last: DeviceProgress | null } | null = null;

  async open(): Promise<void> {
    this.#show({ at: "loading" });
    if (!canMeasure()) return this.#show({ at: "no-workers" });
    addEventListener("pagehide", () => {
      if (this.#screen.at === "running") this.#keeper.leave();
    });
    try {
      const response = await fetch("/device.json", { cache: "no-store", credentials: "omit" });
      this.#config = { value: parseDeviceConfig(await response.json()), atMs: performance.now() };
    } catch {
      return this.#show({ at: "no-service" });
    }
    this.#earlier = this.#keeper.take();
    this.#show({ at: "start" });
  }

  async #measure(workloads: readonly DeviceWorkload[], repeats: number): Promise<void> {
    const { value: config, atMs } = this.#config!;
    const stop = new AbortController();
    const { awake, release } = await keepAwake();
    this.#show({ at: "running", workloads, repeats, awake, stop });
    const clock = setInterval(() => this.#progress?.screen.tick(), 1_000);
    const run = await runDevice(
      {
        startWorker: startDeviceWorker,
        now: () => performance.now(),
        wasHidden: this.#wasHidden,
        battery: batteryLevel,
        keep: (grown) => this.#keeper.keep(grown),
      },
      {
        runId: toHex(crypto.getRandomValues(new Uint8Array(16))),
        startedAt: config.now + Math.floor((performance.now() - atMs) / 1_000),
        code: config.code,
        engine: config.engine,
        calibration: config.calibration,
        ...(await describeDevice(navigator as BrowserTells)),
        workloads,
        repeats,
      },
      {
        signal: stop.signal,
        onProgress: (progress) => {
          if (this.#progress === null) return;
          this.#progress.last = progress;
          this.#progress.screen.show(progress);
        },
      },
    );
    clearInterval(clock);
    release();
    this.#show({ at: "result", run });
  }

  #show(screen: Screen): void {
    this.#screen = screen;
    this.#draw();
    scrollTo(0, 0);
    // Whoever cannot see is told of the new screen by its heading.
    if (screen.at !== "loading") this.#root.querySelector("h1")?.focus();
  }

  #speak(language: Language): void {
    this.#language = language;
    this.#draw();
    this.#root.querySelector<HTMLElement>(`button[lang=${language}]`)?.focus();
  }

  #draw(): void {
    const words = WORDS[this.#language];
    const { title, body } = this.#content();
    document.documentElement.lang = this.#language;
    document.title = title;
    this.#root.replaceChildren(
      h(
        "header",
        {},
        h(
          "nav",
          { "aria-label": words.language },
          ...LANGUAGES.map(({ code, name }) =>
            h(
              "button",
              {
                type: "button",
                lang: code,
                "aria-pressed": String(code === this.#language),
                click: () => this.#speak(code),
              },
              name,
            ),
          ),
        ),
      ),
      h("main", {}, h("h1", { tabindex: -1 }, title), ...body),
    );
  }

  #content(): { readonly title: string; readonly body: readonly Node[] } {
    const screen = this.#screen;
    const words = WORDS[this.#language];
    const format = formats(this.#language);
    const last = this.#progress?.last ?? null;
    this.#progress = null;
    switch (screen.at) {
      case "loading":
        return { title: words.title, body: [h("p", {}, words.loading)] };
      case "no-workers":
        return { title: words.title, body: [h("p", { class: "notice" }, words.noWorkers)] };
      case "no-service": {
        const again = h("button", { type: "button", click: () => void this.open() }, words.tryAgain);
        return { title: words.title, body: [h("p", { class: "notice" }, words.noService), again] };
      }
      case "start": {
        const earlier = this.#earlier;
        const body = startScreen({
          words,
          config: this.#config!.value,
          choice: this.#choice,
          isSecure: isSecureContext,
          onStart: (workloads, repeats) => void this.#measure(workloads, repeats),
          earlier: earlier
            ? { show: () => this.#show({ at: "result", run: earlier }), forget: () => this.#forget() }
            : null,
        });
        return { title: words.title, body };
      }
      case "running": {
        const drawn = runScreen({ ...screen, words, format, onStop: () => screen.stop.abort() });
        this.#progress = { screen: drawn, last };
        if (last !== null) drawn.show(last);
        return { title: words.run.title, body: drawn.nodes };
      }
      case "result": {
        const body = resultScreen({
          words,
          format,
          run: screen.run,
          lines: linesOf(screen.run),
          onRecorded: () => this.#keeper.forget(),
          onAnother: () => {
            this.#earlier = this.#keeper.take();
            this.#show({ at: "start" });
          },
        });
        return { title: words.result.title, body };
      }
    }
  }

  #forget(): void {
    this.#keeper.forget();
    this.#earlier = undefined;
    this.#show({ at: "start" });
  }
}

void new Page().open();
