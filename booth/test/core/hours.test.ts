// From sealed attestations to a claim whose receipt was verified; proven for real once.

import {
  attestationLink,
  type ClaimReceipt,
  checkProof,
  claimReceiptBytes,
  createIdentity,
  type Engine,
  encodeRecord,
  type Identity,
  mailboxKeyOf,
  makeClaimReceipt,
  parseClaim,
  policyLink,
  policyPaths,
  rollFiles,
  sealAttestation,
  sealedAttestationBytes,
  type ValidPolicy,
  verifyClaimReceipt,
  wasmEngine,
} from "@commune-zk/prover";
import { expect, test } from "@jest/globals";
import { hoursArtifacts, hoursManifest } from "../../../prover/test/support/hours-keys.ts";
import {
  boardOf,
  credited,
  entered,
  openLedger,
  publicFilesOf,
  QUARTER,
  revocation,
  type TestLedger,
} from "../../../prover/test/support/ledgers.ts";
import { judgePolicy, policyOf, policyRoll, signedPolicy } from "../../../prover/test/support/policies.ts";
import type { HoursState } from "../../src/core/state.ts";
import type { StoredClaim } from "../../src/core/storage.ts";
import { invitedTo } from "./support/invited.ts";
import { Device, ok, PAGE_URL, PASSPHRASE, problem, type Seen, Service } from "./support/world.ts";

const roll = policyRoll(4);
const member = roll.identities[2]!;
const opened = openLedger();
const issuer = opened.issuers[0]!;
const first = await credited(opened.ledger, issuer, [
  { member: roll.identities[0]!, amount: 900 },
  { member, amount: 900 },
]);
const second = await credited(first.ledger, issuer, [{ member, amount: 420 }], { period: QUARTER[1] });
const ledger = second.ledger;
const mine = [first.attestations[1]!, second.attestations[0]!];
const sealed = await Promise.all(
  mine.map(async (attestation) =>
    sealedAttestationBytes(await sealAttestation(attestation, mailboxKeyOf(member))),
  ),
);
const foreign = sealedAttestationBytes(
  await sealAttestation(first.attestations[0]!, mailboxKeyOf(roll.identities[0]!)),
);
const signed = signedPolicy(policyOf(roll, ledger.name, {}, hoursManifest), roll.registrar);
const { claimScope } = signed;
const policy: ValidPolicy = judgePolicy(signed, { kind: "claim-scope", claimScope }, hoursManifest);

/** A service that keeps one policy and its ledger, and takes claims without checking proofs. */
class HoursService extends Service {
  readonly records: Uint8Array[] = [];
  ledger: TestLedger = ledger;
  readonly changed = new Map<string, Uint8Array>();
  /** What a claim gets instead of a receipt. */
  refusal: string | null = null;
  forge: (receipt: ClaimReceipt) => ClaimReceipt = (receipt) => receipt;

  constructor() {
    super([], hoursArtifacts);
    this.trick = (request) => this.#answer(request);
  }

  async #answer({ method, path, body }: Seen): Promise<Response | undefined> {
    if (method === "POST" && path === `/v1/policies/${claimScope}/claims`) return this.#claim(body);
    const artifact = /^\/artifacts\/([0-9a-f]{64})$/.exec(path);
    if (artifact !== null) {
      const files = Object.values(hoursManifest.manifest.circuits).flatMap((entry) => [
        entry.wasm,
        entry.provingKey,
      ]);
      const file = files.find(({ sha256 }) => sha256 === artifact[1]);
      return file && ok(await hoursArtifacts.bytes(file));
    }
    const [, folder, id, rest = ""] = /^\/(policies|ledgers)\/([0-9a-f]+)\/(.+)$/.exec(path) ?? [];
    const files =
      folder === "policies" && id === claimScope
        ? new Map([
            [policyPaths.policy, signed.policyBytes],
            [policyPaths.signature, signed.signatureBytes],
            [policyPaths.keys, hoursManifest.bytes],
            ...rollFiles(roll.tree),
          ])
        : folder === "ledgers" && id === ledger.name.ledgerId
          ? publicFilesOf(this.ledger)
          : new Map<string, Uint8Array>();
    const bytes = this.changed.get(rest) ?? files.get(rest);
    return bytes && ok(bytes);
  }

  #claim(body: string): Response {
    if (this.refusal !== null) return problem(422, this.refusal);
    const { publicSignals, proof } = parseClaim(new TextEncoder().encode(body));
    const record = encodeRecord({ publicSignals, proof: checkProof(proof) });
    if (this.records.length === 0) this.records.push(record);
    const checkpoint = new TextDecoder().decode(boardOf(claimScope, this.records).get("board/checkpoint"));
    const receipt = makeClaimReceipt({ policy, record, index: 0, checkpoint, inclusion: [] });
    return ok(claimReceiptBytes(this.forge(receipt)));
  }
}

