// Proofs of chosen votes: one at a time, the newest, in a worker that trusts nobody.
import { isDeepStrictEqual } from "node:util";
import {
  type Engine,
  InputError,
  type MerklePath,
  merklePath,
  pollSignaturesBytes,
  type SealedBallot,
  toHex,
  WitnessError,
} from "@commune-zk/prover";
import { describe, expect, test } from "@jest/globals";
import type { FromWorker, PollMaterial, TaskName, Tasks, ToWorker } from "../../src/worker/protocol.ts";
import { serveTask } from "../../src/worker/tasks.ts";
import { rest } from "./support/clock.ts";
import { artifacts, Device, engineOf, memberPoll, PASSPHRASE, Service } from "./support/world.ts";

const poll = memberPoll();
const { member } = poll;

/** Engines that wait until they are told. */
function heldEngines(): { engine: () => Engine; release: () => void; started: () => number } {
  let started = 0;
  let release: () => void = () => undefined;
  let gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const real = engineOf(poll)();
  return {
    started: () => started,
    release: () => {
      release();
      gate = Promise.resolve();
    },
    engine: () => ({
      ...real,
      async prove(options) {
        started++;
        options.onProgress?.({ phase: "witness", done: 0, total: 2 });
        await gate;
        options.onProgress?.({ phase: "proof", done: 1, total: 2 });
        return real.prove(options);
      },
    }),
  };
}

const deviceWith = (engine = engineOf(poll), service = new Service([poll])): Promise<Device> =>
  Device.atPoll({ service, member, engine }, poll);

const proofOf = (device: Device) => device.expectAt("choose").proof;
const proofAt = (device: Device): string => proofOf(device).at;
const workersAt = (device: Device, task: TaskName) => device.workers.filter((life) => life.task === task);

describe("a change of the votes", () => {
  test("starts a proof, and ends the worker of the one before", async () => {
    const { engine, release, started } = heldEngines();
    const device = await deviceWith(engine);
    await device.booth.startChoosing();
    device.booth.setVotes([1, 0, 0]);
    await device.until(() => started() === 1, "a first proof");
    const running = { at: "running", phase: "witness", fraction: null };
    await device.until(() => isDeepStrictEqual(proofOf(device), running), "a phase");
    await device.clock.advance(1_000);
    device.booth.setVotes([0, 1, 0]);
    expect(workersAt(device, "prove")[0]!.ended).toBe(true);
    await device.until(() => started() === 2, "a second proof");
    release();
    await device.until(() => proofAt(device) === "ready", "a proof");
    const [first, second] = workersAt(device, "prove");
    expect(first!.said.some(({ kind }) => kind === "done")).toBe(false);
    expect(second!.said.filter(({ kind }) => kind === "done")).toHaveLength(1);
    expect(second!.ended).toBe(true);
  });

  test("in a burst proves the first and the last alone", async () => {
    const { engine, release, started } = heldEngines();
    const device = await deviceWith(engine);
    await device.booth.startChoosing();
    device.booth.setVotes([1, 0, 0]);
    await device.until(() => started() === 1, "a first proof");
    for (let press = 0; press < 5; press++) {
      await device.clock.advance(50);
      device.booth.setVotes(press % 2 === 0 ? [0, 1, 0] : [0, 0, 1]);
    }
    expect(started()).toBe(1);
    await device.clock.advance(300);
    await device.until(() => started() === 2, "a last proof");
    release();
    await device.until(() => proofAt(device) === "ready", "a proof");
    expect(started()).toBe(2);
    expect(device.expectAt("choose").votes).toEqual([0, 1, 0]);
  });

  test("to votes that break the rules ends the proof, and there is nothing to review", async () => {
    const device = await deviceWith();
    await device.choose([1, 0, 0]);
    device.booth.setVotes([1, 1, 0]);
    expect(device.expectAt("choose")).toMatchObject({ complete: false, proof: { at: "idle" } });
    device.booth.review();
    device.expectAt("choose");
  });

  test.each<[string, number[]]>([
    ["too few", [1, 0]],
    ["too many", [1, 0, 0, 0]],
    ["a fraction", [0.5, 0, 0]],
    ["a negative number", [-1, 1, 1]],
    ["too large a number", [256, 0, 0]],
  ])("to %s is a mistake of the page", async (_name, votes) => {
    const device = await deviceWith();
    await device.booth.startChoosing();
    expect(() => device.booth.setVotes(votes)).toThrow(RangeError);
    expect(device.expectAt("choose").votes).toEqual([0, 0, 0]);
  });

  test("after a review proves anew: what was sealed before is never sent", async () => {
    const device = await deviceWith();
    await device.choose([1, 0, 0]);
    device.booth.review();
    device.booth.backToChoosing();
    await device.choose([0, 1, 0]);
    device.booth.review();
    expect(device.expectAt("review").votes).toEqual([0, 1, 0]);
    await device.booth.cast({ randomDelay: false });
    await device.untilAt("receipt");
    const records = workersAt(device, "prove").flatMap(({ said }) =>
      said.flatMap((message) => (message.kind === "done" ? [(message.output as SealedBallot).record] : [])),
    );
    expect(records).toHaveLength(2);
    expect(device.service.recordsOf(poll)).toEqual([records[1]]);
  });
});

