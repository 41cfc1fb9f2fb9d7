// A petition signed, hours claimed and a sign-in, by members at real browsers, through one real service: from what
// they are handed to what was verified. And nothing of it says who they are.
import {
  attestationLink,
  createIssuerKeys,
  creditBatch,
  ed25519KeyPair,
  type Identity,
  invitationLink,
  mailboxKeyOf,
  openPeriod,
  parseClaimReceipt,
  parsePetitionReceipt,
  petitionLink,
  pointToJson,
  policyLink,
  postCreditBatch,
  registerIssuer,
  registerLedger,
  registerPetition,
  registerPolicy,
  registerSnapshot,
  sealedAttestationBytes,
  signInLink,
  signPetition,
  signSnapshot,
  toHex,
  urlPublicFiles,
  validatePetition,
  validateSnapshot,
  verifyClaimReceipt,
  verifyPetitionReceipt,
  verifySignIn,
} from "@commune-zk/prover";
import { randomHex } from "@commune-zk/prover/rehearsal";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser } from "playwright-core";
import { launchChromium } from "../../../benchmarks/src/browser/chromium.ts";
import {
  artifacts,
  manifest,
  petitionOf,
  snapshotOf,
  verifier,
} from "../../../prover/test/membership/support.ts";
import { hoursArtifacts, hoursManifest } from "../../../prover/test/support/hours-keys.ts";
import { board } from "../../../prover/test/support/ledgers.ts";
import { judgePolicy, policyOf, policyRoll, signedPolicy } from "../../../prover/test/support/policies.ts";
import { OPERATOR_TOKEN } from "../../../verifier/test/support/service.ts";
import { findTraces, tracesOfKey, tracesOfText } from "../../../verifier/test/support/traces.ts";
import { type BoothService, startBooth } from "./support/election.ts";
import { Member } from "./support/member.ts";
import type { Wire } from "./support/wire.ts";

const MINUTES = 60_000;
const DAY = 86_400;
const PERIOD = 202601;
const now = Math.floor(Date.now() / 1_000);

const registry = ed25519KeyPair();
const roll = policyRoll(4);
const [, nerea, tom] = roll.identities as [Identity, Identity, Identity];
const ledger = { ledgerId: randomHex(), registryKey: registry.publicKey };

const petitionBytes = signPetition(
  petitionOf(roll.roll, { opensAt: now - 60, closesAt: now + DAY }),
  roll.registrar.secretKey,
);
const petition = validatePetition(petitionBytes, { kind: "none" });
const snapshotBytes = signSnapshot(snapshotOf(roll.roll, { takenAt: now - 60 }), roll.registrar.secretKey);
const signed = signedPolicy(
  policyOf(
    roll,
    ledger,
    { credits: 1, thresholds: [600, 900], opensAt: now - 60, closesAt: now + DAY },
    hoursManifest,
  ),
  roll.registrar,
);
const policy = judgePolicy(signed, { kind: "none" }, hoursManifest);

const issuerKeys = createIssuerKeys();
const credited = await creditBatch({
  issuerKeys,
  header: { ledgerId: ledger.ledgerId, serial: 0, period: PERIOD, category: "hours" },
  credits: [
    { commitment: nerea.commitment, mailboxKey: mailboxKeyOf(nerea), amount: 700 },
    { commitment: tom.commitment, mailboxKey: mailboxKeyOf(tom), amount: 500 },
  ],
});
/** The sealed attestation of a member, as a file. */
const attestationOf = ({ commitment }: Identity): Uint8Array =>
  sealedAttestationBytes(credited.attestations.find((one) => one.commitment === commitment)!.sealed);

let booth: BoothService;
let browser: Browser;
let wire: Wire;
let ana: Member;

