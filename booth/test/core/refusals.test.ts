// A service that swaps or leaves out: the page refuses, says what, and keeps what was said.
import {
  canonicalBytes,
  createRegistration,
  equalBytes,
  type PollSignatures,
  pollSignaturesBytes,
  publicPaths,
  toBase64,
  utf8,
} from "@commune-zk/prover";
import { randomHex } from "@commune-zk/prover/rehearsal";
import { describe, expect, test } from "@jest/globals";
import { manifest as storedManifest } from "../../../prover/test/support/keys.ts";
import { alteredPoll, receiptOf } from "../../../prover/test/support/polls.ts";
import { unprovenBallot } from "../../../verifier/test/support/ballots.ts";
import {
  Device,
  type DeviceOptions,
  engineOf,
  memberPoll,
  ok,
  PASSPHRASE,
  problem,
  Service,
} from "./support/world.ts";

const poll = memberPoll();
const { member } = poll;
const other = memberPoll({}, { member });
const signatures = JSON.parse(new TextDecoder().decode(poll.registration.signatures)) as PollSignatures;

const optionsWith = (service: Service): DeviceOptions => ({ service, member, engine: engineOf(poll) });

/** A device that asks for the poll where these files are served in the place of the poll's. */
async function askFor(
  files: Readonly<Record<string, Uint8Array | null>>,
  changes: Partial<DeviceOptions> = {},
) {
  const service = new Service([poll]);
  service.trick = swap(files);
  const device = await Device.open({ ...optionsWith(service), ...changes });
  await device.booth.unlock(PASSPHRASE);
  await device.booth.openPoll(poll.pollId);
  return device;
}

function swap(files: Readonly<Record<string, Uint8Array | null>>): Service["trick"] {
  return ({ path }) => {
    const name = path.replace(`/polls/${poll.pollId}/`, "");
    const bytes = files[name];
    if (bytes === undefined) return undefined;
    return bytes === null ? problem(404, "file-missing") : ok(bytes);
  };
}

interface Evidence {
  readonly type: string;
  readonly code: string;
  readonly place: string | null;
  readonly pollId: string;
  readonly items: readonly { readonly name: string; readonly base64: string | null }[];
}

async function evidenceOf(device: Device, name: string | null): Promise<Evidence> {
  const bytes = await device.booth.evidence(name!);
  return JSON.parse(new TextDecoder().decode(bytes!)) as Evidence;
}

const { poll: pollBytes } = poll.registration;
const leavesPath = publicPaths.rollLeaves(0);
const leaves = new Service([poll]).filesOf(poll).get(leavesPath)!;
const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, bytes[at]! ^ 1);
const signed = (changes: Partial<PollSignatures>): Uint8Array => {
  const { type: _, ...rest } = { ...signatures, ...changes };
  return pollSignaturesBytes(rest);
};

