// The storage of the other tests keeps the promises that the browser's is tested for.
import { expect, test } from "@jest/globals";
import { memoryStorage } from "../../src/core/storage.ts";
import { STORAGE_CASES } from "./suite.ts";

test.each(Object.entries(STORAGE_CASES))("storage in memory %s", async (_name, run) => {
  await expect(run(memoryStorage())).resolves.toBeUndefined();
});
