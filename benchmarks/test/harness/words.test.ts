// A line of the history, as a person reads it while it is made.
import { expect, test } from "@jest/globals";
import { outcomesOf } from "../../src/harness/words.ts";
import { lineWith } from "../support/lines.ts";

const NAME =
  "ballot-compact-20, snarkjs, chromium, 25 % of one core, 512 MiB, 1.6 Mbit/s down, 0.75 up, 150 ms, cold";

test("time, memory and bytes are told, of the samples that have them, and failures by their reason", () => {
  expect(outcomesOf(lineWith())).toEqual([
    { name: `${NAME} (1 timed-out)`, unit: "ms", samples: [2_000, 2_100] },
    { name: "  peak memory", unit: "bytes", samples: [100_000_000] },
    { name: "  fetched", unit: "bytes", samples: [7_000_000] },
  ]);
});

test("what was interrupted says so", () => {
  const [time] = outcomesOf(lineWith({ status: "incomplete", failures: [] }));
  expect(time!.name).toBe(`${NAME}, incomplete`);
});

test("where no proof was made, it is not measured, and why", () => {
  const failures = [
    { reason: "crashed" as const, count: 1 },
    { reason: "out-of-memory" as const, count: 2 },
  ];
  expect(outcomesOf(lineWith({ samples: [], failures }))).toEqual([
    { name: NAME, notMeasured: "1 crashed, 2 out-of-memory" },
  ]);
});
