// The browser's storage, in a browser.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, BrowserContext, Page as Tab } from "playwright-core";
import { bundle } from "../../../benchmarks/src/browser/bundle.ts";
import { launchChromium } from "../../../benchmarks/src/browser/chromium.ts";
import { type RunningSite, serve } from "../../../benchmarks/src/browser/static-site.ts";
import type { StoragePage } from "./page/page.ts";
import { STORAGE_CASES } from "./suite.ts";

let directory: string;
let site: RunningSite;
let browser: Browser;
let context: BrowserContext;
let tab: Tab;

beforeAll(async () => {
  const builds = fileURLToPath(new URL("../../../build", import.meta.url));
  await mkdir(builds, { recursive: true });
  directory = await mkdtemp(join(builds, "storage-test-"));
  const pages = await bundle(fileURLToPath(new URL("page", import.meta.url)), directory);
  site = await serve(new Map(pages));
  browser = await launchChromium();
  context = await browser.newContext();
  tab = await open();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await site?.close();
  await rm(directory, { recursive: true, force: true });
});

async function open(): Promise<Tab> {
  const page = await context.newPage();
  await page.goto(`${site.origin}/index.html`);
  await page.waitForFunction(() => "storagePage" in globalThis, undefined, { polling: 100 });
  return page;
}

test.each(Object.keys(STORAGE_CASES))("storage in the browser %s", async (name) => {
  const fault = await tab.evaluate(
    (own) => (globalThis as unknown as { storagePage: StoragePage }).storagePage.run(own),
    name,
  );
  expect(fault).toBeNull();
});

const inPage = <T>(page: Tab, call: keyof StoragePage, ...args: string[]): Promise<T> =>
  page.evaluate(
    ([name, given]) => {
      const { storagePage } = globalThis as unknown as {
        storagePage: Record<string, (...own: string[]) => Promise<unknown>>;
      };
      return storagePage[name]!(...given) as Promise<never>;
    },
    [call, args] as const,
  );

test("what a tab wrote another one reads, and cannot take its place", async () => {
  expect(await inPage(tab, "write", "shared", "a", "first")).toBe(true);
  const other = await open();
  expect(await inPage(other, "write", "shared", "a", "second")).toBe(false);
  expect(await inPage(other, "read", "shared", "a")).toBe("first");
  await other.close();
});

test("what was written outlives the page", async () => {
  const page = await open();
  await inPage(page, "write", "kept", "a", "note");
  await page.reload();
  await page.waitForFunction(() => "storagePage" in globalThis, undefined, { polling: 100 });
  expect(await inPage(page, "read", "kept", "a")).toBe("note");
  await page.close();
});

test("a page of an older form gives way, and says that it can store no more", async () => {
  expect(await inPage(tab, "readAfterTakeover", "old")).toBe("storage-failed");
});

test("a browser that stores nothing says so", async () => {
  const page = await open();
  const code = await page.evaluate(async () => {
    indexedDB.open = () => {
      throw new DOMException("no", "SecurityError");
    };
    const { storagePage } = globalThis as unknown as { storagePage: StoragePage };
    return storagePage.read("none", "a").then(
      () => "read",
      (error: { code?: string }) => error.code,
    );
  });
  expect(code).toBe("storage-failed");
  await page.close();
});