/** Where nothing may be proven. */
function unproven(): Engine {
  throw new Error("nothing should be proven here");
}

async function at<A extends HoursState["at"]>(
  device: Device,
  wanted: A,
): Promise<Extract<HoursState, { at: A }>> {
  await device.until((state) => state.at === "hours" && state.hours.at === wanted, `hours at ${wanted}`);
  const { hours } = device.expectAt("hours");
  if (hours.at !== wanted) throw new Error(`at ${hours.at}`);
  return hours as Extract<HoursState, { at: A }>;
}

async function device(
  service: HoursService,
  {
    identity = member,
    engine = unproven,
    ...rest
  }: { identity?: Identity; engine?: () => Engine; startsAt?: number } = {},
): Promise<Device> {
  const made = await Device.open({ service, member: identity, engine, ...rest });
  await made.booth.unlock(PASSPHRASE);
  return made;
}

let proven: Promise<StoredClaim> | null = null;

/** A claim of the member that waits for its answer; proven once. */
function waitingClaim(): Promise<StoredClaim> {
  proven ??= (async () => {
    const service = new HoursService();
    const phone = await device(service, { engine: wasmEngine });
    await phone.booth.addAttestations(sealed);
    await phone.booth.openPolicy(claimScope);
    await phone.booth.claim(1200);
    await at(phone, "receipt");
    const stored = (await phone.storage.read("claims", claimScope))!;
    return { ...stored, receipt: null };
  })();
  return proven;
}

/** A device on which a claim waits; its page has just been opened again. */
async function withWaiting(service: HoursService): Promise<Device> {
  const phone = await Device.open({ service, member, engine: unproven });
  await phone.storage.write([{ store: "claims", key: claimScope, value: await waitingClaim() }]);
  return phone;
}

