// What is wrong with a page for those who cannot see it, or press it, as others do.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type AxeCore from "axe-core";
import type { Page as Tab } from "playwright-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Smallest side of what is pressed, in CSS pixels. */
const TARGET = 44;

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A page that notes what breaks its policy, in `globalThis.violations`. */
interface Noted {
  readonly violations: unknown[];
}

/**
 * What axe finds. It tries code from a string and copes without: the policy's refusals meanwhile are not the
 * page's, and are taken off what the page has noted.
 */
export async function axeFaults(tab: Tab): Promise<string[]> {
  if (!(await tab.evaluate(() => "axe" in globalThis))) {
    const before = await notedViolations(tab);
    await tab.evaluate(axeSource);
    await notedViolations(tab, before);
  }
  return tab.evaluate(async (tags) => {
    const { axe, violations: forbidden } = globalThis as unknown as { axe: typeof AxeCore } & Noted;
    const before = forbidden.length;
    const { violations } = await axe.run(document, {
      runOnly: { type: "tag", values: tags },
      resultTypes: ["violations"],
    });
    // A violation is told in a task of its own.
    await new Promise((resolve) => setTimeout(resolve));
    forbidden.length = before;
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ""}`),
    );
  }, TAGS);
}

/** How many violations a page has noted; `keep` has it forget those after so many. */
const notedViolations = (tab: Tab, keep?: number): Promise<number> =>
  tab.evaluate(async (most) => {
    // A violation is told in a task of its own.
    await new Promise((resolve) => setTimeout(resolve));
    const { violations } = globalThis as unknown as Noted;
    if (most !== null) violations.length = Math.min(violations.length, most);
    return violations.length;
  }, keep ?? null);

/** What axe does not look at: nothing wider than the screen, targets large enough, one heading, a title. */
export const layoutFaults = (tab: Tab): Promise<string[]> =>
  tab.evaluate((least) => {
    const found: string[] = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) found.push(`${scrollWidth} px wide on ${clientWidth}`);
    const part = document.querySelector("dialog[open]") ?? document;
    if (part.querySelectorAll("h1").length !== 1) found.push("not one h1");
    if (document.title.length < 5) found.push("no title");
    for (const control of part.querySelectorAll("button, input, textarea, summary, a[href]")) {
      const { width, height } = (control.closest("label") ?? control).getBoundingClientRect();
      if (control.matches(".unseen") || width === 0) continue;
      if (height < least - 0.5 || width < least - 0.5) found.push(`${width}×${height}: ${control.outerHTML}`);
    }
    return found;
  }, TARGET);
