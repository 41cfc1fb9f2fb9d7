// The device page in a real browser, 360 px wide, with real proofs and the real collecting service. Only the ten
// seconds of calibration are shorter: the service says how long they are.
//
// DEVICE_SCREENSHOTS=<directory> also writes what is seen.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page as Tab } from "playwright-core";
import { axeFaults, layoutFaults } from "../../booth/test/support/accessibility.ts";
import { sideBySide } from "../../booth/test/support/png.ts";
import { pressOn } from "../../booth/test/support/press.ts";
import { WORDS } from "../pages/device/words/speak.ts";
import type { Language, Words } from "../pages/device/words/words.ts";
import { bundle } from "../src/browser/bundle.ts";
import { launchChromium } from "../src/browser/chromium.ts";
import { makeOffer } from "../src/collect/offer.ts";
import { type RunningCollector, startCollector } from "../src/collect/server.ts";
import { engineNamed } from "../src/harness/engines.ts";
import { appendHistory, readHistory } from "../src/results/history.ts";
import { type MeasurementLine, parseMeasurement, type Workload } from "../src/results/schema.ts";
import { keys } from "./support/keys.ts";

const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  isMobile: true,
  hasTouch: true,
  locale: "en-GB",
  reducedMotion: "reduce",
};
const PATIENCE_MS = 120_000;
const { en, es } = WORDS;
const engine = engineNamed("@commune-zk/prover");

const screenshots = process.env.DEVICE_SCREENSHOTS;

let directory: string;
let out: string;
let service: RunningCollector;
let origin: string;
let browser: Browser;
/** Added to the service's clock. */
let clockSeconds = 0;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "commune-device-"));
  out = join(directory, "devices.jsonl");
  const pageFolder = fileURLToPath(new URL("../pages/device", import.meta.url));
  const [page, offer, started] = await Promise.all([
    bundle(pageFolder, join(directory, "page")),
    makeOffer(["ballot-compact-20", "semaphore-10"], { keys, engine: engine.name }),
    launchChromium(),
  ]);
  browser = started;
  service = await startCollector(
    {
      page,
      offer,
      code: { version: "0.1.0", commit: null, modified: true },
      engine: { name: engine.name, version: engine.version },
      calibration: { sliceMs: 30, slices: 3 },
      say: () => undefined,
      log: { append: (lines) => appendHistory(out, lines) },
      known: [],
      now: () => Math.floor(Date.now() / 1_000) + clockSeconds,
    },
    { port: 0 },
  );
  origin = `http://127.0.0.1:${service.port}`;
}, 120_000);

afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});

afterAll(async () => {
  await browser?.close();
  await service?.close();
  await rm(directory, { recursive: true, force: true });
});

/** A tab, and everything it did that it should not have. */
interface Watched {
  readonly tab: Tab;
  readonly context: BrowserContext;
  readonly faults: string[];
}

async function open(options: BrowserContextOptions = {}, at = origin): Promise<Watched> {
  const context = await browser.newContext({ ...PHONE, ...options });
  contexts.push(context);
  context.setDefaultTimeout(PATIENCE_MS);
  const faults: string[] = [];
  context.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(`${at}/`)) {
      faults.push(`request to ${request.url()}`);
    }
  });
  const tab = await context.newPage();
  await tab.addInitScript(() => {
    const violations: string[] = [];
    addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
    Object.assign(globalThis, { violations });
  });
  tab.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  await tab.goto(`${at}/`);
  return { tab, context, faults };
}

const heading = (tab: Tab, name: string) => tab.getByRole("heading", { level: 1, name });
const button = (tab: Tab, name: string) => tab.getByRole("button", { name, exact: true });

/** Leaves a checkbox as it should be: by a key where the tab has stopped drawing, as {@link pressOn} does. */
async function set(checkbox: Locator, isChecked: boolean): Promise<void> {
  await checkbox.waitFor();
  if ((await checkbox.isChecked()) !== isChecked) await pressOn(checkbox, "Space");
  expect(await checkbox.isChecked()).toBe(isChecked);
}

/** Fills in the form and starts. */
async function start(tab: Tab, workload: Workload, repeats: number, words: Words = en): Promise<void> {
  await heading(tab, words.title).waitFor();
  await set(tab.getByRole("checkbox", { name: words.workloads["ballot-compact-20"] }), false);
  await set(tab.getByRole("checkbox", { name: words.workloads[workload] }), true);
  await tab.getByLabel(words.start.repeats).fill(String(repeats));
  await pressOn(button(tab, words.start.start));
  await heading(tab, words.run.title).waitFor();
}