test("attestations become a claim that is recorded, and says so only with its receipt", async () => {
  const service = new HoursService();
  const phone = await Device.open({ service, member, engine: wasmEngine });
  // A link while the booth is locked waits for the unlocking.
  await phone.booth.openLink(attestationLink(PAGE_URL, sealed[0]!));
  phone.expectAt("locked");
  await phone.booth.unlock(PASSPHRASE);
  expect(await at(phone, "credits")).toMatchObject({ credits: [mine[0]], failed: [] });
  await phone.booth.addAttestations([sealed[0]!, sealed[1]!, foreign]);
  const listed = await at(phone, "credits");
  expect(listed.credits).toHaveLength(2);
  expect(listed.failed).toEqual(["attestation-not-mine"]);

  await phone.booth.openLink(policyLink(PAGE_URL, claimScope));
  const { session } = await at(phone, "policy");
  expect(session).toMatchObject({ onRoll: true, phase: "open", reachable: [600, 1200] });
  expect(session.credits.map(({ code, counted }) => [code, counted])).toEqual([
    [null, true],
    [null, true],
  ]);
  // The second batch is one credit, after the two of the first, which are in the order of their hashes.
  const places = new Map(session.credits.map(({ attestation, position }) => [attestation.amount, position]));
  expect(places.get(420)).toBe(2);
  expect([0, 1]).toContain(places.get(900));
  expect(phone.booth.developmentKeys).toBe(true);

  // The claim is stored before its first byte leaves.
  let storedFirst: boolean | null = null;
  let isStored = false;
  phone.onWrite = (stores, when) => {
    if (when === "after" && stores.includes("claims")) isStored = true;
  };
  phone.onFetch = (path, when) => {
    if (when === "before" && path.endsWith("/claims")) storedFirst ??= isStored;
  };
  await phone.booth.claim(1200);
  const { claim } = await at(phone, "receipt");
  expect(storedFirst).toBe(true);
  expect(claim.threshold).toBe(1200);
  verifyClaimReceipt({ receipt: claim.receipt, record: service.records[0]!, policy });
  const stored = (await phone.storage.read("claims", claimScope))!;
  proven ??= Promise.resolve({ ...stored, receipt: null });

  // Nothing of the credits is stored in clear, or was asked for or sent.
  const bytes = await phone.storedBytes();
  for (const { salt } of mine) {
    expect(bytes).not.toContain(salt);
    expect(bytes).not.toContain(Buffer.from(salt, "hex").toString("latin1"));
  }
  expect(service.seen.map(({ path, body }) => path + body).join()).not.toContain(mine[0]!.salt);

  // One claim a policy: opening it again shows the receipt, and claims nothing.
  await phone.booth.openPolicy(claimScope);
  expect((await at(phone, "receipt")).claim).toEqual(expect.objectContaining({ threshold: 1200 }));
  await phone.booth.claim(600);
  expect(service.sent).toHaveLength(1);

  // After a reload, too.
  await phone.reload();
  await phone.booth.unlock(PASSPHRASE);
  await phone.booth.openPolicy(claimScope);
  await at(phone, "receipt");
  expect(service.sent).toHaveLength(1);
}, 120_000);

test("a revoked credit is named, and a threshold that the rest does not reach is never begun", async () => {
  const service = new HoursService();
  service.ledger = entered(ledger, revocation(ledger, issuer, [2]));
  const phone = await device(service);
  await phone.booth.addAttestations(sealed);
  await phone.booth.openPolicy(claimScope);
  const { session } = await at(phone, "policy");
  const codes = session.credits.map(({ attestation, code }) => [attestation.amount, code] as const);
  expect(new Map(codes)).toEqual(
    new Map([
      [900, null],
      [420, "attestation-revoked"],
    ]),
  );
  expect(session.reachable).toEqual([600]);
  await phone.booth.claim(1200);
  await at(phone, "policy");
  expect(phone.workers.some(({ task }) => task === "proveClaim")).toBe(false);
  expect(service.seen.some(({ path }) => path.startsWith("/artifacts/"))).toBe(false);
}, 60_000);

test("a credit that goes between looking and proving fails before any proof", async () => {
  const service = new HoursService();
  const phone = await device(service);
  await phone.booth.addAttestations(sealed);
  await phone.booth.openPolicy(claimScope);
  await at(phone, "policy");
  service.ledger = entered(ledger, revocation(ledger, issuer, [2]));
  await phone.booth.claim(1200);
  const { proof } = await at(phone, "proving");
  expect(proof).toMatchObject({ at: "failed", fault: { code: "hours-not-enough" } });
  expect(service.sent).toEqual([]);
  expect(await phone.storage.keys("claims")).toEqual([]);
}, 60_000);

test("the page of a policy turns by itself when the policy opens, and again when it closes", async () => {
  const { opensAt, closesAt } = policy.policy;
  const phone = await device(new HoursService(), { startsAt: opensAt - 1 });
  await phone.booth.openPolicy(claimScope);
  expect((await at(phone, "policy")).session.phase).toBe("before");
  await phone.clock.advance(1_000);
  expect((await at(phone, "policy")).session.phase).toBe("open");
  await phone.clock.advance((closesAt - opensAt) * 1_000);
  expect((await at(phone, "policy")).session.phase).toBe("closed");
  // Elsewhere, nothing of it comes back.
  await phone.booth.openHours();
  await phone.clock.advance(1_000);
  await at(phone, "credits");
}, 60_000);

