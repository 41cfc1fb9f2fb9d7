// Puts the page together. Until it runs, index.html itself says "one moment".
import { render } from "preact";
import { DATABASE_NAME } from "./core/database-name.ts";
import type { Booth } from "./core/state.ts";
import { earlyBooth } from "./early-booth.ts";
import { loadLaterModules } from "./later-modules.ts";
import { atRest, painted } from "./painted.ts";
import { App } from "./ui/app.tsx";
import { codeOf } from "./ui/page.ts";
import { refusedBooth } from "./ui/still-booths.ts";

const root = document.getElementById("booth");
if (root === null) throw new Error("index.html has no #booth");
const asked = navigator.languages;
/** How long the page has for itself before its own files are kept for times without a network. */
const SHELL_WAIT_MS = 2_000;

/** What index.html says meanwhile gives way to the first screen. */
let isEmpty = false;

function show(booth: Booth, linkFault: string | null = null): void {
  if (!isEmpty) root!.replaceChildren();
  isEmpty = true;
  render(<App booth={booth} asked={asked} linkFault={linkFault} />, root!);
}

/** The link in the address bar, which holds it no longer than it takes to read it; empty where there is none. */
function takeLink(): string {
  const link = location.hash;
  if (link.length < 2) return "";
  history.replaceState(null, "", location.pathname + location.search);
  return link;
}

/** Opens a link. @returns the code of what was wrong with it. */
async function openLink(booth: Booth, link: string): Promise<string | null> {
  if (link === "") return null;
  try {
    await booth.openLink(link);
    return null;
  } catch (error) {
    return codeOf(error);
  }
}

async function start(): Promise<void> {
  const link = takeLink();
  const first = await isFirstVisit();
  const loading = load();
  const opened = loading.then((booth) => openLink(booth, link));
  // What is done on the welcome screen meanwhile comes after the link.
  const ready = Promise.all([loading, opened]).then(([booth]) => booth);
  // Its failure is told below.
  ready.catch(() => undefined);
  show(earlyBooth(first, ready));
  try {
    const booth = await loading;
    if (first) await hasBegun(booth);
    else show(booth);
    addEventListener("hashchange", () => {
      void openLink(booth, takeLink()).then((fault) => show(booth, fault));
    });
    show(booth, await opened);
  } catch (error) {
    show(refusedBooth(codeOf(error)));
  }
  keepShell();
}

/** Whether nothing was ever stored here; where the browser does not say, no. */
async function isFirstVisit(): Promise<boolean> {
  try {
    const databases = await indexedDB.databases();
    return databases.every(({ name }) => name !== DATABASE_NAME);
  } catch {
    return false;
  }
}

/** The real booth. */
async function load(): Promise<Booth> {
  // What is on the screen comes first.
  await painted();
  await atRest();
  loadLaterModules();
  const { browserBooth } = await import("./browser-booth.ts");
  return browserBooth();
}

/** Waits until a booth knows where it is: the welcome that is shown already would give way to "one moment". */
function hasBegun(booth: Booth): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (booth.state.at === "starting") return;
      stop();
      resolve();
    };
    const stop = booth.subscribe(look);
    look();
  });
}

/** Has the service worker keep the page's own files, once the page is there: fetching them all again is work. */
function keepShell(): void {
  if (!("serviceWorker" in navigator)) return;
  setTimeout(() => {
    // Without it the page works while there is a network; nothing to tell the member.
    navigator.serviceWorker.register(new URL("sw.js", location.href)).catch(() => undefined);
  }, SHELL_WAIT_MS);
}

async function startDemo(): Promise<void> {
  const { demoBooth } = await import("./ui/demo.ts");
  const demo = demoBooth();
  const follow = (): void => demo.show(location.hash.slice(1));
  addEventListener("hashchange", follow);
  follow();
  show(demo);
}

void (import.meta.env.MODE === "demo" ? startDemo() : start());