/** The lines that the page shows, as it would send them. */
async function shownLines(tab: Tab): Promise<MeasurementLine[]> {
  const text = await tab.locator("pre").textContent();
  return (JSON.parse(text!) as unknown[]).map((line) => parseMeasurement(line));
}

const violationsOf = (tab: Tab): Promise<string[]> =>
  tab.evaluate(() => (globalThis as unknown as { violations: string[] }).violations);

/** The whole page, where pictures are wanted. */
async function picture(tab: Tab): Promise<Uint8Array | null> {
  if (screenshots === undefined) return null;
  return tab.screenshot({ fullPage: true, animations: "disabled", caret: "hide" });
}

async function keep(name: string, ...pictures: readonly (Uint8Array | null)[]): Promise<void> {
  const taken = pictures.filter((each) => each !== null);
  if (screenshots === undefined || taken.length === 0) return;
  await mkdir(screenshots, { recursive: true });
  await writeFile(join(screenshots, `${name}.png`), sideBySide(taken));
}

/** Every name in a value, with where it stands; places in lists are one place. */
function fieldsOf(value: unknown, place = ""): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((part) => fieldsOf(part, `${place}[]`)))];
  if (typeof value !== "object" || value === null) return [place];
  return Object.entries(value).flatMap(([name, part]) =>
    fieldsOf(part, place === "" ? name : `${place}.${name}`),
  );
}

