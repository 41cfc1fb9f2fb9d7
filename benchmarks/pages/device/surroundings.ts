// What a run needs of the browser, whether or not the browser has it: over plain http most of this is missing.
import type { DeviceWorker, FromWorker, ToWorker } from "../../src/device/protocol.ts";
import type { DevicePage } from "../../src/device/run.ts";

/** Not in the DOM's types: Chromium alone has it. */
interface BatteryManager {
  readonly level: number;
  readonly charging: boolean;
}

/** A browser's worker as the run sees it. */
export function startDeviceWorker(): DeviceWorker {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return {
    post: (message: ToWorker) => worker.postMessage(message),
    listen(onMessage, onCrash) {
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => onMessage(data);
      worker.onerror = (event) => {
        event.preventDefault();
        onCrash();
      };
      worker.onmessageerror = onCrash;
    },
    terminate: () => worker.terminate(),
  };
}

/** Notices when the page is out of sight. */
export function hiddenWatch(): DevicePage["wasHidden"] {
  let hidden = document.hidden;
  document.addEventListener("visibilitychange", () => {
    hidden ||= document.hidden;
  });
  return () => {
    const was = hidden;
    hidden = document.hidden;
    return was;
  };
}

/** The battery's level; null where the browser does not tell. */
export async function batteryLevel(): ReturnType<DevicePage["battery"]> {
  const { getBattery } = navigator as { getBattery?: () => Promise<BatteryManager> };
  const manager = await getBattery?.call(navigator).catch(() => undefined);
  return manager === undefined ? null : { level: manager.level, charging: manager.charging };
}

/**
 * Keeps the screen on until it is released, where the browser can; it lets go of a page that is hidden, and is asked
 * again when the page is back.
 */
export async function keepAwake(): Promise<{ readonly awake: boolean; release(): void }> {
  const { wakeLock } = navigator as { wakeLock?: WakeLock };
  let lock: WakeLockSentinel | undefined;
  const request = async (): Promise<void> => {
    if (!document.hidden) lock = await wakeLock?.request("screen").catch(() => undefined);
  };
  const again = (): void => void request();
  await request();
  document.addEventListener("visibilitychange", again);
  return {
    awake: lock !== undefined,
    release() {
      document.removeEventListener("visibilitychange", again);
      void lock?.release().catch(() => undefined);
    },
  };
}

/** Whether this browser can measure at all. */
export function canMeasure(): boolean {
  return [typeof Worker, typeof WebAssembly, typeof BigInt, typeof crypto].every(
    (kind) => kind !== "undefined",
  );
}
