// The examples as a newcomer runs them, and the packed prover as an integrator has it: in a project outside of this
// repository, in plain Node and in a real browser, bundled by three bundlers that are told nothing.
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import {
  checkProof,
  checkStatement,
  createVerifier,
  membershipVerifier,
  parseManifest,
  parseSemaphoreManifest,
  parseSubmission,
  utf8,
  validatePoll,
  validateSnapshot,
  verificationKeyOf,
  verifySignIn,
} from "@commune-zk/prover";
import { directoryArtifactSource, semaphorePackageDirectory } from "@commune-zk/prover/node";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, BrowserContextOptions, Page as Tab } from "playwright-core";
import { launchChromium } from "../../benchmarks/src/browser/chromium.ts";
import { axeFaults, layoutFaults } from "../../booth/test/support/accessibility.ts";
import { pressOn } from "../../booth/test/support/press.ts";
import { makeProject, type Project, run, runAsTold, type Served, serveFolder } from "./project.ts";

const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  isMobile: true,
  hasTouch: true,
  locale: "en-GB",
};

/** Bundlers and browsers share a busy machine with the other tests; each command within has a minute. */
const PATIENCE_MS = 120_000;

const repository = (path: string): string => join(REPOSITORY_ROOT, path);
const manifest = parseManifest(await readFile(repository("keys/artifacts/manifest.json")));
const artifacts = directoryArtifactSource(repository("keys/artifacts"));
const membership = membershipVerifier(
  directoryArtifactSource(semaphorePackageDirectory()),
  parseSemaphoreManifest(await readFile(repository("keys/semaphore.json"))),
);

let project: Project;
let browser: Browser;

beforeAll(async () => {
  [project, browser] = await Promise.all([makeProject(), launchChromium()]);
}, PATIENCE_MS);

/** Ends what the test at hand has started. */
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

afterAll(async () => {
  await browser?.close();
  await project?.remove();
});