describe("a phone", () => {
  test("measures, says it in words, sends what it shows once it may, and nothing else", async () => {
    const { tab, context, faults } = await open();
    await heading(tab, en.title).waitFor();
    expect(await tab.getByRole("checkbox", { checked: true }).count()).toBe(1);
    expect(await tab.getByLabel(en.start.repeats).inputValue()).toBe("10");
    const first = await picture(tab);
    await start(tab, "ballot-compact-20", 2);
    const running = await picture(tab);
    await heading(tab, en.result.title).waitFor();
    expect(await violationsOf(tab)).toEqual([]);
    await tab.getByText(/^This phone makes a ballot in [\d.]+ s\.$/).waitFor();
    await tab.getByText(/^The last of 2 took/).waitFor();
    expect(await tab.getByText(en.result.incomplete).count()).toBe(0);

    const text = (await tab.locator("pre").textContent())!;
    const lines = await shownLines(tab);
    expect(lines.map(({ start: kind, status, samples }) => [kind, status, samples.length])).toEqual([
      ["cold", "complete", 1],
      ["warm", "complete", 2],
    ]);
    const [cold] = lines;
    expect(cold!.samples[0]!.downloadedBytes).toBeGreaterThan(6_000_000);
    expect(cold!.calibration!.scores).toHaveLength(3);
    expect(new Set(fieldsOf(lines))).toEqual(new Set(FIELDS));
    const agent = await tab.evaluate(() => [navigator.userAgent, navigator.language, navigator.platform]);
    for (const told of [...agent, Intl.DateTimeFormat().resolvedOptions().timeZone]) {
      expect(text).not.toContain(told);
    }

    // Not before it may.
    const posts: string[] = [];
    context.on("request", (request) => {
      if (request.method() === "POST") posts.push(request.postData()!);
    });
    await pressOn(button(tab, en.result.post));
    await tab.getByText(en.result.consentMissing).waitFor();
    expect(posts).toEqual([]);
    await set(tab.getByLabel(en.result.consent), true);

    await context.setOffline(true);
    await pressOn(button(tab, en.result.post));
    await tab.getByText(en.result.unreachable).waitFor();
    await context.setOffline(false);

    // A refusal is shown with its reason.
    clockSeconds = -86_400;
    await pressOn(button(tab, en.result.post));
    await tab.getByText(/^The service refused it: line 1: startedAt: in the future$/).waitFor();
    clockSeconds = 0;
    expect(await readHistory(out)).toEqual([]);

    await pressOn(button(tab, en.result.post));
    await tab.getByText(en.result.recorded).waitFor();
    expect(posts).toEqual([text, text, text]);
    expect(await readHistory(out)).toEqual(lines);
    // What was sent is not kept.
    expect(await tab.evaluate(() => localStorage.length)).toBe(0);
    expect(faults).toEqual([]);
    await keep("english", first, running, await picture(tab));

    const download = tab.waitForEvent("download");
    await pressOn(button(tab, en.result.save));
    expect(await readFile(await (await download).path(), "utf8")).toBe(text);
  }, 240_000);

  test("that is stopped ends at once and keeps what it measured; a reload offers what it had", async () => {
    const { tab } = await open();
    await start(tab, "semaphore-10", 30);
    await tab.getByText(/repeat ([2-9]|\d\d) of 30/).waitFor();
    expect(tab.workers().length).toBeGreaterThan(0);

    // Gone in the middle, and back.
    await tab.reload();
    await tab.getByRole("heading", { name: en.start.earlierTitle }).waitFor();
    await pressOn(button(tab, en.start.earlierShow));
    await tab.getByText(en.result.incomplete).waitFor();
    const kept = await shownLines(tab);
    expect(kept.map(({ start: kind, status, failures }) => [kind, status, failures])).toEqual([
      ["cold", "complete", []],
      ["warm", "incomplete", [{ reason: "stopped", count: 1 }]],
    ]);
    expect(kept[1]!.samples.length).toBeGreaterThanOrEqual(1);
    await pressOn(button(tab, en.result.another));
    await pressOn(button(tab, en.start.earlierForget));
    expect(await tab.getByRole("heading", { name: en.start.earlierTitle }).count()).toBe(0);

    await start(tab, "semaphore-10", 30);
    await tab.getByText(/repeat [1-9]\d? of 30/).waitFor();
    const [worker] = tab.workers();
    const gone = new Promise((resolve) => worker!.once("close", resolve));
    await pressOn(button(tab, en.run.stop));
    await heading(tab, en.result.title).waitFor({ timeout: 2_000 });
    await gone;
    expect(tab.workers()).toEqual([]);
    await tab.getByText(en.result.incomplete).waitFor();
    expect((await shownLines(tab)).at(-1)).toMatchObject({
      start: "warm",
      status: "incomplete",
      failures: [{ reason: "stopped", count: 1 }],
    });
    await set(tab.getByLabel(en.result.consent), true);
    await pressOn(button(tab, en.result.post));
    await tab.getByText(en.result.recorded).waitFor();
  }, 240_000);

  test("on plain http, where browsers hold much back, measures without what they do not tell", async () => {
    // Through the service as a proxy, so that the page's address is no loopback one, on any machine.
    const insecure = "http://phones.example";
    const { tab, faults } = await open(
      { proxy: { server: origin }, locale: "es-ES", colorScheme: "dark" },
      insecure,
    );
    await heading(tab, es.title).waitFor();
    const held = () => [isSecureContext, typeof crypto.subtle, "wakeLock" in navigator];
    expect(await tab.evaluate(held)).toEqual([false, "undefined", false]);
    await tab.getByText(es.start.insecure).waitFor();
    const first = await picture(tab);
    await start(tab, "semaphore-10", 1, es);
    await tab.getByText(es.run.notAwake, { exact: false }).waitFor();
    await tab.getByText(/^Este teléfono prueba que eres miembro en [\d,]+ s\.$/).waitFor();
    const lines = await shownLines(tab);
    expect(lines).toHaveLength(2);
    for (const { machine, battery, environment } of lines) {
      expect(machine).toMatchObject({ model: null, system: null, memoryMiB: null });
      expect(battery).toBeNull();
      expect(environment.runtime).toMatch(/^Chrome \d+$/);
    }
    await keep("spanish-http", first, await picture(tab));
    await set(tab.getByLabel(es.result.consent), true);
    await pressOn(button(tab, es.result.post));
    await tab.getByText(es.result.recorded).waitFor();
    expect(faults).toEqual([]);
  }, 240_000);

  test("whose browser ends the work is told so, and has no time to show", async () => {
    const { tab, context } = await open();
    await context.route(/assets\/worker-/, (route) => route.abort());
    await start(tab, "semaphore-10", 1);
    await tab.getByText(`This phone could not do it: ${en.result.reasons.crashed}.`).waitFor();
    expect(await tab.getByText(/proves membership in/).count()).toBe(0);
    expect(await shownLines(tab)).toMatchObject([
      { samples: [], failures: [{ reason: "crashed", count: 1 }], calibration: null },
    ]);
  }, 120_000);

  test("says what is wrong with the form before anything begins", async () => {
    const { tab } = await open();
    await heading(tab, en.title).waitFor();
    const focused = () => tab.evaluate(() => document.activeElement!.getAttribute("aria-invalid"));
    for (const wrong of ["0", "31", "2.5", "-1", "ten", ""]) {
      await tab.getByLabel(en.start.repeats).fill(wrong);
      await pressOn(button(tab, en.start.start));
      await tab.getByText("Enter a whole number from 1 to 30.").waitFor();
      expect(await focused()).toBe("true");
    }
    await tab.getByLabel(en.start.repeats).fill("1");
    await set(tab.getByRole("checkbox", { name: en.workloads["ballot-compact-20"] }), false);
    await pressOn(button(tab, en.start.start));
    await tab.getByText(en.start.none).waitFor();
    expect(await focused()).toBe("true");
  }, 60_000);
});

