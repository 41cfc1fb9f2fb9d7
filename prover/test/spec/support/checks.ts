// The two checks that every page's example gets; a page's own test computes the values again.
import { expect, test } from "@jest/globals";
import type { Example } from "./examples.ts";
import { readExample, shownValues, storedValues } from "./pages.ts";

/** Tests that page and file agree, and that the code makes exactly what the file holds. */
export function testExample(page: string, make: () => Example | Promise<Example>): void {
  test(`${page}.md shows the values of examples/${page}.json`, () => {
    expect(shownValues(page)).toEqual(storedValues(page));
  });

  test(`the code makes the values of examples/${page}.json`, async () => {
    expect(await make()).toEqual(readExample(page));
  });
}
