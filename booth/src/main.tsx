// Puts the page together. Until it runs, index.html itself says "one moment".
import { render } from "preact";
import { browserBooth } from "./browser-booth.ts";
import type { Booth } from "./core/state.ts";
import { App } from "./ui/app.tsx";
import { codeOf } from "./ui/page.ts";
import { refusedBooth, waitingBooth } from "./ui/still-booths.ts";

const root = document.getElementById("booth");
if (root === null) throw new Error("index.html has no #booth");
root.replaceChildren();
const asked = navigator.languages;
/** How long the page has for itself before its own files are kept for times without a network. */
const SHELL_WAIT_MS = 2_000;

function show(booth: Booth, linkFault: string | null = null): void {
  render(<App booth={booth} asked={asked} linkFault={linkFault} />, root!);
}

/** Opens the link in the address bar, which holds it no longer than it takes to read it. */
async function openAddress(booth: Booth): Promise<void> {
  const link = location.hash;
  if (link.length < 2) return;
  history.replaceState(null, "", location.pathname + location.search);
  try {
    await booth.openLink(link);
    show(booth);
  } catch (error) {
    show(booth, codeOf(error));
  }
}

async function start(): Promise<void> {
  try {
    const booth = await browserBooth();
    show(booth);
    addEventListener("hashchange", () => void openAddress(booth));
    await openAddress(booth);
  } catch (error) {
    show(refusedBooth(codeOf(error)));
  }
  keepShell();
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

show(waitingBooth);
void (import.meta.env.MODE === "demo" ? startDemo() : start());