describe("every screen", () => {
  test("in both languages and colour schemes: axe clean, nothing cut off, targets large enough", async () => {
    const { tab } = await open();
    const found: string[] = [];
    /** Axe in one language and scheme, and in the other at the next look: they share colours and elements. */
    const look = async (name: string, byAxe: Language): Promise<void> => {
      for (const [language, colorScheme] of [
        ["es", "dark"],
        ["en", "light"],
      ] as const) {
        await pressOn(tab.locator(`button[lang=${language}]`));
        await tab.emulateMedia({ colorScheme });
        expect(await tab.evaluate(() => document.documentElement.lang)).toBe(language);
        // The focus stays on what was pressed, though everything is drawn anew.
        expect(await tab.evaluate(() => document.activeElement!.getAttribute("lang"))).toBe(language);
        const seen = [...(language === byAxe ? await axeFaults(tab) : []), ...(await layoutFaults(tab))];
        found.push(...seen.map((fault) => `${name}, ${language}: ${fault}`));
      }
    };
    await heading(tab, en.title).waitFor();
    await look("start", "en");
    await start(tab, "semaphore-10", 30);
    await tab.getByText(/repeat [1-9]/).waitFor();
    await look("running", "es");
    await pressOn(button(tab, en.run.stop));
    await heading(tab, en.result.title).waitFor();
    await tab.getByText(en.result.details).click();
    await look("result", "es");
    await pressOn(button(tab, en.result.another));
    await tab.getByRole("heading", { name: en.start.earlierTitle }).waitFor();
    await look("earlier", "en");
    expect(found).toEqual([]);
  }, 240_000);

  test("the control: axe and the layout check find what is planted", async () => {
    const { tab } = await open();
    await heading(tab, en.title).waitFor();
    await tab.evaluate(() => {
      const planted = document.createElement("button");
      planted.style.setProperty("width", "500px");
      planted.style.setProperty("min-height", "10px");
      planted.style.setProperty("padding", "0");
      document.querySelector("main")!.append(planted);
    });
    const found = [...(await axeFaults(tab)), ...(await layoutFaults(tab))].join();
    expect(found).toMatch(/button-name/);
    expect(found).toMatch(/px wide on 360/);
    expect(found).toMatch(/500×\d/);
  }, 60_000);

  test("speaks both languages in full, with the same gaps", () => {
    const gaps = (value: unknown, place = ""): string[] =>
      typeof value === "string"
        ? [
            `${place}: ${[...value.matchAll(/\{\w+\}/g)]
              .map(([gap]) => gap)
              .sort()
              .join(" ")}`,
          ]
        : Object.entries(value as object).flatMap(([name, part]) => gaps(part, `${place}.${name}`));
    expect(gaps(WORDS.es)).toEqual(gaps(WORDS.en));
    const sentences = (value: unknown): string[] =>
      typeof value === "string" ? [value] : Object.values(value as object).flatMap(sentences);
    const same = sentences(WORDS.en).filter((sentence, i) => sentences(WORDS.es)[i] === sentence);
    expect(same).toEqual(["{seconds} s"]);
  });
});

/** Everything that a phone says. Whoever adds a field here asks for consent to it, on the page and in the docs. */
const FIELDS = [
  "type",
  "runId",
  "startedAt",
  "status",
  "code.version",
  "code.commit",
  "code.modified",
  "machine.model",
  "machine.system",
  "machine.cores",
  "machine.memoryMiB",
  "environment.kind",
  "environment.runtime",
  "environment.limits",
  "workload",
  "engine.name",
  "engine.version",
  "artifacts.wasm",
  "artifacts.provingKey",
  "start",
  "samples[].atMs",
  "samples[].totalMs",
  "samples[].phasesMs.load",
  "samples[].phasesMs.witness",
  "samples[].phasesMs.proof",
  "samples[].peakMemoryBytes",
  "samples[].downloadedBytes",
  "calibration.kernel",
  "calibration.scores[]",
  "battery.before",
  "battery.after",
  "battery.charging",
].map((field) => `[].${field}`);
