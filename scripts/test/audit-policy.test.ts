// The auditor's command on the public files of a policy and of its ledger.

import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkpointOrigin,
  policyPaths,
  prepareClaim,
  proveClaim,
  publicPaths,
  rollFiles,
  signCheckpoint,
  wasmEngine,
} from "@commune-zk/prover";
import { writePublicFiles } from "@commune-zk/prover/node";
import { jest } from "@jest/globals";
import { claimOptions, communeOf, policyFor } from "../../prover/test/hours/support.ts";
import { hoursKeys, hoursManifest } from "../../prover/test/support/hours-keys.ts";
import { board, boardOf, publicFilesOf } from "../../prover/test/support/ledgers.ts";
import { boardKeys } from "../../prover/test/support/polls.ts";
import { bareAudit } from "./support/command.ts";

const commune = await communeOf(2, [
  { member: 0, amount: 1300 },
  { member: 1, amount: 60 },
]);
const { signed, policy } = policyFor(commune, { credits: 1, thresholds: [600, 1200] }, hoursManifest);
const { claimScope } = policy;
const claim = prepareClaim(await claimOptions(commune, policy, { member: 0, threshold: 1200 }));
const { artifacts } = await hoursKeys("hours-1");
const { record } = await proveClaim({ claim, artifacts, engine: wasmEngine() });

const directory = await mkdtemp(join(tmpdir(), "commune-zk-policy-"));
const place = join(directory, "policies", claimScope);
const ledgerPlace = join(directory, "ledgers", commune.ledger.name.ledgerId);
const registrar = commune.registrar.publicKey;

beforeAll(async () => {
  await writePublicFiles(place, [
    [policyPaths.policy, signed.policyBytes],
    [policyPaths.signature, signed.signatureBytes],
    [policyPaths.keys, hoursManifest.bytes],
    [publicPaths.rollEvents, commune.rollEvents],
    ...rollFiles(commune.tree),
    ...boardOf(claimScope, [record]),
  ]);
  await writePublicFiles(ledgerPlace, publicFilesOf(commune.ledger));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

// Each run is a process of its own: on a busy machine it takes its time.
jest.setTimeout(180_000);

const audit = (...args: string[]) => bareAudit(...args, "--allow-development-keys");

test("exits with 0 under the registrar's key and the checkpoints of now, and prints what it counted", () => {
  const seen = ["--checkpoint", join(place, publicPaths.checkpoint)];
  const seenLedger = ["--ledger-checkpoint", join(ledgerPlace, "checkpoint")];
  const good = audit(place, "--registrar", registrar, ...seen, ...seenLedger);
  expect(good.status).toBe(0);
  for (const line of [
    `policy    ${claimScope}, signed by the registrar`,
    "ledger    7 entries: 2 issuers, 3 periods, 2 credits of which 0 revoked",
    "  at least  600      0",
    "  at least 1200      1",
    "Proving keys of kind development",
    "Every check passed.",
  ]) {
    expect(good.output).toContain(line);
  }
});

test("exits with 3 without a trust anchor, and says what that means", () => {
  expect(audit(place)).toMatchObject({
    status: 3,
    output: expect.stringContaining("internally consistent, not authenticated"),
  });
});

test("exits with 1 for another registrar, another claimScope, and development keys that nobody allowed", () => {
  const notAnchored = { status: 1, output: expect.stringContaining("policy-not-anchored") };
  expect(audit(place, "--registrar", "00".repeat(32))).toMatchObject(notAnchored);
  expect(audit(place, "--claim-scope", "00".repeat(31))).toMatchObject(notAnchored);
  expect(bareAudit(place, "--registrar", registrar)).toMatchObject({
    status: 1,
    output: expect.stringContaining("development-keys-refused"),
  });
});

test("reads the ledger where it is told, and exits with 1 where there is none or another", async () => {
  // Two folders deep: no ledger lies beside it.
  const elsewhere = join(directory, "other", "elsewhere");
  await mkdir(elsewhere, { recursive: true });
  await cp(place, join(elsewhere, "policy"), { recursive: true });
  const told = [join(elsewhere, "policy"), "--claim-scope", claimScope];
  expect(audit(...told, "--ledger", ledgerPlace).status).toBe(0);
  expect(audit(...told)).toMatchObject({ status: 1, output: expect.stringContaining("file-missing") });
  const altered = join(elsewhere, "ledger");
  await cp(ledgerPlace, altered, { recursive: true });
  const entries = await readFile(join(altered, "entries.ndjson"), "utf8");
  await writeFile(join(altered, "entries.ndjson"), entries.replace('"Workplace"', '"Workplaze"'));
  expect(audit(...told, "--ledger", altered)).toMatchObject({
    status: 1,
    output: expect.stringMatching(/FAULT ledger-bad-signature\n.*ledger entry 0/),
  });
});

test("exits with 1 and names the entry where a claim was altered", async () => {
  const copy = join(directory, "policies", "tampered");
  await cp(place, copy, { recursive: true });
  const bytes = Buffer.from(record);
  bytes[bytes.length - 1] = bytes[bytes.length - 1]! ^ 1;
  await writePublicFiles(copy, boardOf(claimScope, [bytes]));
  expect(audit(copy, "--registrar", registrar)).toMatchObject({
    status: 1,
    output: expect.stringContaining("board entry 0"),
  });
});

test("exits with 1 where board or ledger was another one when a checkpoint was seen", async () => {
  const given = [place, "--registrar", registrar] as const;
  const other = async (scope: string, name: string): Promise<string> => {
    const path = join(directory, name);
    const head = { size: 1, root: new Uint8Array(32).fill(7) };
    await writeFile(path, signCheckpoint(checkpointOrigin(board.name, scope), head, boardKeys.secretKey));
    return path;
  };
  const inconsistent = (option: string) => ({
    status: 1,
    output: expect.stringMatching(new RegExp(`FAULT board-inconsistent\n.*${option}`)),
  });
  expect(audit(...given, "--checkpoint", await other(claimScope, "seen"))).toMatchObject(
    inconsistent("--checkpoint"),
  );
  const seenLedger = await other(commune.ledger.name.ledgerId, "seen-ledger");
  expect(audit(...given, "--ledger-checkpoint", seenLedger)).toMatchObject(
    inconsistent("--ledger-checkpoint"),
  );
});
