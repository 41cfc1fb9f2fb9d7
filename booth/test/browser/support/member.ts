// A member at a browser: what people press and read, by the words of their language.
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page as Tab } from "playwright-core";
import { devices } from "playwright-core";
import { fill, type Language } from "../../../src/i18n/format.ts";
import { MESSAGES } from "../../../src/i18n/index.ts";
import type { Messages } from "../../../src/i18n/messages.ts";
import { pressOn } from "../../support/press.ts";

/** The machines that members sit at. */
export const PROFILES = {
  phone: { ...devices["Galaxy S8"], locale: "en-GB" },
  desktop: { viewport: { width: 1280, height: 800 }, locale: "en-GB" },
} as const satisfies Record<string, BrowserContextOptions>;

/** Name of a profile. */
export type Profile = keyof typeof PROFILES;

/** Of every member's device here. */
export const PASSPHRASE = "seven plums under one roof";

/** Longest wait for a screen: a proof on a busy machine. */
const PATIENCE_MS = 30_000;

/** A device with one tab of the booth, and everything it did that it should not have. */
export class Member {
  readonly context: BrowserContext;
  readonly origin: string;
  readonly m: Messages;
  /** Requests elsewhere, errors, broken policies. A failed request of a test's own making is not one. */
  readonly faults: string[] = [];
  tab!: Tab;

  private constructor(context: BrowserContext, origin: string, language: Language) {
    this.context = context;
    this.origin = origin;
    this.m = MESSAGES[language];
  }

  /** A new device, with storage of its own. Nothing is opened yet. */
  static async arrive(
    browser: Browser,
    origin: string,
    { profile = "phone", language = "en" }: { profile?: Profile; language?: Language } = {},
  ): Promise<Member> {
    const locale = language === "es" ? "es-ES" : "en-GB";
    const context = await browser.newContext({ ...PROFILES[profile], locale, acceptDownloads: true });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
        console.error(`policy: ${effectiveDirective}`),
      );
    });
    const member = new Member(context, origin, language);
    context.on("request", (request) => {
      if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith("blob:"))
        member.faults.push(`request to ${request.url()}`);
    });
    context.on("console", (message) => {
      // The browser's own line about a request without an answer.
      const isNetwork = /^Failed to load resource/.test(message.text());
      if (["error", "warning"].includes(message.type()) && !isNetwork)
        member.faults.push(`console: ${message.text()}`);
    });
    context.on("weberror", (error) => member.faults.push(`error: ${error.error().message}`));
    return member;
  }

  /** Opens the booth, in a new tab. */
  async open(address: string = this.origin): Promise<void> {
    this.tab = await this.context.newPage();
    await this.tab.goto(address.includes("#") ? address : `${address}/`);
    await this.settled();
  }

  /** The tab is gone at once, as when a phone runs out of memory; everything stored stays. */
  async crash(): Promise<void> {
    const crashed = this.tab.waitForEvent("crash");
    const session = await this.context.newCDPSession(this.tab);
    // It never answers: there is nobody left.
    session.send("Page.crash").catch(() => undefined);
    await crashed;
    await this.tab.close();
  }

  /** Waits until this device could open the page without a network. */
  async keptOffline(): Promise<void> {
    await this.tab.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
  }

  /** Waits until the booth has looked at what is stored. */
  async settled(): Promise<void> {
    const { starting, loading } = this.m;
    const waiting = [starting, loading.poll, loading.hours, loading.petition, loading.roll].map(
      ({ title }) => title,
    );
    await this.tab.waitForFunction(
      (titles) => {
        const heading = document.querySelector("#booth h1")?.textContent ?? null;
        return heading !== null && !titles.includes(heading);
      },
      waiting,
      { polling: 100 },
    );
  }

  /** Waits for a screen. */
  at(heading: string): Promise<void> {
    return this.#waits(this.tab.getByRole("heading", { level: 1, name: heading, exact: true }), heading);
  }

  async #waits(locator: Locator, what: string): Promise<void> {
    try {
      await locator.waitFor();
    } catch (cause) {
      // What stands there instead tells more than that the time is up.
      throw new Error(`waited for "${what}"; the page says:\n${await this.text()}`, { cause });
    }
  }

  /** Everything that stands on the sheet. */
  text(): Promise<string> {
    return this.tab.locator("main").innerText();
  }

  /** Waits for a sentence on the sheet. */
  reads(sentence: string): Promise<void> {
    return this.#waits(this.tab.locator("main").getByText(sentence).first(), sentence);
  }

  async press(name: string): Promise<void> {
    await pressOn(this.tab.getByRole("button", { name, exact: true }));
  }

  async #choosePassphrase(): Promise<void> {
    const { keep } = this.m;
    await this.tab.getByLabel(keep.choose, { exact: true }).fill(PASSPHRASE);
    await this.tab.getByLabel(keep.repeat).fill(PASSPHRASE);
  }

  /** Asks for an identity, from the welcome. */
  async beginIdentity(): Promise<void> {
    const { welcome, create } = this.m;
    await pressOn(this.tab.getByRole("button", { name: welcome.first }));
    await this.#choosePassphrase();
    await this.press(create.submit);
  }

  /** Makes an identity and writes down its words. */
  async createIdentity(): Promise<string> {
    await this.beginIdentity();
    await this.at(this.m.words.title);
    return this.writeDownWords();
  }

  /** From the screen that shows them. */
  async writeDownWords(): Promise<string> {
    const { words } = this.m;
    await this.press(words.show);
    const written = await this.tab.locator(".word-list li").allInnerTexts();
    await this.press(words.written);
    return written.join(" ");
  }

  /** Brings an identity, from its words or its key. */
  async restoreIdentity(source: { words: string } | { key: string }): Promise<void> {
    const { welcome, restore } = this.m;
    await pressOn(this.tab.getByRole("button", { name: welcome.returning }));
    if ("key" in source) await pressOn(this.tab.getByLabel(restore.fromKey), "Space");
    const label = "key" in source ? restore.key : restore.words;
    await this.tab.getByLabel(label, { exact: true }).fill("key" in source ? source.key : source.words);
    await this.#choosePassphrase();
    await this.press(restore.submit);
    await this.tab.getByRole("heading", { level: 1, name: restore.title }).waitFor({ state: "detached" });
    await this.settled();
  }

  /** Unlocks a booth that was locked. */
  async unlock(): Promise<void> {
    const { locked } = this.m;
    await this.at(locked.title);
    await this.tab.getByLabel(locked.passphrase).fill(PASSPHRASE);
    await this.press(locked.unlock);
    await this.tab.getByRole("heading", { level: 1, name: locked.title }).waitFor({ state: "detached" });
    await this.settled();
  }

  /** Follows a link, as from a message: the tab is there already. */
  async follow(link: string): Promise<void> {
    await this.tab.evaluate((fragment) => {
      location.hash = fragment;
    }, new URL(link).hash);
    await this.settled();
  }

  /** Marks one option; the screen is the ballot's. */
  async mark(option: string): Promise<void> {
    await pressOn(this.tab.getByRole("radio", { name: option }), "Space");
  }

  /** From the poll to the review of a ballot for this option. */
  async choose(option: string): Promise<void> {
    const { poll, choose, review } = this.m;
    const change = this.tab.getByRole("button", { name: poll.change, exact: true });
    const vote = this.tab.getByRole("button", { name: poll.vote, exact: true });
    await pressOn(vote.or(change));
    await this.at(choose.title);
    await this.mark(option);
    await this.press(choose.next);
    await this.at(review.title);
  }

  /** From the review on its way: waits for the seal. */
  async cast(): Promise<void> {
    await this.reads(this.m.proof.ready);
    await this.press(this.m.review.cast);
  }

  /** From the poll to a receipt. */
  async vote(option: string): Promise<void> {
    await this.choose(option);
    await this.cast();
    await this.at(this.m.receipt.title);
  }

  /** What a press saves. */
  async saved(button: string): Promise<{ name: string; text: string }> {
    const [download] = await Promise.all([this.tab.waitForEvent("download"), this.press(button)]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    return { name: download.suggestedFilename(), text: Buffer.concat(chunks).toString() };
  }

  /** Waits until the fault is read, and gives the evidence that can be saved. */
  async evidence(what: string): Promise<Evidence> {
    await this.reads(what);
    const { name, text } = await this.saved(this.m.refused.save);
    const evidence = JSON.parse(text) as Evidence;
    if (!name.startsWith(evidence.code)) throw new Error(`${name} holds evidence of ${evidence.code}`);
    return evidence;
  }

  /** Everything that is stored on this device for the page, bytes as hexadecimal. */
  stored(): Promise<Stored> {
    return this.tab.evaluate(readStored);
  }

  /** Says what is in a message of this member's language. */
  say(text: string, values: Readonly<Record<string, string | number>>): string {
    return fill(text, values);
  }
}

