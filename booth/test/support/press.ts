// Pressing in a real browser, also where it has stopped drawing.
import type { Locator } from "playwright-core";

/** A tab that draws does so sixty times a second, and on a busy machine still a few times. */
const FRAME_MS = 2_000;

/**
 * Presses what is found, once it is there and enabled.
 *
 * The browser's headless shell now and then stops drawing a tab for good while its scripts go on: no frame comes
 * any more, and a click waits for two, to know that what it presses stands still. Keys press there too.
 */
export async function pressOn(target: Locator, key: "Enter" | "Space" = "Enter"): Promise<void> {
  await target.waitFor();
  const draws = await target.evaluate(
    (_element, patience) =>
      new Promise<boolean>((resolve) => {
        requestAnimationFrame(() => resolve(true));
        setTimeout(resolve, patience, false);
      }),
    FRAME_MS,
  );
  if (draws) return target.click();
  await target.and(target.page().locator(":enabled")).waitFor();
  await target.press(key);
}
