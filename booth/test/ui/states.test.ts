// Every look of the page in a real browser: both languages, both colour schemes, phone and desk. The states are
// those of the demo build; the way through real ones is tested elsewhere.
//
// BOOTH_SCREENSHOTS=<directory> also writes what is seen: for each look one picture, English light and dark, then
// Spanish light and dark, 360 px wide at three quarters of their size.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, BrowserContext, BrowserContextOptions, Page as Tab } from "playwright-core";
import type { BuiltSite } from "../../../benchmarks/src/browser/bundle.ts";
import { launchChromium } from "../../../benchmarks/src/browser/chromium.ts";
import type { RunningSite } from "../../../benchmarks/src/browser/static-site.ts";
import { PAGE_POLICY } from "../../../verifier/src/http/pages.ts";
import { contentSecurityPolicy, metaPolicy } from "../../policy.ts";
import type { Language } from "../../src/i18n/format.ts";
import { MESSAGES } from "../../src/i18n/index.ts";
import { axeFaults, layoutFaults } from "../support/accessibility.ts";
import { sideBySide } from "../support/png.ts";
import { pressOn } from "../support/press.ts";
import { buildBooth, serveBooth } from "../support/site.ts";
import { VISITS, type Visit } from "./visits.ts";

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };
const screenshots = process.env.BOOTH_SCREENSHOTS;
/** By look; in the order of the four contexts on the phone. */
const pictures = new Map<string, Uint8Array[]>();

let built: BuiltSite;
let site: RunningSite;
let browser: Browser;

beforeAll(async () => {
  built = await buildBooth("demo", "build/booth-demo");
  site = await serveBooth(built);
  browser = await launchChromium();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await site?.close();
  if (screenshots === undefined) return;
  await mkdir(screenshots, { recursive: true });
  for (const [name, taken] of pictures) await writeFile(join(screenshots, `${name}.png`), sideBySide(taken));
}, 300_000);

/** What a page notes of itself: directives of the policy that were broken. */
interface Noted {
  readonly violations: string[];
}

/** Of everything that was seen so far, what should not have been. */
async function allFaults({ tab, faults }: Watched): Promise<string[]> {
  const broken = await tab.evaluate(() => (globalThis as unknown as Noted).violations);
  return [...faults, ...broken.map((directive) => `policy: ${directive}`)];
}

/** A tab, and everything it did that it should not have. */
interface Watched {
  readonly context: BrowserContext;
  readonly tab: Tab;
  readonly faults: string[];
}

async function open(
  options: BrowserContextOptions,
  host: RunningSite = site,
  fragment = "#starting",
): Promise<Watched> {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Madrid", ...options });
  const faults: string[] = [];
  context.on("request", (request) => {
    if (!request.url().startsWith(`${host.origin}/`)) faults.push(`request to ${request.url()}`);
  });
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => faults.push(`error: ${error.error().message}`));
  context.on("requestfailed", (request) => faults.push(`failed: ${request.url()}`));
  const tab = await context.newPage();
  await tab.addInitScript(() => {
    const violations: string[] = [];
    addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
    Object.assign(globalThis, { violations });
  });
  await tab.goto(`${host.origin}/${fragment}`);
  await tab.locator("h1").waitFor();
  return { context, tab, faults };
}

let phone: Watched | undefined;

/** The one phone of all tests that leave nothing behind: a context costs a second. Watched anew. */
async function onPhone(language: Language = "en"): Promise<Watched> {
  phone ??= await open({ viewport: PHONE });
  await speak(phone.tab, language);
  phone.faults.length = 0;
  return phone;
}

/** The last look may have been a dialog. */
async function closeDialog(tab: Tab): Promise<void> {
  if ((await tab.locator("dialog").count()) > 0) await tab.keyboard.press("Escape");
}

async function speak(tab: Tab, language: Language): Promise<void> {
  await closeDialog(tab);
  await pressOn(tab.locator(`button[lang=${language}]`));
}