beforeAll(async () => {
  booth = await startBooth("members", {
    registryKey: registry.secretKey,
    hours: { manifest: hoursManifest, artifacts: hoursArtifacts },
    membership: { manifest, artifacts },
  });
  [browser, wire] = await Promise.all([launchChromium(), booth.wire()]);
  // Members sign in where the page is, and that is known only now.
  await booth.service.restart({ origin: wire.origin });
  const operator = { baseUrl: booth.service.baseUrl, operatorToken: OPERATOR_TOKEN };
  const { ledgerId } = ledger;
  const { rollEvents } = roll;
  await registerLedger({ ledgerId, boardName: board.name }, operator);
  const key = pointToJson(issuerKeys.publicKey);
  await registerIssuer({ ledgerId, key, name: "Bakery", until: now + DAY }, operator);
  await openPeriod({ ledgerId, period: PERIOD, closes: now + DAY }, operator);
  await postCreditBatch(credited.batch, operator);
  await registerPolicy(
    { policy: signed.policyBytes, signature: signed.signatureBytes, rollEvents },
    operator,
  );
  await registerPetition({ petition: petitionBytes, rollEvents }, operator);
  await registerSnapshot({ snapshot: snapshotBytes, rollEvents }, operator);
}, 2 * MINUTES);

afterAll(async () => {
  await browser?.close();
  await booth?.close();
});

/** What a browser sent. */
const sent = (): string[] => wire.posted.map(({ path }) => path);

test(
  "a petition's link leads over an identity to its text, and a press to a receipt that is verified",
  async () => {
    ana = await Member.arrive(browser, wire.origin);
    const { m } = ana;
    await ana.open(petitionLink(`${wire.origin}/`, petition.petitionId));
    await ana.reads(m.welcome.pollWaiting);
    await ana.restoreIdentity({ key: toHex(nerea.privateKey) });
    await ana.at(petition.petition.title);
    for (const paragraph of petition.petition.text) await ana.reads(paragraph);
    await ana.reads(ana.say(m.petition.anonymity.other, { count: 4 }));
    await ana.reads(m.petition.hidden);
    await ana.reads(m.petition.unknownRegistrar);
    await ana.press(m.petition.sign);
    await ana.at(m.petition.recorded);
    await ana.reads(ana.say(m.petition.recordedText, { position: 1, size: 1 }));
    const { name, text } = await ana.saved(m.receipt.save);
    const receipt = parsePetitionReceipt(JSON.parse(text));
    expect(name).toBe(`signature-${receipt.statementHash.slice(0, 8)}.json`);
    // The record that stands on the board is the one that the receipt proves.
    const files = urlPublicFiles(`${booth.service.baseUrl}/petitions/${petition.petitionId}`);
    const entries = await files.read("board/tile/entries/000.p/1");
    verifyPetitionReceipt({ receipt, record: entries.subarray(2), petition });
    expect(await ana.tab.getByRole("img", { name: m.receipt.qr }).count()).toBe(1);
    // Whoever has signed gets the receipt again, and nothing is sent.
    await ana.press(m.app.back);
    await ana.at(m.membership.noneTitle);
    await ana.follow(petitionLink(`${wire.origin}/`, petition.petitionId));
    await ana.at(m.petition.recorded);
    expect(sent()).toEqual([`/v1/petitions/${petition.petitionId}/signatures`]);
  },
  2 * MINUTES,
);

test(
  "a member signs in: the page answers one challenge for its own origin, and says what the service learned",
  async () => {
    const { m } = ana;
    const invitation = {
      organisation: "Test commune",
      registrarKey: roll.registrar.publicKey,
      rollId: roll.roll.rollId,
      registrarNonce: randomHex(),
    };
    await ana.follow(signInLink(`${wire.origin}/`));
    await ana.reads(m.signIn.noRoll);
    await ana.follow(invitationLink(`${wire.origin}/`, invitation));
    await ana.press(m.signIn.open);
    await ana.at(m.signIn.title);
    await ana.reads(wire.origin);
    await ana.reads(ana.say(m.signIn.hidden.other, { count: 4 }));
    await ana.press(m.signIn.submit);
    await ana.at(m.signIn.done);
    await ana.reads(m.signIn.nothingKept);
    expect(sent().slice(-2)).toEqual(["/v1/sign-ins/challenges", "/v1/sign-ins"]);
    const { nonce, proof } = JSON.parse(wire.posted.at(-1)!.body) as { nonce: string; proof: unknown };
    const rolls = [validateSnapshot(snapshotBytes, { kind: "none" }).roll];
    await verifySignIn({ origin: wire.origin, nonce, rolls, proof, verifier });
    const elsewhere = verifySignIn({ origin: "https://elsewhere.test", nonce, rolls, proof, verifier });
    await expect(elsewhere).rejects.toMatchObject({ code: "membership-other-scope" });
  },
  2 * MINUTES,
);

