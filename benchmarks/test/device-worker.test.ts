// The inside of the device page's worker, with real files and proofs of the cheapest statement, in Node.
import { beforeAll, describe, expect, test } from "@jest/globals";
import {
  type ArtifactSource,
  type Engine,
  memoryArtifactSource,
  SelfCheckError,
  wasmEngine,
} from "../../prover/src/index.ts";
import { makeOffer, type Offer } from "../src/collect/offer.ts";
import type { DeviceWorkload } from "../src/device/config.ts";
import type { FromWorker, ToWorker } from "../src/device/protocol.ts";
import { deviceTasks } from "../src/device/worker-tasks.ts";
import { keys } from "./support/keys.ts";

let offer: Offer;
let workload: DeviceWorkload;
let files: Map<string, Uint8Array>;

beforeAll(async () => {
  offer = await makeOffer(["semaphore-10"], { keys, engine: "@commune-zk/prover" });
  workload = offer.workloads[0]!;
  const { wasm, provingKey, verificationKey, inputs } = workload;
  files = new Map();
  for (const { sha256 } of [wasm, provingKey, verificationKey, inputs]) {
    files.set(sha256, await offer.bytes(sha256));
  }
});

/** What a worker says to these messages, one after another. */
async function said(
  messages: readonly ToWorker[],
  {
    engine = wasmEngine(),
    source = memoryArtifactSource(files),
  }: { engine?: Engine; source?: ArtifactSource } = {},
): Promise<FromWorker[]> {
  const all: FromWorker[] = [];
  const answer = deviceTasks({
    createEngine: async (name) => {
      if (name !== "an engine") throw new RangeError(`no engine is named ${name}`);
      return engine;
    },
    source,
    downloadedBytes: () => 123,
    post: (message) => all.push(message),
  });
  for (const message of messages) await answer(message);
  return all;
}

const open = (change: Partial<DeviceWorkload> = {}): ToWorker => ({
  kind: "open",
  workload: { ...workload, ...change },
  engine: "an engine",
});
const prove: ToWorker = { kind: "prove" };

/** Our engine, whose result is changed before anybody sees it. */
function altered(
  change: (made: Awaited<ReturnType<Engine["prove"]>>) => Awaited<ReturnType<Engine["prove"]>>,
): Engine {
  const engine = wasmEngine();
  return {
    prove: async (options) => change(await engine.prove(options)),
    dispose: () => engine.dispose(),
  };
}

describe("a device's worker", () => {
  test("fetches, proves, tells its phases, and says that the proof verifies", async () => {
    const all = await said([open(), prove, prove]);
    expect(all.map(({ kind }) => kind)).toEqual([
      "opened",
      ...["phase", "phase", "proved", "verified"],
      ...["phase", "phase", "proved", "verified"],
    ]);
    expect(all[0]).toEqual({ kind: "opened", downloadedBytes: 123 });
    expect(all.filter(({ kind }) => kind === "verified")).toEqual(
      new Array(2).fill({ kind: "verified", valid: true }),
    );
    const proved = all.find(({ kind }) => kind === "proved") as FromWorker & { kind: "proved" };
    expect(Object.keys(proved.phasesMs)).toEqual(["witness", "proof"]);
    const { witness = 0, proof = 0 } = proved.phasesMs;
    expect(witness + proof).toBeLessThanOrEqual(proved.totalMs);
  });

  test.each<[string, Parameters<typeof altered>[0]]>([
    [
      "for another statement",
      ({ proof, publicSignals }) => ({ proof, publicSignals: publicSignals.map((signal) => signal + 1n) }),
    ],
    [
      "whose points are swapped",
      ({ proof, publicSignals }) => ({ proof: { ...proof, a: proof.c, c: proof.a }, publicSignals }),
    ],
    [
      "that is on no curve",
      ({ proof, publicSignals }) => ({ proof: { ...proof, a: [1n, 1n] }, publicSignals }),
    ],
    [
      "with a signal too few",
      ({ proof, publicSignals }) => ({ proof, publicSignals: publicSignals.slice(1) }),
    ],
  ])("says of a proof %s that it does not verify", async (_what, change) => {
    const all = await said([open(), prove], { engine: altered(change) });
    expect(all.at(-1)).toEqual({ kind: "verified", valid: false });
  });

  test("says of a good proof of something else than what was asked that it does not verify", async () => {
    const [first, ...rest] = workload.publicSignals;
    const other = open({ publicSignals: [`${first}1`, ...rest] });
    expect((await said([other, prove])).at(-1)).toEqual({ kind: "verified", valid: false });
  });

  test("says of an engine that finds its own proof wrong that the proof is", async () => {
    const engine = altered(() => {
      throw new SelfCheckError();
    });
    expect((await said([open(), prove], { engine })).at(-1)).toEqual({
      kind: "failed",
      reason: "proof-invalid",
    });
  });

  test.each(["wasm", "provingKey", "inputs", "verificationKey"] as const)(
    "takes no %s that is not the one of its digest",
    async (name) => {
      const bytes = files.get(workload[name].sha256)!.slice();
      bytes[bytes.length - 1]! ^= 1;
      const source = memoryArtifactSource(new Map(files).set(workload[name].sha256, bytes));
      const all = await said([open(), prove], { source });
      expect(all.at(-1)).toEqual({ kind: "failed", reason: "failed" });
      expect(all.some(({ kind }) => kind === "verified")).toBe(false);
    },
  );

  test("fails in words where it is asked too early, or for an engine that it has not", async () => {
    expect(await said([prove])).toEqual([{ kind: "failed", reason: "failed" }]);
    expect(await said([{ ...open(), engine: "another" } as ToWorker])).toEqual([
      { kind: "failed", reason: "failed" },
    ]);
  });

  test("calibrates, slice by slice", async () => {
    const all = await said([{ kind: "calibrate", sliceMs: 10, slices: 2 }]);
    expect(all.map(({ kind }) => kind)).toEqual(["slice", "slice", "calibrated"]);
  });
});