async function visit(tab: Tab, { name, state, act }: Visit): Promise<void> {
  await closeDialog(tab);
  const focused = await showState(tab, state);
  if (!focused) throw new Error(`${name}: the focus is neither on the heading nor on a faulty field`);
  await act?.(tab);
}

/**
 * Has the demo show a state, and waits until it is drawn.
 *
 * @returns whether the focus is where it belongs on a new screen.
 */
const showState = (tab: Tab, name: string): Promise<boolean> =>
  tab.evaluate(async (state) => {
    // A tab that has stopped drawing (support/press.ts) is waited for no longer than that.
    const drawn = (): Promise<void> =>
      new Promise((resolve) => {
        requestAnimationFrame(() => resolve());
        setTimeout(resolve, 2_000);
      });
    // Another screen before it: then the one asked for is new, also where the last look was much like it.
    const elsewhere = state === "loading" ? "words" : "loading";
    for (const next of [elsewhere, state]) {
      if (location.hash === `#${next}`) continue;
      const changed = new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
      location.hash = next;
      await changed;
      await drawn();
    }
    await drawn();
    return document.activeElement?.matches("h1, [aria-invalid=true]") ?? false;
  }, name);

/**
 * Half of all languages, colour schemes and widths: every pair of them occurs, and none of a look's faults needs
 * three (its layout knows no colours, its colours no words). Pictures are taken of all.
 */
const CONTEXTS = (["en", "es"] as const)
  .flatMap((language, i) =>
    (["light", "dark"] as const).flatMap((colorScheme, j) =>
      [PHONE, DESK].map((viewport, k) => ({ language, colorScheme, viewport, parity: (i + j + k) % 2 })),
    ),
  )
  .filter(({ parity }) => parity === 0 || screenshots !== undefined);

/**
 * Of those the phones are both languages and both schemes: what axe finds lies in words, in colours or in how the
 * page is built, and a desk differs from a phone in widths alone. Where pictures are taken axe looks at all.
 */
const looksByAxe = (viewport: typeof PHONE): boolean => viewport === PHONE || screenshots !== undefined;

describe("every look of the page", () => {
  test.each(CONTEXTS)(
    "$language, $colorScheme, $viewport.width px: axe clean, nothing cut off, nothing forbidden",
    async ({ language, colorScheme, viewport }) => {
      const scale = screenshots === undefined ? 1 : 0.75;
      const watched = await open({ colorScheme, viewport, deviceScaleFactor: scale });
      const { context, tab, faults } = watched;
      await speak(tab, language);
      for (const look of VISITS) {
        await visit(tab, look);
        const found = [...(looksByAxe(viewport) ? await axeFaults(tab) : []), ...(await layoutFaults(tab))];
        expect(await tab.evaluate(() => document.documentElement.lang)).toBe(language);
        faults.push(...found.map((fault) => `${look.name}: ${fault}`));
        if (screenshots !== undefined && viewport === PHONE) {
          const taken = pictures.get(look.name) ?? [];
          taken.push(await shot(tab));
          pictures.set(look.name, taken);
        }
      }
      expect(await allFaults(watched)).toEqual([]);
      await context.close();
    },
    600_000,
  );

  test("the control: axe and the layout check find what is planted", async () => {
    const watched = await open({ viewport: PHONE });
    const { context, tab } = watched;
    await visit(tab, { name: "poll", state: "poll" });
    expect(await axeFaults(tab)).toEqual([]);
    await tab.evaluate(() => {
      const button = document.createElement("button");
      button.style.width = "500px";
      button.style.minHeight = "10px";
      button.style.padding = "0";
      document.querySelector("main")?.append(button);
    });
    expect((await axeFaults(tab)).join()).toMatch(/button-name/);
    expect((await layoutFaults(tab)).join()).toMatch(/px wide on.*500×\d/);
    expect(await allFaults(watched)).toEqual([]);
    // And what breaks the policy is seen.
    await tab.evaluate(() => document.querySelector("main")?.setAttribute("style", "color: red"));
    await tab.waitForFunction(() => (globalThis as unknown as Noted).violations.length > 0, undefined, {
      polling: 100,
    });
    expect((await allFaults(watched)).join()).toMatch(/policy: style-src/);
    await context.close();
  });
});

