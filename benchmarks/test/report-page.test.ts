// The report in a real browser, on a phone's width and in both colour schemes.
//
// REPORT_SCREENSHOTS=<directory> also writes what is seen, and on a wide screen and on paper.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type AxeCore from "axe-core";
import type { Browser, Page as Tab } from "playwright-core";
import { launchChromium } from "../src/browser/chromium.ts";
import { reportPage } from "../src/report/page.ts";
import { inventedHistory } from "./support/report-history.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const PICTURE_HEIGHT = 1_800;
const screenshots = process.env.REPORT_SCREENSHOTS;
const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser: Browser;
const requests: string[] = [];

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => {
  await takePictures();
  await browser.close();
}, 600_000);

async function open(width: number, lines = inventedHistory()): Promise<Tab> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const tab = await context.newPage();
  tab.on("request", (request) => requests.push(request.url()));
  await tab.setContent(reportPage(lines));
  return tab;
}

/** The whole page, in parts that a person can look at. */
async function picture(tab: Tab, name: string): Promise<void> {
  const { width, height } = await tab.evaluate(() => ({
    width: document.documentElement.clientWidth,
    height: document.documentElement.scrollHeight,
  }));
  for (let y = 0, part = 1; y < height; y += PICTURE_HEIGHT, part++) {
    const clip = { x: 0, y, width, height: Math.min(PICTURE_HEIGHT, height - y) };
    const file = join(screenshots!, `${name}-${String(part).padStart(2, "0")}.png`);
    await writeFile(file, await tab.screenshot({ fullPage: true, clip }));
  }
}

async function takePictures(): Promise<void> {
  if (screenshots === undefined) return;
  await mkdir(screenshots, { recursive: true });
  const wide = await open(1_200);
  await picture(wide, "wide-light");
  await wide.emulateMedia({ colorScheme: "dark" });
  await picture(wide, "wide-dark");
  await wide.emulateMedia({ media: "print", colorScheme: "dark" });
  await wide.setViewportSize({ width: 720, height: 1_000 });
  await picture(wide, "print");
  const phone = await open(360);
  await picture(phone, "phone-light");
  await phone.emulateMedia({ colorScheme: "dark" });
  await picture(phone, "phone-dark");
  await picture(await open(360, []), "empty");
  await picture(await open(360, inventedHistory().slice(-1)), "one-line");
}

/** A part of everything: axe takes long over a hundred charts alike. */
const PART = inventedHistory().filter(
  ({ code, environment: { kind, limits } }, i) =>
    kind === "device" ||
    (code.version !== "0.1.0" && ((kind === "chromium" && limits?.cpuShare === 0.25) || i % 20 === 0)),
);

/** What axe finds, and elements that make the page wider than the screen. */
async function faultsOf(
  tab: Tab,
  runOnly: AxeCore.RunOnly = { type: "tag", values: TAGS },
): Promise<string[]> {
  if (!(await tab.evaluate(() => "axe" in globalThis))) await tab.evaluate(axeSource);
  return tab.evaluate(async (runOnly) => {
    const { axe } = globalThis as unknown as { axe: typeof AxeCore };
    const { violations } = await axe.run(document, {
      runOnly,
      resultTypes: ["violations"],
    });
    const { scrollWidth, clientWidth } = document.documentElement;
    return [
      ...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`)),
      ...(scrollWidth > clientWidth ? [`${scrollWidth} px wide on ${clientWidth}`] : []),
    ];
  }, runOnly);
}

describe("the report in a browser", () => {
  test("is 360 px wide and axe clean in both schemes with everything unfolded, and asks for nothing", async () => {
    const tab = await open(360, PART);
    await tab.evaluate(() => {
      for (const each of document.querySelectorAll("details")) each.open = true;
    });
    expect(await faultsOf(tab)).toEqual([]);
    await tab.emulateMedia({ colorScheme: "dark" });
    // Schemes differ in colours alone.
    expect(await faultsOf(tab, { type: "rule", values: ["color-contrast"] })).toEqual([]);
    expect(requests).toEqual([]);
    // The policy holds in a browser as well: what somebody planted does not run, and fetches nothing.
    const refused = await tab.evaluate(async () => {
      const found: string[] = [];
      const two = new Promise<void>((resolve) => {
        document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
          if (found.push(effectiveDirective) === 2) resolve();
        });
      });
      const script = document.createElement("script");
      script.textContent = "document.title = 'ran'";
      const image = document.createElement("img");
      image.src = "http://127.0.0.1:9/planted.png";
      document.head.append(script);
      document.body.append(image);
      await two;
      return [...found.sort(), document.title];
    });
    expect(refused).toEqual(["img-src", "script-src-elem", "What a proof takes: commune-zk"]);
  });

  test("the control: what is too wide, and what axe finds, is seen", async () => {
    const tab = await open(360, []);
    await tab.emulateMedia({ colorScheme: "dark" });
    await tab.evaluate(() => {
      const planted = document.createElement("img");
      planted.style.width = "500px";
      document.querySelector("main")!.append(planted);
      document.querySelector("p")!.style.color = "#333333";
    });
    expect(await faultsOf(tab, { type: "rule", values: ["color-contrast"] })).toHaveLength(2);
    expect((await faultsOf(tab)).join("\n")).toMatch(/image-alt.*px wide on 360/s);
  });
});