test(
  "a sealed attestation's file becomes a claim whose receipt is verified",
  async () => {
    const { m } = ana;
    await ana.press(m.app.back);
    await ana.press(m.hours.open);
    await ana.at(m.hours.title);
    const file = { name: "attestation.json", mimeType: "application/json" };
    const buffer = Buffer.from(attestationOf(nerea));
    await ana.tab.getByLabel(m.hours.files).setInputFiles({ ...file, buffer });
    await ana.reads("11 hours 40 minutes, January 2026");
    await ana.follow(policyLink(`${wire.origin}/`, signed.claimScope));
    await ana.at(signed.policy.title);
    // Ten hours are reached and chosen, fifteen are not.
    await ana.reads(m.hours.notReached);
    await ana.press(m.hours.claim);
    await ana.at(m.hours.recorded);
    const { name, text } = await ana.saved(m.receipt.save);
    const receipt = parseClaimReceipt(JSON.parse(text));
    expect(name).toBe(`claim-${receipt.statementHash.slice(0, 8)}.json`);
    const files = urlPublicFiles(`${booth.service.baseUrl}/policies/${signed.claimScope}`);
    const entries = await files.read("board/tile/entries/000.p/1");
    verifyClaimReceipt({ receipt, record: entries.subarray(2), policy });
    expect(sent().at(-1)).toBe(`/v1/policies/${signed.claimScope}/claims`);
  },
  2 * MINUTES,
);

test(
  "whoever is short of hours is told so before anything is fetched, proven or sent",
  async () => {
    const before = sent().length;
    const other = await Member.arrive(browser, wire.origin, { profile: "desktop", language: "es" });
    const { m } = other;
    const seen = wire.seen.length;
    await other.open(attestationLink(`${wire.origin}/`, attestationOf(tom)));
    await other.reads(m.welcome.pollWaiting);
    await other.restoreIdentity({ key: toHex(tom.privateKey) });
    await other.reads("enero de 2026");
    await other.follow(policyLink(`${wire.origin}/`, signed.claimScope));
    await other.reads(m.hours.noneReached);
    expect(await other.tab.getByRole("button", { name: m.hours.claim }).count()).toBe(0);
    expect(sent()).toHaveLength(before);
    const asked = wire.seen.slice(seen).map(({ path }) => path);
    expect(asked.filter((path) => path.startsWith("/artifacts/"))).toEqual([]);
    expect(other.faults).toEqual([]);
    await other.context.close();
  },
  2 * MINUTES,
);

test(
  "nothing of who they are stands in an address, in the history, in storage, or in what was sent",
  async () => {
    const stored = await ana.stored();
    expect(stored).toMatchObject({ cookie: "", local: 0, session: 0, address: `${wire.origin}/` });
    // The control: what should be there is.
    const names = Object.keys(stored.database);
    expect(names).toContain("identity/identity");
    expect(names).toContain(`signatures/${petition.petitionId}`);
    expect(names).toContain(`claims/${signed.claimScope}`);
    expect(names.filter((name) => name.startsWith("attestations/"))).toHaveLength(1);
    const text = Buffer.from(JSON.stringify(stored));
    expect(text.includes(petition.petitionId)).toBe(true);
    const secrets = [
      ...tracesOfKey("Nerea's key", nerea.privateKey),
      ...tracesOfText("Nerea's secret", String(nerea.secret)),
    ];
    expect(findTraces(text, secrets)).toEqual([]);
    const session = await ana.context.newCDPSession(ana.tab);
    const { entries } = await session.send("Page.getNavigationHistory");
    // Links were opened; what is left of them is the page's address.
    expect(entries.length).toBeGreaterThan(3);
    expect(entries.filter(({ url }) => ![`${wire.origin}/`, "about:blank"].includes(url))).toEqual([]);
    const asked = wire.seen.map(({ method, path, body }) => `${method} ${path} ${body}`).join("\n");
    const whose = [
      ...secrets,
      ...tracesOfText("Nerea's commitment", String(nerea.commitment)),
      ...tracesOfKey("Tom's key", tom.privateKey),
      ...tracesOfText("Tom's commitment", String(tom.commitment)),
    ];
    expect(findTraces(Buffer.from(asked), whose)).toEqual([]);
    expect(wire.seen.filter(({ path }) => /[?#=]/.test(path))).toEqual([]);
    expect(ana.faults).toEqual([]);
    await ana.context.close();
  },
  MINUTES,
);
