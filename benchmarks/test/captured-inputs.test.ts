// What the library hands to an engine, caught and carried elsewhere.
import { expect, test } from "@jest/globals";
import { capturedInputs, inputsFromJson, inputsToJson } from "../src/captured-inputs.ts";

const inputs = { secret: 2n ** 250n, path: [1n, [2n, 0n]] };
const artifacts = { wasm: new Uint8Array(), provingKey: new Uint8Array() };

test("inputs are those that the engine was asked to prove, and no proof is made", async () => {
  let after = false;
  const caught = await capturedInputs(async (engine) => {
    await engine.prove({ artifacts, inputs });
    after = true;
  });
  expect(caught).toEqual(inputs);
  expect(after).toBe(false);
});

test("what the library refuses before it asks is thrown", async () => {
  const refused = new Error("not on the roll");
  await expect(capturedInputs(() => Promise.reject(refused))).rejects.toBe(refused);
});

test("a library that asks for nothing is found out", async () => {
  await expect(capturedInputs(async () => undefined)).rejects.toThrow("asked its engine for nothing");
});

test("inputs come back from JSON as they went", () => {
  expect(inputsFromJson(inputsToJson(inputs))).toEqual(inputs);
});