/** The whole page, or the whole dialog, without what moves. */
async function shot(tab: Tab): Promise<Uint8Array> {
  const height = await tab.evaluate(() => {
    const dialog = document.querySelector("dialog[open]");
    return (dialog ?? document.documentElement).scrollHeight;
  });
  await tab.setViewportSize({ ...PHONE, height: Math.max(PHONE.height, height + 12) });
  const png = await tab.screenshot({ animations: "disabled", caret: "hide" });
  await tab.setViewportSize(PHONE);
  return png;
}

describe("what the page is made of", () => {
  const page = (): string => Buffer.from(built.get("/index.html")!).toString();

  test("has no script or style of its own inside, and the host's policy", () => {
    expect(page()).not.toMatch(/<style|<script(?![^>]* src=)|\sstyle=|\son\w+=|javascript:/i);
    expect(page()).toContain(`http-equiv="Content-Security-Policy" content="${metaPolicy}"`);
    expect(contentSecurityPolicy).toBe(`${metaPolicy}; frame-ancestors 'none'`);
    // The service sends the same.
    expect(PAGE_POLICY).toBe(contentSecurityPolicy);
  });

  test("names a digest for every script and style, which is theirs", async () => {
    const tags = [...page().matchAll(/<(?:script|link)[^>]*(?:src|href)="\.\/([^"]+\.(?:js|css))"[^>]*>/g)];
    const scripts = [...built.keys()].filter((path) => /^\/assets\/(?!.*worker).*\.(js|css)$/.test(path));
    expect(tags.map(([, name]) => `/${name}`).sort()).toEqual(scripts.sort());
    for (const [tag, name] of tags) {
      const digest = await crypto.subtle.digest("SHA-384", new Uint8Array(built.get(`/${name}`)!));
      expect(tag).toContain(`integrity="sha384-${Buffer.from(digest).toString("base64")}"`);
    }
  });

  test("does not start with a script that differs from its digest", async () => {
    const [script] = [...built.keys()].filter((path) => /^\/assets\/index-.*\.js$/.test(path));
    const altered = new Map(built).set(script!, Buffer.concat([built.get(script!)!, Buffer.from("\n")]));
    const other = await serveBooth(altered);
    const tab = await browser.newPage();
    const printed: string[] = [];
    tab.on("console", (message) => printed.push(message.text()));
    try {
      await tab.goto(other.origin);
      // What index.html itself says, and not one control.
      expect(await tab.locator("h1").count()).toBe(1);
      expect(await tab.locator("button").count()).toBe(0);
      expect(printed.join()).toMatch(/integrity/);
    } finally {
      await tab.close();
      await other.close();
    }
  });

  test("lists the SHA-256 of every file but the host's own", async () => {
    const listed = JSON.parse(Buffer.from(built.get("/assets.json")!).toString()) as Record<string, string>;
    const others = ["/assets.json", "/config.json"];
    const files = [...built.keys()].filter((path) => !others.includes(path));
    expect(Object.keys(listed)).toEqual(files.map((path) => path.slice(1)).sort());
    for (const [name, digest] of Object.entries(listed)) {
      const own = await crypto.subtle.digest("SHA-256", new Uint8Array(built.get(`/${name}`)!));
      expect(Buffer.from(own).toString("hex")).toBe(digest);
    }
  });
});

