// Routes of the collecting service: the device page, what it proves with, and where it hands its results in.
//
//   GET  /              the page
//   GET  /device.json   what can be measured
//   GET  /artifacts/…   circuits, keys and sample inputs by their SHA-256
//   POST /measurements  an array of measurement lines, docs/spec/measurements.md
//
// Nothing of whoever asks is looked at: no address, no header but the body's type and length.
import { extname } from "node:path";
import { InputError, parseJson } from "@commune-zk/prover";
import express, { type Express } from "express";
import helmet from "helmet";
import type { BuiltSite } from "../browser/bundle.ts";
import type { DeviceConfig } from "../device/config.ts";
import type { MeasurementLine } from "../results/schema.ts";
import { floodGate } from "./flood.ts";
import { judgePost } from "./judge.ts";
import type { Offer } from "./offer.ts";
import { problemHandler } from "./problem.ts";
import type { Recorded } from "./recorder.ts";

/** A run of everything, with the most repeats, is a third of it. */
export const MAX_POST_BYTES = 256 * 2 ** 10;

/** What the page may do: run its own scripts and WebAssembly, talk to its own origin. */
export const DEVICE_PAGE_POLICY = {
  "default-src": ["'none'"],
  "script-src": ["'self'", "'wasm-unsafe-eval'"],
  "style-src": ["'self'"],
  "img-src": ["'self'", "data:"],
  "connect-src": ["'self'"],
  "worker-src": ["'self'"],
  "base-uri": ["'none'"],
  "form-action": ["'none'"],
  "frame-ancestors": ["'none'"],
};

/** What the routes need. */
export interface CollectorOptions {
  /** The built page. */
  readonly page: BuiltSite;
  readonly offer: Offer;
  readonly code: DeviceConfig["code"];
  readonly engine: DeviceConfig["engine"];
  readonly calibration: DeviceConfig["calibration"];
  /** Records lines of one run, durably. */
  readonly record: (lines: readonly MeasurementLine[]) => Promise<Recorded>;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** A clock in milliseconds that never goes back. */
  readonly monotonicMs: () => number;
  /** Told in words what happens, without anything of whoever asks. */
  readonly say: (text: string) => void;
}

/** The Express application. */
export function collectorApp(options: CollectorOptions): Express {
  const { page, offer, code, engine, calibration, record, now, monotonicMs, say } = options;
  const { workloads } = offer;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(
    helmet({
      // Without the default that has browsers ask for https, which a service on a local network has not.
      contentSecurityPolicy: { useDefaults: false, directives: DEVICE_PAGE_POLICY },
      crossOriginEmbedderPolicy: { policy: "require-corp" },
      strictTransportSecurity: false,
    }),
  );

  app.get("/device.json", (_request, response) => {
    const config: DeviceConfig = { now: now(), code, engine, calibration, workloads: [...workloads] };
    response.set("cache-control", "no-store").json(config);
  });
  app.get("/artifacts/:sha256", async (request, response) => {
    const bytes = await offer.bytes(request.params.sha256);
    response.set("cache-control", "public, max-age=31536000, immutable");
    response.type("application/octet-stream").send(bytes);
  });

  const gate = floodGate(monotonicMs);
  const body = express.raw({ type: "application/json", limit: MAX_POST_BYTES, inflate: false });
  app.post(
    "/measurements",
    (request, _response, next) => {
      gate.pass(request.socket);
      if (request.is("application/json") !== "application/json") {
        throw new InputError("unsupported-media-type", "expected application/json");
      }
      next();
    },
    body,
    async (request, response) => {
      const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array(0);
      const value = parseJson(bytes, "body");
      const lines = judgePost(value, { now: now(), workloads, engines: [engine.name] });
      const recorded = await record(lines);
      say(`recorded: ${recorded.recorded} lines of a run`);
      response.status(201).set("cache-control", "no-store").json(recorded);
    },
  );

  app.get("/*path", sendPage(page));
  app.get("/", sendPage(page));
  app.use(() => {
    throw new InputError("route-unknown", "no such route");
  });
  app.use(problemHandler(say));
  return app;
}

function sendPage(page: BuiltSite): express.RequestHandler {
  return (request, response, next) => {
    const path = request.path === "/" ? "/index.html" : request.path;
    const content = page.get(path);
    if (content === undefined) return next();
    const named = path.startsWith("/assets/");
    response.set("cache-control", named ? "public, max-age=31536000, immutable" : "no-cache");
    response.type(extname(path)).send(Buffer.from(content));
  };
}
