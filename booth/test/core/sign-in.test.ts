// Signing in: a member answers the page's own service, for the page's own origin, and nobody else.
import {
  createIdentity,
  type Engine,
  type Identity,
  signInLink,
  signSnapshot,
  validateSnapshot,
  verifyPetitionSignature,
  verifySignIn,
  wasmEngine,
} from "@commune-zk/prover";
import { expect, test } from "@jest/globals";
import { makeMembers, snapshotOf, verifier } from "../../../prover/test/membership/support.ts";
import type { SignInState } from "../../src/core/state.ts";
import { invitedTo } from "./support/invited.ts";
import { MembershipService, member, members, petition, snapshotBytes } from "./support/members.ts";
import { BASE_URL, Device, PAGE_URL, PASSPHRASE } from "./support/world.ts";

/** At the origin of the service. */
const OWN_PAGE = `${BASE_URL}/booth/index.html`;
const NONCE = "5a".repeat(32);

/** Where nothing may be proven. */
function unproven(): Engine {
  throw new Error("nothing should be proven here");
}

async function at<A extends SignInState["at"]>(
  device: Device,
  wanted: A,
): Promise<Extract<SignInState, { at: A }>> {
  const isThere = () => device.booth.state.at === "sign-in" && device.booth.state.signIn.at === wanted;
  await device.until(isThere, `sign-in at ${wanted}`);
  return device.expectAt("sign-in").signIn as Extract<SignInState, { at: A }>;
}

/** The fault of a proof that came to nothing. */
async function failure(device: Device): Promise<string> {
  const isThere = () => {
    const { state } = device.booth;
    return state.at === "sign-in" && state.signIn.at === "proving" && state.signIn.proof.at === "failed";
  };
  await device.until(isThere, "a failure");
  const { proof } = await at(device, "proving");
  return proof.at === "failed" ? proof.fault.code : "";
}

/** An unlocked device on which the roll's invitation was opened. */
async function device(
  service: MembershipService,
  options: {
    identity?: Identity;
    engine?: () => Engine;
    pageUrl?: string;
    invited?: boolean;
    registrarKey?: string;
  } = {},
): Promise<Device> {
  const { identity = member, engine = unproven, pageUrl = OWN_PAGE, invited = true } = options;
  const made = await Device.open({ service, member: identity, engine, pageUrl });
  await made.booth.unlock(PASSPHRASE);
  if (invited) {
    const registrarKey = options.registrarKey ?? members.registrar.publicKey;
    await made.storage.write([invitedTo(members.roll.rollId, { identity, registrarKey })]);
  }
  return made;
}

test("a member answers the service's challenge for the page's own origin, and nothing of it is kept", async () => {
  const service = new MembershipService();
  const phone = await device(service, { engine: wasmEngine });
  const before = await phone.storage.keys("files");
  await phone.booth.openLink(signInLink(OWN_PAGE));
  const { session } = await at(phone, "ask");
  expect(session).toEqual({
    organisation: "Test commune",
    origin: BASE_URL,
    members: 3,
    takenAt: 1_000_000,
    onRoll: true,
  });
  // Nothing was asked of the service yet.
  expect(service.sent).toEqual([]);
  await phone.booth.signIn();
  await at(phone, "done");
  const [answer] = service.answers;
  expect(answer!.nonce).toBe(NONCE);
  const { roll } = validateSnapshot(snapshotBytes, { kind: "none" });
  const judged = { origin: BASE_URL, nonce: NONCE, rolls: [roll], proof: answer!.proof, verifier };
  expect((await verifySignIn(judged)).roll).toBe(roll);
  const elsewhere = verifySignIn({ ...judged, origin: "https://elsewhere.test" });
  await expect(elsewhere).rejects.toMatchObject({ code: "membership-other-scope" });
  expect(await phone.storage.keys("signatures")).toEqual([]);
  expect(await phone.storage.keys("files")).toEqual(before);
  const bytes = await phone.storedBytes();
  expect(bytes).not.toContain(NONCE);
  expect(bytes).not.toContain(answer!.proof.nullifier);
});