describe("progress", () => {
  test("counts bytes, then names phases", async () => {
    const device = await deviceWith();
    const seen: string[] = [];
    device.booth.subscribe(() => {
      const { state } = device.booth;
      if (state.at !== "choose") return;
      const { proof } = state;
      const text = proof.at === "running" ? `${proof.phase} ${proof.fraction}` : proof.at;
      if (seen.at(-1) !== text) seen.push(text);
    });
    await device.choose([1, 0, 0]);
    const first = seen.filter((text) => text.startsWith("artifacts"));
    expect(first[0]).toBe("artifacts null");
    expect(first.at(-1)).toBe("artifacts 1");
    expect(seen.at(-1)).toBe("ready");
  });
});

describe("casting before the proof is ready", () => {
  test("waits for it", async () => {
    const { engine, release, started } = heldEngines();
    const device = await deviceWith(engine);
    await device.booth.startChoosing();
    device.booth.setVotes([1, 0, 0]);
    device.booth.review();
    const cast = device.booth.cast({ randomDelay: false });
    await device.until(() => started() === 1, "a proof");
    expect(device.service.sent).toEqual([]);
    release();
    await cast;
    await device.untilAt("receipt");
  });

  test("is off where the member goes back to choosing", async () => {
    const { engine, release, started } = heldEngines();
    const device = await deviceWith(engine);
    await device.booth.startChoosing();
    device.booth.setVotes([1, 0, 0]);
    device.booth.review();
    const cast = device.booth.cast({ randomDelay: false });
    await device.until(() => started() === 1, "a proof");
    device.booth.backToChoosing();
    release();
    await cast;
    expect(device.service.sent).toEqual([]);
    expect(await device.storage.keys("ballots")).toEqual([]);
    expect(proofAt(device)).toBe("ready");
  });
});

describe("stopping", () => {
  test("ends worker and download, and reviewing starts again", async () => {
    const { engine, release, started } = heldEngines();
    const device = await deviceWith(engine);
    await device.booth.startChoosing();
    device.booth.setVotes([1, 0, 0]);
    await device.until(() => started() === 1, "a proof");
    device.booth.cancelProof();
    expect(proofAt(device)).toBe("idle");
    expect(workersAt(device, "prove").every(({ ended }) => ended)).toBe(true);
    release();
    await rest();
    expect(proofAt(device)).toBe("idle");
    device.booth.review();
    await device.clock.advance(1_000);
    await device.until((state) => state.at === "review" && state.proof.at === "ready", "a proof");
  });

  test("by leaving the choice ends the worker", async () => {
    const { engine, started } = heldEngines();
    const device = await deviceWith(engine);
    await device.booth.startChoosing();
    device.booth.setVotes([1, 0, 0]);
    await device.until(() => started() === 1, "a proof");
    device.booth.backToPoll();
    await device.untilAt("poll");
    expect(workersAt(device, "prove").every(({ ended }) => ended)).toBe(true);
  });

  test("by a download that hangs is no failure", async () => {
    const device = await deviceWith();
    device.service.trick = ({ path }) =>
      path.startsWith("/artifacts/") ? new Promise<never>(() => undefined) : undefined;
    await device.booth.startChoosing();
    device.booth.setVotes([1, 0, 0]);
    await rest();
    device.booth.cancelProof();
    device.service.trick = () => undefined;
    await rest();
    expect(proofAt(device)).toBe("idle");
    await device.choose([0, 1, 0]);
    expect(proofAt(device)).toBe("ready");
  });
});

describe("a worker that ends by itself", () => {
  test("is a failure that may be tried again", async () => {
    const device = await deviceWith();
    await device.booth.startChoosing();
    device.crash = true;
    await device.choose([1, 0, 0]);
    const fault = { code: "prover-failed", place: null, evidence: null, retry: true };
    expect(device.expectAt("choose").proof).toEqual({ at: "failed", fault });
    device.crash = false;
    device.booth.review();
    await device.clock.advance(1_000);
    await device.until((state) => state.at === "review" && state.proof.at === "ready", "a proof");
  });
});

test("circuit and key are fetched once, on this visit and the next", async () => {
  const device = await deviceWith();
  await device.choose([1, 0, 0]);
  await device.choose([0, 1, 0]);
  await device.reload();
  await device.booth.unlock(PASSPHRASE);
  await device.clock.advance(1_000);
  await device.until((state) => state.at === "choose" && state.proof.at === "ready", "a proof");
  const fetched = device.service.seen.filter(({ path }) => path.startsWith("/artifacts/"));
  expect(fetched).toHaveLength(2);
  expect(new Set(fetched.map(({ path }) => path)).size).toBe(2);
});