describe("the tarball that npm packs", () => {
  test("has every file that its package.json names, the licence, and a description", async () => {
    const { exports } = JSON.parse(await readFile(join(project.prover, "package.json"), "utf8")) as {
      readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
    };
    const named = Object.values(exports).flatMap((conditions) => Object.values(conditions));
    expect(named).toContain("./dist/index.js");
    const packed = new Set(project.packed.map((path) => `./${path}`));
    expect(named.filter((path) => !packed.has(path))).toEqual([]);
    // What nodeThreads starts is named nowhere else.
    expect([...packed]).toEqual(expect.arrayContaining(["./dist/node/thread-worker.js", "./README.md"]));
    expect(await readFile(join(project.prover, "LICENSE"), "utf8")).toBe(
      await readFile(repository("LICENSE"), "utf8"),
    );
  });

  test("has nothing else: no tests, and no module whose source is gone", () => {
    const modules = project.packed.filter((path) => /^(src|dist)\/.*\.ts$|^dist\/.*\.js$/.test(path));
    const rest = project.packed.filter((path) => !modules.includes(path));
    expect(rest.sort()).toEqual(["LICENSE", "README.md", "package.json"]);
    expect(project.packed.filter((path) => /(^|[/.])tests?[/.]/.test(path))).toEqual([]);
    const nameOf = (path: string): string => path.replace(/^(src|dist)\//, "").replace(/(\.d)?\.[jt]s$/, "");
    const sources = new Set(modules.filter((path) => path.startsWith("src/")).map(nameOf));
    expect(modules.filter((path) => !sources.has(nameOf(path)))).toEqual([]);
  });
});

test(
  "the Node script proves and verifies a sign-in, and ends by itself",
  async () => {
    const { stdout, stderr } = await run(project, process.execPath, "examples/node/sign-in.mjs");
    expect(stdout.split("\n")).toEqual([
      "step 1 of 2: witness",
      "step 2 of 2: proof",
      expect.stringMatching(/^One of 5 members has signed in\./),
      "",
    ]);
    expect(stderr).toBe("");
  },
  PATIENCE_MS,
);

/** A tab, what it did that it should not have, and how many parts of sums its threads have computed. */
interface Watched {
  readonly tab: Tab;
  readonly faults: string[];
  sums(): Promise<number>;
}

interface WatchedGlobals {
  readonly violations: string[];
  sums: number;
}

async function open({ origin }: Served, path = "/"): Promise<Watched> {
  const context = await browser.newContext(PHONE);
  context.setDefaultTimeout(PATIENCE_MS / 2);
  endings.push(() => context.close());
  const faults: string[] = [];
  context.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`) && request.url() !== "data:,") faults.push(request.url());
  });
  context.on("console", (message) => faults.push(`${message.type()}: ${message.text()}`));
  context.on("weberror", (error) => faults.push(`error: ${error.error().message}`));
  const tab = await context.newPage();
  await tab.addInitScript(() => {
    const watched: WatchedGlobals = Object.assign(globalThis, { violations: [], sums: 0 });
    addEventListener("securitypolicyviolation", (event) => watched.violations.push(event.effectiveDirective));
    // As many threads on every machine.
    Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 });
    globalThis.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        this.addEventListener("message", ({ data }) => {
          if (data.kind === "sum") watched.sums++;
        });
      }
    };
  });
  const response = await tab.goto(`${origin}${path}`);
  expect(response!.headers()["content-security-policy"]).toContain("script-src 'self' 'wasm-unsafe-eval';");
  expect(await tab.evaluate(() => crossOriginIsolated)).toBe(true);
  return { tab, faults, sums: () => tab.evaluate(() => (globalThis as unknown as WatchedGlobals).sums) };
}

const button = (tab: Tab, name: string) => tab.getByRole("button", { name, exact: true });
const told = (tab: Tab, words: string) => tab.getByRole("status").filter({ hasText: words }).waitFor();
const shown = async (tab: Tab, id: string): Promise<string> => (await tab.locator(`#${id}`).textContent())!;

/** What a page has said or done that it should not have, and what its policy had to forbid. */
async function faultsOf({ tab, faults }: Watched): Promise<string[]> {
  return [...faults, ...(await tab.evaluate(() => (globalThis as unknown as WatchedGlobals).violations))];
}

/** What is wrong with a page for its readers, once everything closed is opened. */
async function readersFaultsOf({ tab, faults }: Watched): Promise<string[]> {
  for (const summary of await tab.locator("summary:visible").all()) await pressOn(summary);
  const before = faults.length;
  const found = [...(await axeFaults(tab)), ...(await layoutFaults(tab))];
  // axe tries code from a string, of which the browser tells in its console.
  faults.length = before;
  return found;
}

async function served(folder: string): Promise<Served> {
  const site = await serveFolder(project, folder);
  endings.push(() => site.close());
  return site;
}

test(
  "the plain page proves a ballot by one module of esbuild's, is stopped, and says what goes wrong",
  async () => {
    await runAsTold(project, "esbuild", "plain-page");
    const page = await open(await served("examples"), "/plain-page/");
    const { tab, sums } = page;
    expect(await readersFaultsOf(page)).toEqual([]);
    await tab.getByLabel("A delivery bicycle").check();
    const start = button(tab, "Encrypt and prove my ballot");
    const files = "**/artifacts/*";

    await tab.route(files, (route) => route.fulfill({ body: "not the file that was asked for" }));
    await pressOn(start);
    await told(tab, "The server does not have the right files for the proof.");
    await tab.unroute(files);

    // A server that never answers: however slow the test is, there is something to stop.
    await tab.route(files, () => undefined);
    await pressOn(start);
    await pressOn(button(tab, "Stop"));
    await told(tab, "Stopped. Nothing was proven, and nothing was sent.");
    await tab.unroute(files);

    await pressOn(start);
    await told(tab, "Your ballot is encrypted, and proven to be a valid one.");
    expect(await sums()).toBeGreaterThan(0);
    expect(await readersFaultsOf(page)).toEqual([]);
    expect(await faultsOf(page)).toEqual([]);

    const poll = validatePoll({
      pollBytes: utf8(await shown(tab, "poll")),
      signaturesBytes: utf8(await shown(tab, "signatures")),
      manifest,
      anchor: { kind: "none" },
      allowDevelopmentKeys: true,
    });
    const { publicSignals, proof } = parseSubmission(utf8(await shown(tab, "sent")));
    expect(checkStatement(poll, publicSignals, "ballot").revision).toBe(0);
    const verifier = await createVerifier(
      await verificationKeyOf(artifacts, manifest.manifest, poll.circuit),
    );
    const read = checkProof(proof, "ballot");
    expect(await verifier.verify(publicSignals, read)).toBe(true);
    expect(await verifier.verify(publicSignals.with(0, 1n), read)).toBe(false);
  },
  PATIENCE_MS,
);

/** Has the page of examples/vite-page sign in, by two threads, and verifies here what it would send. */
async function expectSignIn(page: Watched): Promise<void> {
  const { tab, sums } = page;
  await pressOn(button(tab, "Sign in"));
  await told(tab, "Proven: you are one of the 5 members.");
  expect(await sums()).toBeGreaterThan(0);
  expect(await faultsOf(page)).toEqual([]);

  const { roll } = validateSnapshot(utf8(await shown(tab, "snapshot")), { kind: "none" });
  const { proof, ...challenge } = JSON.parse(await shown(tab, "sent"));
  expect(challenge.origin).toBe(new URL(tab.url()).origin);
  const signIn = { ...challenge, rolls: [roll], proof, verifier: membership };
  expect(await verifySignIn(signIn)).toMatchObject({ roll });
  const another = { ...signIn, nonce: "00".repeat(32) };
  await expect(verifySignIn(another)).rejects.toMatchObject({ code: "membership-other-scope" });
}

test(
  "the Vite page proves a sign-in that verifies in Node",
  async () => {
    await runAsTold(project, "vite", "vite-page");
    const page = await open(await served("examples/vite-page/dist"));
    expect(await readersFaultsOf(page)).toEqual([]);
    await expectSignIn(page);
    expect(await readersFaultsOf(page)).toEqual([]);
  },
  PATIENCE_MS,
);

describe("the same page proves a sign-in that verifies in Node", () => {
  /** What a bundler does not look at, beside the bundle in a folder's root. */
  const copyPage = async (folder: string): Promise<void> => {
    const example = (path: string): string => join(project.directory, "examples", path);
    await cp(example("vite-page/index.html"), join(project.directory, folder, "index.html"));
    await cp(example("shared/page.css"), join(project.directory, folder, "shared/page.css"));
  };

  test(
    "bundled by webpack, which is told the entry alone and misses nothing",
    async () => {
      const webpack = [
        repository("examples/test/run-webpack.mjs"),
        "examples/vite-page/page.js",
        "build/webpack",
      ];
      const { stdout } = await run(project, process.execPath, ...webpack);
      // The control: its warnings are heard, and there is one where nothing is configured.
      expect(stdout).toContain("The 'mode' option has not been set");
      expect(stdout).not.toMatch(/module not found|can't resolve/i);
      await copyPage("build/webpack");
      await expectSignIn(await open(await served("build/webpack")));
    },
    PATIENCE_MS,
  );

  test(
    "bundled by esbuild, which is told the thread's module as well",
    async () => {
      const { stderr } = await runAsTold(project, "esbuild", "vite-page");
      // The control: what it says is heard.
      expect(stderr).toContain("thread.js");
      expect(stderr).not.toContain("[WARNING]");
      await copyPage("build/esbuild");
      await expectSignIn(await open(await served("build/esbuild")));
    },
    PATIENCE_MS,
  );
});
