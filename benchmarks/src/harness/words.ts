// A line of the history in words, for whoever watches a run.
import type { Outcome } from "../measure.ts";
import type { MeasurementLine, Sample } from "../results/schema.ts";
import { placeName } from "./run.ts";

/** Figures of a line: time, and where they were taken memory and bytes that were fetched. */
export function outcomesOf(line: MeasurementLine): Outcome[] {
  const { workload, engine, start, samples, status } = line;
  const place = placeName({ environment: line.environment });
  const name = `${workload}, ${engine.name}, ${place}, ${start}${status === "complete" ? "" : ", incomplete"}`;
  const failures = line.failures.map(({ reason, count }) => `${count} ${reason}`).join(", ");
  if (samples.length === 0) return [{ name, notMeasured: failures }];
  const outcomes: Outcome[] = [
    {
      name: failures === "" ? name : `${name} (${failures})`,
      unit: "ms",
      samples: samples.map(({ totalMs }) => totalMs),
    },
  ];
  const rows = [
    ["peak memory", "peakMemoryBytes"],
    ["fetched", "downloadedBytes"],
  ] as const satisfies readonly (readonly [string, keyof Sample])[];
  for (const [title, field] of rows) {
    const values = samples.map((sample) => sample[field]).filter((value) => value !== null);
    if (values.length > 0) outcomes.push({ name: `  ${title}`, unit: "bytes", samples: values });
  }
  return outcomes;
}