describe("a poll is refused", () => {
  const cases: readonly [string, Record<string, Uint8Array | null>, { code: string; place: string }][] = [
    [
      "that is another one, good in itself",
      {
        "poll.json": other.registration.poll,
        "signatures.json": other.registration.signatures,
      },
      { code: "poll-not-anchored", place: "poll.json" },
    ],
    [
      "with one byte changed",
      { "poll.json": flipped(pollBytes, pollBytes.indexOf(0x54)) },
      { code: "poll-not-anchored", place: "poll.json" },
    ],
    [
      "that all its signers put in its place",
      (() => {
        const { files } = alteredPoll(poll, (copy) => {
          copy.title = "Another question";
        });
        return { "poll.json": files.poll, "signatures.json": files.signatures };
      })(),
      { code: "poll-not-anchored", place: "poll.json" },
    ],
    [
      "with a trustee's signature missing",
      { "signatures.json": signed({ trustees: signatures.trustees.slice(1) }) },
      { code: "poll-bad-signature", place: "signatures.json" },
    ],
    [
      "with a trustee's signature twice",
      { "signatures.json": signed({ trustees: signatures.trustees.with(0, signatures.trustees[1]!) }) },
      { code: "poll-bad-signature", place: "signatures.json" },
    ],
    [
      "with the registrar's signature of something else",
      { "signatures.json": signed({ registrar: signatures.trustees[0]! }) },
      { code: "poll-bad-signature", place: "signatures.json" },
    ],
    ["with no signatures", { "signatures.json": null }, { code: "file-missing", place: "signatures.json" }],
    ["that is no JSON", { "poll.json": utf8("<html>") }, { code: "bad-json", place: "poll.json" }],
    [
      "with another key set beside it",
      { "keys.json": storedManifest.bytes },
      { code: "key-set-digest-mismatch", place: "keys.json" },
    ],
    [
      "with another member's leaf changed",
      { [leavesPath]: flipped(leaves, 31) },
      { code: "roll-root-mismatch", place: "roll" },
    ],
    [
      "with this member's leaf left out",
      { [leavesPath]: flipped(leaves, 4 * 32 + 31) },
      { code: "roll-root-mismatch", place: "roll" },
    ],
    [
      "with a leaf too few",
      { [leavesPath]: leaves.slice(32) },
      { code: "roll-files-malformed", place: leavesPath },
    ],
    [
      "with another node above it",
      { [publicPaths.rollLevel10]: new Uint8Array(0) },
      { code: "roll-files-malformed", place: publicPaths.rollLevel10 },
    ],
  ];

  test.each(cases)("%s", async (_name, files, expected) => {
    const device = await askFor(files);
    const { fault } = device.expectAt("refused");
    expect(fault).toMatchObject(expected);
    const served = Object.entries(files).filter((entry): entry is [string, Uint8Array] => entry[1] !== null);
    const evidence = await evidenceOf(device, fault.evidence);
    expect(evidence).toMatchObject({ type: "commune-zk/evidence/v1", ...expected, pollId: poll.pollId });
    for (const [name, bytes] of served) {
      expect(evidence.items).toContainEqual(expect.objectContaining({ name, base64: toBase64(bytes) }));
    }
    // Nothing bad was stored: with an honest service it opens.
    device.service.trick = () => undefined;
    device.booth.retryNow();
    expect((await device.untilAt("poll")).session.onRoll).toBe(true);
  });

  test("with development keys, where the page was not set up for samples", async () => {
    const device = await askFor({}, { allowDevelopmentKeys: false });
    expect(device.expectAt("refused").fault).toMatchObject({
      code: "development-keys-refused",
      place: "poll.json",
    });
  });

  test("by another registrar than the one who invited this member to its roll", async () => {
    const service = new Service([poll]);
    const device = await Device.open(optionsWith(service));
    const { roll } = poll;
    const invitation = {
      organisation: "Test commune",
      registrarKey: randomHex(),
      rollId: roll.rollId,
      registrarNonce: randomHex(),
    };
    const { organisation: _, ...context } = invitation;
    const registration = createRegistration({ identity: member, mailboxKey: randomHex(), ...context });
    const value = { invitation, registration, serial: 1 };
    await device.storage.write([{ store: "membership", key: roll.rollId, value }]);
    await device.booth.openPoll(poll.pollId);
    expect(device.expectAt("refused").fault).toMatchObject({ code: "poll-not-anchored", place: "poll.json" });
    const known = { ...value, invitation: { ...invitation, registrarKey: poll.registrar.publicKey } };
    await device.storage.write([{ store: "membership", key: roll.rollId, value: known }]);
    await device.booth.openPoll(poll.pollId);
    expect(device.expectAt("poll").session.knownRegistrar).toBe(true);
  });

  test("in the place of one that was opened before: the good copy stays", async () => {
    const device = await Device.atPoll(optionsWith(new Service([poll])), poll);
    device.service.trick = swap({
      "poll.json": other.registration.poll,
      "signatures.json": other.registration.signatures,
    });
    await device.booth.openPoll(poll.pollId);
    expect(device.expectAt("refused").fault.code).toBe("poll-not-anchored");
    device.isOnline = false;
    await device.booth.openPoll(poll.pollId);
    expect(device.expectAt("poll").session).toMatchObject({ offline: true, onRoll: true });
  });

  test("the same way twice takes no more room", async () => {
    const device = await askFor({ "signatures.json": signed({ trustees: [] }) });
    await device.booth.openPoll(poll.pollId);
    device.expectAt("refused");
    expect(await device.storage.keys("evidence")).toHaveLength(1);
  });
});

