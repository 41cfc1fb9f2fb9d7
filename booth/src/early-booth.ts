// A booth for the moment before the real one is loaded. Who comes for the first time is welcomed at once: the code
// that proves and checks is most of the page, and a slow phone takes its time only to begin it.
import type { Booth, BoothState } from "./core/state.ts";
import { waitingBooth } from "./ui/still-booths.ts";

/**
 * @param first - whether nothing is stored on this device: the welcome needs nothing else.
 * @param real - the real booth, once it is there and has opened the link in the address bar. What the member does on
 *   the welcome screen meanwhile is handed on to it.
 */
export function earlyBooth(first: boolean, real: Promise<Booth>): Booth {
  const state: BoothState = first ? { at: "welcome", invitation: null, waits: false } : { at: "starting" };
  return {
    ...waitingBooth,
    state,
    createIdentity: async (keep) => (await real).createIdentity(keep),
    restoreIdentity: async (source, keep) => (await real).restoreIdentity(source, keep),
    openLink: async (text) => (await real).openLink(text),
  };
}