test("a member who is not on the roll is told so, and claims nothing", async () => {
  const service = new HoursService();
  const phone = await device(service, { identity: createIdentity() });
  await phone.booth.openPolicy(claimScope);
  const { session } = await at(phone, "policy");
  expect(session).toMatchObject({ onRoll: false, credits: [], reachable: [] });
  await phone.booth.claim(600);
  await at(phone, "policy");
}, 60_000);

test("a ledger that its board has not signed is refused, and evidence is kept", async () => {
  const service = new HoursService();
  service.changed.set("entries.ndjson", publicFilesOf(opened.ledger).get("entries.ndjson")!);
  const phone = await device(service);
  await phone.booth.openPolicy(claimScope);
  const { fault } = await at(phone, "fault");
  expect(fault.code).toBe("ledger-checkpoint-mismatch");
  expect(await phone.booth.evidence(fault.evidence!)).not.toBeNull();
  // Once it is served as it should be, trying again goes on.
  service.changed.clear();
  phone.booth.retryNow();
  await at(phone, "policy");
}, 60_000);

test("a policy by another registrar than the one who invited this member is refused", async () => {
  const service = new HoursService();
  const phone = await device(service);
  await phone.storage.write([invitedTo(roll.roll.rollId, { identity: member })]);
  await phone.booth.openPolicy(claimScope);
  expect((await at(phone, "fault")).fault.code).toBe("policy-not-anchored");
}, 60_000);

test("a claim that waits goes out after a reload, while the booth is locked, with the same bytes", async () => {
  const service = new HoursService();
  const phone = await withWaiting(service);
  // The policy was read when the claim was made.
  await phone.reload();
  phone.expectAt("locked");
  await phone.until(() => service.sent.length === 1, "a claim that was sent");
  const { record } = await waitingClaim();
  await phone.booth.unlock(PASSPHRASE);
  await phone.booth.openPolicy(claimScope);
  await at(phone, "receipt");
  expect(service.records).toEqual([record]);
}, 60_000);

test("a receipt that proves nothing does not make a claim recorded", async () => {
  const service = new HoursService();
  service.forge = (receipt) => ({ ...receipt, index: 1 });
  const phone = await withWaiting(service);
  await phone.booth.unlock(PASSPHRASE);
  await phone.booth.openPolicy(claimScope);
  const { fault } = await at(phone, "fault");
  expect(fault.code).toBe("receipt-not-included");
  expect(fault.evidence).not.toBeNull();
  expect(await phone.storage.read("claims", claimScope)).toMatchObject({ receipt: null, refusal: null });
}, 60_000);

test.each([
  ["ledger-root-revoked", "ledger-root-revoked"],
  ["ledger-root-unknown", null],
])(
  "a claim refused as %s is kept with the refusal %s",
  async (code, refusal) => {
    const service = new HoursService();
    service.refusal = code;
    const phone = await withWaiting(service);
    await phone.booth.unlock(PASSPHRASE);
    await phone.booth.addAttestations(sealed);
    await phone.booth.openPolicy(claimScope);
    await phone.until(
      (state) => state.at === "hours" && state.hours.at === "sending" && state.hours.cast.at === "refused",
      "refused",
    );
    expect(await phone.storage.read("claims", claimScope)).toMatchObject({ receipt: null, refusal });
    // What was refused for good gives way to another proof; what only waits goes out again.
    phone.booth.retryNow();
    if (refusal !== null) await at(phone, "policy");
    else {
      service.refusal = null;
      phone.booth.retryNow();
      await at(phone, "receipt");
    }
  },
  60_000,
);