describe("a circuit or key is refused", () => {
  const { wasm, provingKey } = poll.manifest.manifest.circuits["ballot-compact-10"]!;

  test.each<[string, string, Response | (() => Response), string, string]>([
    [
      "that is another",
      provingKey.sha256,
      () => ok(new Uint8Array(provingKey.size)),
      "artifact-digest-mismatch",
      provingKey.path,
    ],
    ["that is cut short", wasm.sha256, () => ok(utf8("the cont")), "artifact-size-mismatch", wasm.path],
    [
      "that is not there",
      wasm.sha256,
      () => problem(404, "artifact-missing"),
      "artifact-missing",
      wasm.sha256,
    ],
  ])("%s", async (_name, digest, answer, code, place) => {
    const device = await Device.atPoll(optionsWith(new Service([poll])), poll);
    device.service.trick = ({ path }) =>
      path === `/artifacts/${digest}` ? (answer as () => Response)() : undefined;
    await device.choose([0, 1, 0]);
    const { proof } = device.expectAt("choose");
    if (proof.at !== "failed") throw new Error("not failed");
    expect(proof.fault).toMatchObject({ code, place });
    expect(await device.storage.keys("artifacts")).toEqual([]);
    if (code !== "artifact-missing") {
      const evidence = await evidenceOf(device, proof.fault.evidence);
      expect(evidence.items.map(({ name }) => name).sort()).toEqual([wasm.path, provingKey.path].sort());
    }
    device.service.trick = () => undefined;
    device.booth.review();
    await device.clock.advance(1_000);
    await device.until((state) => state.at === "review" && state.proof.at === "ready", "a proof");
    expect(await device.storage.keys("artifacts")).toHaveLength(2);
  });

  test("that does not end is given up", async () => {
    const device = await Device.atPoll(optionsWith(new Service([poll])), poll);
    device.service.trick = ({ path }) =>
      path.startsWith("/artifacts/") ? new Promise<never>(() => undefined) : undefined;
    await device.booth.startChoosing();
    device.booth.setVotes([0, 1, 0]);
    const asked = () => device.service.seen.filter(({ path }) => path.startsWith("/artifacts/")).length;
    await device.until(() => asked() === 2, "both requests");
    await device.clock.advance(30_000);
    await device.until((state) => state.at === "choose" && state.proof.at === "failed", "a failure");
    expect(device.expectAt("choose").proof).toMatchObject({ fault: { code: "no-answer", retry: true } });
  });
});

describe("a receipt is refused", () => {
  const elsewhere = unprovenBallot(poll, { voter: 0 });

  /** What a bad service answers to the ballot that it has just recorded. */
  type Bad = (records: readonly Uint8Array[]) => Promise<unknown>;
  const cases: readonly [string, Bad, string][] = [
    ["that is none", async () => ({ thanks: true }), "receipt-malformed"],
    [
      "of another record",
      async (records) => receiptOf(poll.valid, [...records, (await elsewhere).record], records.length),
      "receipt-other-record",
    ],
    [
      "of another poll",
      async (records) => ({ ...receiptOf(poll.valid, records, 0), pollId: other.pollId }),
      "receipt-other-poll",
    ],
    [
      "whose path leads elsewhere",
      async (records) => {
        const both = [...records, (await elsewhere).record];
        return { ...receiptOf(poll.valid, both, 0), inclusion: [] };
      },
      "receipt-not-included",
    ],
    [
      "under a checkpoint of a board without the record",
      async (records) => ({
        ...receiptOf(poll.valid, records, 0),
        checkpoint: receiptOf(poll.valid, [(await elsewhere).record], 0).checkpoint,
      }),
      "receipt-not-included",
    ],
    [
      "under a checkpoint that nobody signed",
      async (records) => {
        const receipt = receiptOf(poll.valid, records, 0);
        return { ...receipt, checkpoint: receipt.checkpoint.replace("\n1\n", "\n2\n") };
      },
      "checkpoint-bad-signature",
    ],
    [
      "under another board's checkpoint",
      async (records) => ({
        ...receiptOf(poll.valid, records, 0),
        checkpoint: receiptOf(other.valid, [(await unprovenBallot(other, { voter: 0 })).record], 0)
          .checkpoint,
      }),
      "checkpoint-other-board",
    ],
  ];

  test.each(cases)("%s", async (_name, bad, code) => {
    const device = await Device.atPoll(optionsWith(new Service([poll])), poll);
    const { service } = device;
    let answer = new Uint8Array(0);
    service.trick = async ({ method, body }) => {
      if (method !== "POST") return undefined;
      await service.record(poll.pollId, body);
      answer = new Uint8Array(canonicalBytes(await bad(service.recordsOf(poll))));
      return ok(answer);
    };
    await device.vote([0, 1, 0]);
    const { fault } = await device.untilAt("refused");
    expect(fault.code).toBe(code);
    const evidence = await evidenceOf(device, fault.evidence);
    expect(evidence.items.map(({ name }) => name)).toEqual(["answer", "record"]);
    expect(evidence.items[0]!.base64).toBe(toBase64(answer));
    // It is not called cast, now or later …
    const [stored] = await device.storedBallots();
    expect(stored!.receipt).toBeNull();
    device.booth.backToPoll();
    expect((await device.untilAt("poll")).own?.receipt).toBeNull();
    // … until the same bytes get a receipt that proves it.
    service.trick = () => undefined;
    await device.reload();
    const { own } = await device.untilAt("receipt");
    expect(own.receipt).toMatchObject({ index: 0 });
    expect(new Set(service.sent).size).toBe(1);
    expect(equalBytes(service.recordsOf(poll)[0]!, stored!.record)).toBe(true);
  });
});
