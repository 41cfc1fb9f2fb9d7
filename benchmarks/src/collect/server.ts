// The collecting service as one thing: routes, recorder, socket.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CALIBRATION } from "../calibration/kernel.ts";
import type { DeviceConfig } from "../device/config.ts";
import type { MeasurementLine } from "../results/schema.ts";
import { type CollectorOptions, collectorApp } from "./app.ts";
import { createRecorder, type MeasurementLog, type RecorderLimits } from "./recorder.ts";

/** How a service is set up. */
export interface CollectorServerOptions
  extends Pick<CollectorOptions, "page" | "offer" | "code" | "engine" | "say"> {
  readonly log: MeasurementLog;
  /** Lines that the log holds already: their runs are not recorded again. */
  readonly known: readonly MeasurementLine[];
  readonly limits?: RecorderLimits;
  /** Ten seconds unless told. */
  readonly calibration?: DeviceConfig["calibration"];
  /** Seconds since 1970; the system's clock unless told. */
  readonly now?: () => number;
}

/** A running service. */
export interface RunningCollector {
  readonly port: number;
  /** Answers what has begun, and takes nothing more. */
  close(): Promise<void>;
}

/** Phones of a device day, each with a few connections, and room. */
const MOST_CONNECTIONS = 512;
/** A body of the most bytes comes over a bad network in less. */
const REQUEST_MS = 60_000;

/**
 * Starts the service.
 *
 * @param listen - `host` is loopback unless told; `port` 0 takes a free one.
 * @throws Error - the port is taken, or the host is none of this machine.
 */
export async function startCollector(
  options: CollectorServerOptions,
  listen: { readonly host?: string; readonly port: number },
): Promise<RunningCollector> {
  const { log, known, limits, calibration = CALIBRATION, now, ...rest } = options;
  const recorder = createRecorder({ log, known, ...(limits !== undefined && { limits }) });
  const app = collectorApp({
    ...rest,
    calibration,
    record: (lines) => recorder.record(lines),
    now: now ?? (() => Math.floor(Date.now() / 1_000)),
    monotonicMs: () => performance.now(),
  });
  const server = createServer({ requestTimeout: REQUEST_MS }, app);
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(listen.port, listen.host ?? "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      // A connection that is answered from now on is not kept: its client would hold up the end for seconds.
      server.keepAliveTimeout = 1;
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      await recorder.settled();
    },
  };
}