describe("the real build", () => {
  let real: BuiltSite;
  const hosts: RunningSite[] = [];
  beforeAll(async () => {
    real = await buildBooth("production", "build/booth-test");
  }, 120_000);

  afterAll(async () => {
    // Only where the test failed that should have closed it.
    for (const host of hosts) await host.close();
  });

  test("weighs at most 250 kB gzipped", () => {
    const weights = [...real].map(
      ([path, content]) => [path, gzipSync(content, { level: 9 }).length] as const,
    );
    const whole = weights.reduce((sum, [, weight]) => sum + weight, 0);
    console.log(`the booth: ${whole} bytes as gzip`);
    expect(whole).toBeGreaterThan(50_000);
    expect(whole).toBeLessThanOrEqual(250_000);
  });

  test("holds nothing of the demo", () => {
    const text = [...real.values()].map((content) => Buffer.from(content).toString()).join("\n");
    expect(text).not.toMatch(/five-valleys|mill roof/i);
    // The control: the demo does.
    const demo = [...built.values()].map((content) => Buffer.from(content).toString()).join("\n");
    expect(demo).toMatch(/five-valleys/);
    expect(text).toContain(MESSAGES.es.welcome.title);
  });

  test("starts under the policy, and again without a network, from a shell and nothing else", async () => {
    const host = await serveBooth(real);
    hosts.push(host);
    const watched = await open({}, host);
    const { context, tab } = watched;
    const welcome = tab.getByRole("heading", { name: MESSAGES.en.welcome.title });
    await welcome.waitFor();
    await tab.evaluate(() => navigator.serviceWorker.ready);
    const kept = await tab.evaluate(async () => {
      const names = await caches.keys();
      const cache = await caches.open(names[0]!);
      return { caches: names.length, urls: (await cache.keys()).map(({ url }) => new URL(url).pathname) };
    });
    const own = ["/index.html", "/sw.js", "/assets.json", "/config.json"];
    const shell = [...real.keys()].filter((path) => !own.includes(path)).sort();
    expect(kept).toEqual({ caches: 1, urls: ["/", ...shell, "/config.json"] });
    expect(await allFaults(watched)).toEqual([]);
    await hosts.pop()?.close();
    await tab.reload();
    await welcome.waitFor();
    await context.close();
  });

  test("runs no module that differs from its digest, of those either that it loads after its first screen", async () => {
    const page = Buffer.from(real.get("/index.html")!).toString();
    const later = page.match(/<template id="later-modules">([\s\S]*)<\/template>/)?.[1] ?? "";
    const altered = new Map(real);
    for (const [, name] of later.matchAll(/href="\.\/(assets\/browser-booth[^"]+)"/g)) {
      altered.set(`/${name}`, Buffer.concat([real.get(`/${name}`)!, Buffer.from("\n")]));
    }
    expect(altered).not.toEqual(real);
    const host = await serveBooth(altered);
    const tab = await browser.newPage();
    try {
      const refusal = tab.waitForEvent("console", (message) => /integrity/.test(message.text()));
      await tab.goto(host.origin);
      await refusal;
      await tab.getByRole("heading", { name: MESSAGES.en.refused.title }).waitFor();
    } finally {
      await tab.close();
      await host.close();
    }
  });

  test("makes and unlocks an identity in its worker, under the policy", async () => {
    const host = await serveBooth(real);
    hosts.push(host);
    const watched = await open({ viewport: PHONE }, host);
    const { context, tab } = watched;
    const { welcome, create, keep, words, app, locked, membership } = MESSAGES.en;
    const button = (name: string) => tab.getByRole("button", { name });
    await pressOn(button(welcome.first));
    await tab.getByLabel(keep.choose, { exact: true }).fill("a passphrase of a test");
    await tab.getByLabel(keep.repeat).fill("a passphrase of a test");
    await pressOn(button(create.submit));
    await tab.getByRole("heading", { name: words.title }).waitFor();
    await pressOn(button(words.show));
    expect(await tab.locator(".word-list li").count()).toBe(24);
    await pressOn(button(words.written));
    await tab.getByRole("heading", { name: membership.noneTitle }).waitFor();
    await pressOn(button(app.lock));
    await tab.getByLabel(locked.passphrase).fill("another passphrase");
    await pressOn(button(locked.unlock));
    await tab.getByText(locked.wrong).waitFor();
    await tab.getByLabel(locked.passphrase).fill("a passphrase of a test");
    await pressOn(button(locked.unlock));
    await tab.getByRole("heading", { name: membership.noneTitle }).waitFor();
    expect(await allFaults(watched)).toEqual([]);
    await context.close();
    await hosts.pop()?.close();
  }, 120_000);

  test("takes a link out of the address bar, and says what is wrong with a bad one", async () => {
    const host = await serveBooth(real);
    hosts.push(host);
    const { context, tab } = await open({}, host, "#poll=nonsense");
    await tab.getByText(MESSAGES.en.faults.invitation.what).waitFor();
    expect(tab.url()).toBe(`${host.origin}/`);
    expect(await tab.evaluate(() => history.length)).toBe(2);
    await context.close();
    await hosts.pop()?.close();
  });
});

