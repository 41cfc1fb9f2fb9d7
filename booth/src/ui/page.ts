// What every screen is given: the booth, the words, and a voice for those who do not see the page.
import { createContext } from "preact";
import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";
import type { Booth, BoothState } from "../core/state.ts";
import type { Format } from "../i18n/format.ts";
import type { Messages } from "../i18n/messages.ts";

/** The surroundings of a screen. */
export interface Page {
  readonly booth: Booth;
  readonly m: Messages;
  readonly format: Format;
  /** Says something to those who listen instead of looking; politely, after what is being said. */
  say(text: string): void;
  /** Asks whether everything on this device shall be forgotten. */
  askToForget(): void;
}

/** Carries the {@link Page}. */
export const PageContext = createContext<Page | null>(null);

/** The surroundings of this screen. */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === null) throw new TypeError("usePage outside of a PageContext");
  return page;
}

/** The booth's state, watched. */
export function useBoothState(booth: Booth): BoothState {
  const [state, setState] = useState(booth.state);
  useEffect(() => {
    const look = (): void => setState(booth.state);
    look();
    return booth.subscribe(look);
  }, [booth]);
  return state;
}

/** The stable code of whatever was thrown; `unknown` for what has none. */
export function codeOf(error: unknown): string {
  const code = typeof error === "object" && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : "unknown";
}

/** An action under way: whether it runs, and how the last one failed. */
export interface Action {
  readonly busy: boolean;
  /** Code of the failure, null without one. */
  readonly failed: string | null;
  run(work: () => Promise<void>): void;
}

/** One action at a time; a second call while it runs does nothing. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const running = useRef(false);
  const run = useCallback((work: () => Promise<void>): void => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setFailed(null);
    work()
      .catch((error: unknown) => setFailed(codeOf(error)))
      .finally(() => {
        running.current = false;
        setBusy(false);
      });
  }, []);
  return { busy, failed, run };
}