test.each<[string, unknown]>([
  ["another origin", { nonce: NONCE, origin: "https://elsewhere.test" }],
  ["a scope to prove for", { nonce: NONCE, scope: petition.petitionId }],
  ["a message to sign", { nonce: NONCE, message: "1" }],
  ["no nonce", { scope: petition.petitionId }],
  ["nothing", null],
])("a service that offers %s gets nothing", async (_what, challenge) => {
  const service = new MembershipService();
  service.challenge = () => challenge;
  const phone = await device(service);
  await phone.booth.openSignIn();
  await at(phone, "ask");
  await phone.booth.signIn();
  expect(await failure(phone)).toBe("unexpected-answer");
  expect(service.answers).toEqual([]);
  expect(phone.workers.some(({ task }) => task === "proveSignIn")).toBe(false);
});

test("a petition's id is no nonce, and as one of the right length gets an answer that signs nothing", async () => {
  const service = new MembershipService();
  service.challenge = () => ({ nonce: petition.petitionId });
  const phone = await device(service, { engine: wasmEngine });
  await phone.booth.openSignIn();
  await at(phone, "ask");
  await phone.booth.signIn();
  expect(await failure(phone)).toBe("bad-hex");
  expect(service.answers).toEqual([]);
  service.challenge = () => ({ nonce: `00${petition.petitionId}` });
  await phone.booth.signIn();
  await at(phone, "done");
  const { proof } = service.answers[0]!;
  const signed = verifyPetitionSignature({ petition, proof, verifier });
  await expect(signed).rejects.toMatchObject({ code: "membership-other-scope" });
  expect(proof.scope).not.toBe(String(BigInt(`0x${petition.petitionId}`)));
});

test("a page at another origin than its service asks nothing and proves nothing", async () => {
  const service = new MembershipService();
  const phone = await device(service, { pageUrl: PAGE_URL });
  await phone.booth.openSignIn();
  expect((await at(phone, "unable")).because).toBe("other-host");
  await phone.booth.signIn();
  expect(service.seen).toEqual([]);
});

test("a device that knows no roll says so", async () => {
  const service = new MembershipService();
  const phone = await device(service, { invited: false });
  await phone.booth.openSignIn();
  expect((await at(phone, "unable")).because).toBe("no-roll");
  expect(service.seen).toEqual([]);
});

test("whoever is not on the newest roll is told so, and proves nothing", async () => {
  const service = new MembershipService();
  const phone = await device(service, { identity: createIdentity() });
  await phone.booth.openSignIn();
  expect((await at(phone, "ask")).session.onRoll).toBe(false);
  await phone.booth.signIn();
  await at(phone, "ask");
  expect(service.sent).toEqual([]);
});

test.each<[string, Parameters<typeof device>[1], () => Uint8Array, string]>([
  [
    "by another registrar than the one of the invitation",
    { registrarKey: "ab".repeat(32) },
    () => snapshotBytes,
    "snapshot-not-anchored",
  ],
  [
    "of another roll",
    {},
    () => {
      const other = makeMembers(1);
      const { registrar } = members;
      const document = snapshotOf({ ...other.roll, registrarKey: registrar.publicKey });
      return signSnapshot(document, registrar.secretKey);
    },
    "snapshot-not-anchored",
  ],
  [
    "that the registrar has not signed",
    {},
    () => signSnapshot(snapshotOf(members.roll), makeMembers(1).registrar.secretKey),
    "snapshot-bad-signature",
  ],
])("a snapshot %s is refused before anything is asked", async (_what, options, bytes, code) => {
  const service = new MembershipService();
  service.changed.set("snapshot.json", bytes());
  const phone = await device(service, options);
  await phone.booth.openSignIn();
  const { fault } = await at(phone, "fault");
  expect(fault.code).toBe(code);
  expect(service.sent).toEqual([]);
});

test("an answer that the service refuses is said, and trying again answers another challenge", async () => {
  const service = new MembershipService();
  service.refusal = "sign-in-nonce-unknown";
  const phone = await device(service, { engine: wasmEngine });
  await phone.booth.openSignIn();
  await at(phone, "ask");
  await phone.booth.signIn();
  expect(await failure(phone)).toBe("sign-in-nonce-unknown");
  service.refusal = null;
  service.challenge = () => ({ nonce: "a5".repeat(32) });
  await phone.booth.signIn();
  await at(phone, "done");
  expect(service.answers.map(({ nonce }) => nonce)).toEqual([NONCE, "a5".repeat(32)]);
  expect(service.answers[0]!.proof.nullifier).not.toBe(service.answers[1]!.proof.nullifier);
});