/** What the page kept of a server that misbehaved. */
export interface Evidence {
  readonly code: string;
  readonly pollId: string;
  readonly items: readonly { readonly name: string; readonly base64: string | null }[];
}

/** The bytes of an item. */
export function itemOf(evidence: Evidence, name: string): Buffer | undefined {
  const found = evidence.items.find((item) => item.name === name);
  return found?.base64 == null ? undefined : Buffer.from(found.base64, "base64");
}

/** What a browser stores for an origin. */
export interface Stored {
  /** By `store/key`: a text of everything in the value. */
  readonly database: Readonly<Record<string, string>>;
  /** URLs in the caches of the service worker. */
  readonly cached: readonly string[];
  readonly cookie: string;
  readonly local: number;
  readonly session: number;
  readonly history: number;
  readonly address: string;
}

/** Runs in the page. */
async function readStored(): Promise<Stored> {
  const textOf = (value: unknown): string => {
    if (value instanceof Uint8Array) return [...value].map((b) => b.toString(16).padStart(2, "0")).join("");
    if (typeof value !== "object" || value === null) return String(value);
    return Object.entries(value)
      .map(([name, part]) => `${name}:${textOf(part)}`)
      .join("\n");
  };
  const asked = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const database: Record<string, string> = {};
  for (const { name } of await indexedDB.databases()) {
    const db = await asked(indexedDB.open(name!));
    for (const store of db.objectStoreNames) {
      const objects = db.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([asked(objects.getAllKeys()), asked(objects.getAll())]);
      // Megabytes that are public.
      const isLarge = ["artifacts", "files", "evidence"].includes(store);
      for (const [i, key] of keys.entries())
        database[`${store}/${String(key)}`] = isLarge ? "" : textOf(values[i]);
    }
    db.close();
  }
  const cached: string[] = [];
  for (const name of await caches.keys()) {
    const requests = await (await caches.open(name)).keys();
    cached.push(...requests.map(({ url }) => url));
  }
  return {
    database,
    cached,
    cookie: document.cookie,
    local: localStorage.length,
    session: sessionStorage.length,
    history: history.length,
    address: location.href,
  };
}