describe("the worker", () => {
  const material: PollMaterial = {
    poll: poll.registration.poll,
    signatures: poll.registration.signatures,
    manifest: poll.manifest.bytes,
    anchor: { kind: "poll-id", pollId: poll.pollId },
    allowDevelopmentKeys: true,
  };
  const path: MerklePath = merklePath(poll.tree, 4);
  const proveInput = (): Tasks["prove"]["input"] => ({
    material,
    privateKey: member.privateKey.slice(),
    path,
    votes: [0, 1, 0],
    revision: 0,
  });

  /** Runs a task with honest artifacts; everything that was said. */
  async function said(
    task: Extract<ToWorker, { kind: "task" }>,
    engine = engineOf(poll),
  ): Promise<readonly FromWorker[]> {
    const messages: FromWorker[] = [];
    await new Promise<void>((resolve) => {
      const receive = serveTask(
        (message) => {
          messages.push(message);
          if (message.kind === "done" || message.kind === "failed") resolve();
          if (message.kind === "need" && "artifact" in message.need) {
            const { artifact, piece } = message.need;
            const end = new Uint8Array(0);
            void artifacts
              .bytes(artifact)
              .then((bytes) => receive({ kind: "answer", id: message.id, bytes: piece === 0 ? bytes : end }));
          }
        },
        { engine },
      );
      receive(task);
    });
    return messages;
  }

  const fault = async (input: Tasks["prove"]["input"], engine = engineOf(poll)) => {
    const last = (await said({ kind: "task", name: "prove", input }, engine)).at(-1)!;
    if (last.kind !== "failed") throw new Error("did not fail");
    return last.fault;
  };

  test("judges the poll itself", async () => {
    const parsed = JSON.parse(new TextDecoder().decode(material.signatures)) as { trustees: string[] };
    const { registrar } = parsed as unknown as { registrar: string };
    const trustees = parsed.trustees.slice(1);
    const signatures = pollSignaturesBytes({ pollId: poll.pollId, registrar, trustees });
    const unsigned = { ...proveInput(), material: { ...material, signatures } };
    expect(await fault(unsigned)).toEqual({
      code: "poll-bad-signature",
      place: "signatures.json",
      name: "InputError",
    });
    const anchor = { kind: "poll-id", pollId: "00".repeat(31) } as const;
    expect(await fault({ ...proveInput(), material: { ...material, anchor } })).toMatchObject({
      code: "poll-not-anchored",
    });
  });

  test("refuses votes, revision and path that do not fit, before the engine is asked", async () => {
    const never = (): Engine => ({
      prove: () => Promise.reject(new Error("the engine was asked")),
      dispose: async () => undefined,
    });
    expect((await fault({ ...proveInput(), votes: [1, 1, 0] }, never)).code).toBe("votes-invalid");
    expect((await fault({ ...proveInput(), revision: 65_536 }, never)).code).toBe("revision-invalid");
    const other = merklePath(poll.tree, 3);
    expect((await fault({ ...proveInput(), path: other }, never)).code).toBe("not-on-roll");
  });

  test("tells of an error its code and name, and no word of its message", async () => {
    const secret = "the secret is 42";
    const engineThat = (error: Error) => (): Engine => ({
      prove: () => Promise.reject(error),
      dispose: async () => undefined,
    });
    expect(await fault(proveInput(), engineThat(new RangeError(secret)))).toEqual({
      code: null,
      place: null,
      name: "RangeError",
    });
    expect(await fault(proveInput(), engineThat(new WitnessError()))).toMatchObject({
      code: "witness-unsatisfied",
    });
    const refusal = engineThat(new InputError("votes-invalid", secret, "votes"));
    expect(JSON.stringify(await fault(proveInput(), refusal))).not.toContain(secret);
  });

  test("overwrites the key that it was given, whatever happens", async () => {
    const inputs = [proveInput(), { ...proveInput(), votes: [1, 1, 0] }];
    for (const input of inputs) {
      await said({ kind: "task", name: "prove", input });
      expect([...input.privateKey].some((byte) => byte !== 0)).toBe(false);
    }
  });

  test("says progress and the sealed ballot, and nothing of what it was given", async () => {
    const input = proveInput();
    const key = { hex: toHex(input.privateKey), bytes: [...input.privateKey].join() };
    const messages = await said({ kind: "task", name: "prove", input });
    expect(messages.map(({ kind }) => kind).filter((kind) => kind !== "need")).toEqual(["progress", "done"]);
    const done = messages.at(-1)!;
    if (done.kind !== "done") throw new Error("not done");
    const sealed = done.output as SealedBallot;
    expect(Object.keys(sealed).sort()).toEqual([
      "nullifier",
      "pollId",
      "record",
      "revision",
      "statementHash",
      "submission",
    ]);
    const text = JSON.stringify(messages, (_name, part: unknown) =>
      typeof part === "bigint" ? String(part) : part instanceof Uint8Array ? [...part].join() : part,
    );
    expect(text).not.toContain(key.hex);
    expect(text).not.toContain(key.bytes);
  });
});