describe("for whoever cannot see, point or wait", () => {
  test("a ballot is filled in, looked over and cast by keyboard alone", async () => {
    const { tab, faults } = await onPhone();
    await visit(tab, { name: "poll", state: "poll" });
    await tabTo(tab, MESSAGES.en.poll.vote);
    await tab.keyboard.press("Enter");
    await tab.getByRole("heading", { name: MESSAGES.en.choose.title }).waitFor();
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("ArrowDown");
    expect(await tab.getByRole("radio", { name: "A second delivery bicycle" }).isChecked()).toBe(true);
    await tabTo(tab, MESSAGES.en.choose.next);
    await tab.keyboard.press("Enter");
    await tab.getByRole("heading", { name: MESSAGES.en.review.title }).waitFor();
    expect(await tab.getByRole("listitem").allTextContents()).toEqual(["A second delivery bicycle"]);
    await tabTo(tab, MESSAGES.en.review.cast);
    await tab.keyboard.press("Enter");
    await tab.getByRole("heading", { name: MESSAGES.en.receipt.title }).waitFor();
    expect(faults).toEqual([]);
  });

  test("a ranking is made by buttons, which keep the focus and say each place", async () => {
    const { tab } = await onPhone();
    await visit(tab, { name: "", state: "choose-ranked" });
    const [first, second] = ["Reading room and radio", "Repair the mill roof"];
    const order = () => tab.locator("ol .name").allTextContents();
    const said = () => tab.locator(".page > [role=status]").textContent();
    expect(await order()).toEqual([first, second]);
    await tab.getByRole("button", { name: `Move ${second} up` }).focus();
    await tab.keyboard.press("Enter");
    expect(await order()).toEqual([second, first]);
    expect(await said()).toContain(`${second} is now in place 1 of 4.`);
    const up = tab.getByRole("button", { name: `Move ${second} up` });
    expect(await up.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(await up.getAttribute("aria-disabled")).toBe("true");
    await tab.keyboard.press("Enter");
    expect(await order()).toEqual([second, first]);
    // The last one left over takes the last place by itself.
    await tab.getByRole("button", { name: "Put in place 3: A second delivery bicycle" }).press("Enter");
    expect(await order()).toEqual([second, first, "A second delivery bicycle", "Keep it for the winter"]);
    // Taking one out of a whole order frees that one and the one left over.
    await tab.getByRole("button", { name: `Take ${first} out of your order` }).press("Enter");
    expect(await order()).toEqual([second, "A second delivery bicycle"]);
    expect(await said()).toContain(`${first} is no longer placed.`);
  });

  test("points are typed or stepped, kept within their limits, and added up", async () => {
    const { tab } = await onPhone();
    await visit(tab, { name: "", state: "choose-points" });
    const field = tab.getByRole("spinbutton", { name: "Points for Keep it for the winter" });
    const total = () => tab.locator(".total").textContent();
    expect(await total()).toBe("14 of 16 used");
    await field.fill("9");
    await field.press("Tab");
    expect(await field.inputValue()).toBe("3");
    expect(await total()).toBe("19 of 16 used");
    await tab.getByRole("button", { name: "One point less for Keep it for the winter" }).press("Enter");
    await tab.getByRole("button", { name: "One point less for Keep it for the winter" }).press("Enter");
    expect(await field.inputValue()).toBe("1");
    expect(await total()).toBe("11 of 16 used");
    await field.fill("");
    await field.press("Tab");
    expect(await field.inputValue()).toBe("0");
  });

  test("the plain words open from everywhere, hold the focus, and give it back", async () => {
    const { tab } = await onPhone();
    for (const state of ["starting", "welcome", "choose-single", "check", "refused"]) {
      await visit(tab, { name: "", state });
      const button = tab.getByRole("button", { name: MESSAGES.en.app.plain });
      await button.focus();
      await tab.keyboard.press("Enter");
      await tab.waitForFunction(() => document.activeElement?.matches("dialog h1"), undefined, {
        polling: 100,
      });
      await tab.keyboard.press("Escape");
      await tab.locator("dialog").waitFor({ state: "detached" });
      expect(await button.evaluate((own) => own === document.activeElement)).toBe(true);
    }
  });

  test("a faulty field takes the focus, names its fault, and is told apart by more than colour", async () => {
    const { tab } = await onPhone();
    await visit(tab, VISITS.find(({ name }) => name === "welcome-create-faulty")!);
    // The screen is drawn after the press.
    await tab.waitForFunction(() => document.activeElement?.matches("[aria-invalid=true]"), undefined, {
      polling: 100,
    });
    const active = await tab.evaluate(() => {
      const field = document.activeElement!;
      const described = field.getAttribute("aria-describedby")!.split(" ");
      return {
        invalid: field.getAttribute("aria-invalid"),
        text: described.map((id) => document.getElementById(id)?.textContent).join(" "),
      };
    });
    expect(active.invalid).toBe("true");
    expect(active.text).toContain("The passphrase needs at least 12 characters.");
  });

  test("text of twice the size fits a phone, and the page by itself breaks no policy", async () => {
    const watched = await open({ viewport: PHONE });
    const { context, tab } = watched;
    const wide: string[] = [];
    for (const language of ["en", "es"] as const) {
      await speak(tab, language);
      for (const look of VISITS) {
        await tab.evaluate(() => document.documentElement.style.removeProperty("font-size"));
        await visit(tab, look);
        const faults = await tab.evaluate(() => {
          document.documentElement.style.fontSize = "36px";
          const { scrollWidth, clientWidth } = document.documentElement;
          return scrollWidth > clientWidth ? [`${scrollWidth} px wide on ${clientWidth}`] : [];
        });
        wide.push(...faults.map((fault) => `${language} ${look.name}: ${fault}`));
      }
    }
    expect(wide).toEqual([]);
    expect(await allFaults(watched)).toEqual([]);
    await context.close();
  }, 120_000);

  test("nothing moves for whoever asked for less motion", async () => {
    const motion = (tab: Tab) =>
      tab.evaluate(() => getComputedStyle(document.querySelector("progress")!).animationName);
    const still = await open({ reducedMotion: "reduce" });
    await visit(still.tab, { name: "", state: "starting" });
    expect(await motion(still.tab)).toBe("none");
    await still.context.close();
    const moving = await open({ reducedMotion: "no-preference" });
    await visit(moving.tab, { name: "", state: "starting" });
    expect(await motion(moving.tab)).not.toBe("none");
    await moving.context.close();
  });

  test("forced colours get the system's own marks", async () => {
    const { context, tab } = await open({ forcedColors: "active", viewport: PHONE });
    await visit(tab, { name: "", state: "choose-sealing" });
    const look = await tab.evaluate(() => getComputedStyle(document.querySelector("input")!).appearance);
    expect(look).toBe("auto");
    await context.close();
  });
});

/** Presses Tab until the control with this name has the focus. */
async function tabTo(tab: Tab, name: string): Promise<void> {
  for (let i = 0; i < 40; i++) {
    await tab.keyboard.press("Tab");
    if ((await tab.evaluate(() => document.activeElement?.textContent?.trim())) === name) return;
  }
  throw new Error(`Tab does not reach "${name}"`);
}

describe("what the page says and leaves behind", () => {
  test("the language follows the reader's, and switching stores and fetches nothing", async () => {
    const { context, tab, faults } = await open({ locale: "es-AR" });
    const lang = () => tab.evaluate(() => document.documentElement.lang);
    expect(await lang()).toBe("es");
    await visit(tab, { name: "", state: "welcome" });
    const before = await tab.evaluate(() => history.length);
    // The icon comes when the browser likes.
    await tab.waitForLoadState("networkidle");
    const requests: string[] = [];
    tab.on("request", (request) => requests.push(request.url()));
    await speak(tab, "en");
    await tab.waitForFunction(() => document.documentElement.lang === "en", undefined, { polling: 100 });
    expect(await tab.getByRole("heading").first().textContent()).toBe(MESSAGES.en.welcome.title);
    const left = await tab.evaluate(async () => ({
      cookie: document.cookie,
      local: localStorage.length,
      session: sessionStorage.length,
      databases: await indexedDB.databases(),
      history: history.length,
    }));
    expect(left).toEqual({ cookie: "", local: 0, session: 0, databases: [], history: before });
    expect(requests).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  test.each(["en", "es"] as const)("a ballot is called cast with a receipt only (%s)", async (language) => {
    const { tab } = await onPhone(language);
    const { receipt, poll, casting } = MESSAGES[language];
    const says = async (state: string, text: string): Promise<boolean> => {
      await visit(tab, { name: "", state });
      return (await tab.locator("main").innerText()).includes(text);
    };
    expect(await says("receipt", receipt.title)).toBe(true);
    expect(await says("poll-closed", poll.cast)).toBe(true);
    for (const state of ["casting-delayed", "casting-sending", "casting-no-answer", "casting-refused"]) {
      expect(await says(state, receipt.title)).toBe(false);
      expect(await says(state, casting.notCast)).toBe(true);
    }
    expect(await says("receipt-none", receipt.title)).toBe(false);
    expect(await says("poll-sealed", receipt.title)).toBe(false);
  });

  test.each(["en", "es"] as const)(
    "a claim, a signature and a sign-in are called done with their answer only (%s)",
    async (language) => {
      const { tab } = await onPhone(language);
      const { hours, petition, signIn, sent } = MESSAGES[language];
      const text = async (state: string): Promise<string> => {
        await visit(tab, { name: "", state });
        return tab.locator("main").innerText();
      };
      expect(await text("claim-receipt")).toContain(hours.recorded);
      expect(await text("petition-receipt")).toContain(petition.recorded);
      expect(await text("sign-in-done")).toContain(signIn.done);
      for (const state of ["claim-sending", "claim-waiting", "petition-waiting"]) {
        expect(await text(state)).toContain(sent.notRecorded);
      }
      for (const state of ["claim-refused", "claim-already", "petition-already"]) {
        expect(await text(state)).toContain(sent.refusedOne);
      }
      for (const state of ["claim-proving", "petition-proving", "petition-fault", "sign-in-sending"]) {
        const said = await text(state);
        for (const done of [hours.recorded, petition.recorded, signIn.done]) expect(said).not.toContain(done);
      }
    },
  );

  test.each(["en", "es"] as const satisfies Language[])(
    "development keys are named on every page of a poll or claim (%s)",
    async (language) => {
      const { tab } = await onPhone(language);
      for (const state of [
        "poll",
        "choose-single",
        "review",
        "receipt",
        "check",
        "policy",
        "claim-receipt",
      ]) {
        await visit(tab, { name: "", state });
        expect(await tab.locator(".rehearsal").innerText()).toContain(
          MESSAGES[language].app.development.title,
        );
      }
    },
  );

  test("the QR codes hold what they say, and nothing of the votes stands in address or title", async () => {
    const { tab } = await onPhone();
    await visit(tab, { name: "", state: "review" });
    const shown = await tab.evaluate(() => `${document.title} ${location.href.split("#")[0]}`);
    expect(shown).not.toMatch(/bicycle/);
    await visit(tab, { name: "", state: "receipt" });
    expect(await tab.getByRole("img", { name: MESSAGES.en.receipt.qr }).count()).toBe(1);
    expect(await tab.locator("main").innerText()).not.toMatch(/bicycle/);
  });
});
