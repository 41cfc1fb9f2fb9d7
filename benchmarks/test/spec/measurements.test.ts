// docs/spec/measurements.md: its example is a line, and its tables name what the schema has.
import { expect, test } from "@jest/globals";
import { readExample, readPage, shownValues, storedValues } from "../../../prover/test/spec/support/pages.ts";
import { FAILURES, parseMeasurement, WORKLOADS } from "../../src/results/schema.ts";

const page = readPage("measurements");
const example = readExample("measurements");

/** Names of all fields of a value, at any depth. */
function fieldsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [name, ...fieldsOf(part)]);
}

test("the example is a measurement", () => {
  expect(parseMeasurement(example)).toEqual(example);
});

test("measurements.md shows the values of examples/measurements.json", () => {
  expect(shownValues("measurements")).toEqual(storedValues("measurements"));
});

test("every field, workload and reason stands on the page", () => {
  const named = new Set(
    [...page.matchAll(/`([\w.-]+)`/g)].flatMap(([, path]) => [path!, ...path!.split(".")]),
  );
  const names = [...fieldsOf(example), ...WORKLOADS, ...FAILURES];
  expect(new Set(names).size).toBeGreaterThan(50);
  expect(names.filter((name) => !named.has(name))).toEqual([]);
});
