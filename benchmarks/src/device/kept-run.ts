// The run that a reload, a crash or an empty battery would lose: one, in the browser's storage of this origin.
import type { FailureReason } from "../results/schema.ts";
import { type DeviceRun, endRun, hasMeasured, linesOf } from "./record.ts";

const KEY = "commune-zk/device-run";
const LEFT = "commune-zk/device-run/left";

/** As a browser's `localStorage`; each call may throw: it may be full or forbidden. */
export type KeyValueStore = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Keeps one run. Where nothing can be kept, nothing is, and the measuring goes on. */
export function runKeeper(storage: KeyValueStore) {
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch {
      return undefined;
    }
  };
  return {
    /** Keeps a run in the place of the one before, once it is worth more than nothing. */
    keep(run: DeviceRun): void {
      if (!hasMeasured(run) && run.underWay === null) return;
      attempt(() => storage.setItem(KEY, JSON.stringify(run)));
    },

    /** Notes that whoever measures leaves the page: what is found later was stopped, and did not crash. */
    leave(): void {
      attempt(() => storage.setItem(LEFT, "1"));
    },

    /** The run that was kept, ended where it was interrupted; undefined where there is none worth showing. */
    take(): DeviceRun | undefined {
      const reason: FailureReason = attempt(() => storage.getItem(LEFT)) === null ? "crashed" : "stopped";
      attempt(() => storage.removeItem(LEFT));
      return attempt(() => {
        const run = JSON.parse(storage.getItem(KEY) ?? "") as DeviceRun;
        if (run.type !== "commune-zk/device-run/v1") return undefined;
        const ended = run.ended ? run : endRun(run, reason);
        // Of another version, or damaged: its lines would be refused.
        linesOf(ended);
        if (!hasMeasured(ended)) return undefined;
        storage.setItem(KEY, JSON.stringify(ended));
        return ended;
      });
    },

    /** Forgets it. */
    forget(): void {
      attempt(() => storage.removeItem(KEY));
      attempt(() => storage.removeItem(LEFT));
    },
  };
}
