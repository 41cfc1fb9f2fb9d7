// What the collecting service tells the device page: what can be measured, with which files, by which code.
import { parseWith } from "@commune-zk/prover";
import { z } from "zod";
import { WORKLOADS } from "../results/schema.ts";

/** What is chosen for whoever does not choose: the cheapest ballot that holds a town. */
export const DEFAULT_WORKLOAD = "ballot-compact-20";
/** Proofs after the first one: enough for a phone to grow warm. */
export const DEFAULT_REPEATS = 10;
/** More would be another experiment; the collecting service takes no more in a line. */
export const MOST_REPEATS = 30;

const file = z.strictObject({
  path: z.string().max(200),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().min(1),
});

const workload = z.strictObject({
  name: z.enum(WORKLOADS),
  wasm: file,
  provingKey: file,
  verificationKey: file,
  /** JSON of decimal strings by signal: what a made-up member proves. */
  inputs: file,
  /** Decimal: what a proof on these inputs states. */
  publicSignals: z
    .array(z.string().regex(/^\d{1,78}$/))
    .min(1)
    .max(100),
});

const config = z.strictObject({
  /** The service's clock, in seconds since 1970: that of a phone may be off by years. */
  now: z.int().min(0),
  /** As a line of measurements has them; checked with the lines. */
  code: z.strictObject({ version: z.string(), commit: z.string().nullable(), modified: z.boolean() }),
  engine: z.strictObject({ name: z.string(), version: z.string() }),
  /** How the kernel is run first. */
  calibration: z.strictObject({ sliceMs: z.int().min(1), slices: z.int().min(1).max(100) }),
  workloads: z.array(workload).min(1),
});

/** What the service tells the page. */
export type DeviceConfig = z.infer<typeof config>;
/** A statement that can be measured, and its files, which the service has by their digests. */
export type DeviceWorkload = z.infer<typeof workload>;

/**
 * The service's answer in its shape.
 *
 * @throws InputError `device-config-malformed`.
 */
export function parseDeviceConfig(value: unknown): DeviceConfig {
  return parseWith(config, value, "device-config-malformed", "device.json");
}
