// Every statement that is measured can be made ready, and its check tells a good proof from others.

import { wasmEngine } from "@commune-zk/prover";
import { describe, expect, test } from "@jest/globals";
import { timedProof } from "../../src/harness/timed-proof.ts";
import { prepareWorkload } from "../../src/harness/workloads.ts";
import { WORKLOADS } from "../../src/results/schema.ts";
import { keys } from "../support/keys.ts";

test.each(WORKLOADS)("%s is ready for any engine", async (name) => {
  const { inputs, wasm, provingKey, membership } = await prepareWorkload(name, keys);
  expect(Object.keys(JSON.parse(inputs) as object).length).toBeGreaterThan(5);
  expect([...wasm.bytes.subarray(0, 4)]).toEqual([0, ...Buffer.from("asm")]);
  expect(Buffer.from(provingKey.bytes.subarray(0, 4)).toString()).toBe("zkey");
  expect(membership !== null).toBe(name.startsWith("semaphore-"));
});

describe("a proof that is wrong is told from a good one", () => {
  test.each(["ballot-compact-10", "hours-1", "semaphore-10"] as const)("%s", async (name) => {
    const { verify, wasm, provingKey, inputs } = await prepareWorkload(name, keys);
    const artifacts = { wasm: wasm.bytes, provingKey: provingKey.bytes };
    const made = await timedProof(wasmEngine(), { artifacts, inputs });
    await verify(made);
    const [first, ...rest] = made.publicSignals as [string, ...string[]];
    const other = (signal: string): string => String(BigInt(signal) + 1n);
    const { a, b } = JSON.parse(made.proof) as Record<string, unknown>;
    for (const wrong of [
      { ...made, publicSignals: [other(first), ...rest] },
      { ...made, publicSignals: [first, ...rest.slice(0, -1), other(rest.at(-1)!)] },
      { ...made, publicSignals: rest },
      { ...made, proof: JSON.stringify({ a, b, c: a }) },
      { ...made, proof: "{}" },
    ]) {
      await expect(verify(wrong)).rejects.toThrow();
    }
  });
});
