// A petition, from its link to a receipt that was verified; proven for real once.
import {
  createIdentity,
  type Engine,
  type Identity,
  petitionLink,
  petitionRecord,
  signPetition,
  verifyPetitionReceipt,
  verifyPetitionSignature,
  wasmEngine,
} from "@commune-zk/prover";
import { expect, test } from "@jest/globals";
import { petitionOf, verifier } from "../../../prover/test/membership/support.ts";
import type { PetitionState } from "../../src/core/state.ts";
import type { StoredSignature } from "../../src/core/storage.ts";
import { invitedTo } from "./support/invited.ts";
import { document, MembershipService, member, members, petition } from "./support/members.ts";
import { Device, PAGE_URL, PASSPHRASE } from "./support/world.ts";

const { petitionId } = petition;

/** Where nothing may be proven. */
function unproven(): Engine {
  throw new Error("nothing should be proven here");
}

async function at<A extends PetitionState["at"]>(
  device: Device,
  wanted: A,
): Promise<Extract<PetitionState, { at: A }>> {
  const isThere = () => device.booth.state.at === "petition" && device.booth.state.petition.at === wanted;
  await device.until(isThere, `petition at ${wanted}`);
  return device.expectAt("petition").petition as Extract<PetitionState, { at: A }>;
}

async function device(
  service: MembershipService,
  { identity = member, startsAt }: { identity?: Identity; startsAt?: number } = {},
): Promise<Device> {
  const made = await Device.open({
    service,
    member: identity,
    engine: unproven,
    ...(startsAt !== undefined && { startsAt }),
  });
  await made.booth.unlock(PASSPHRASE);
  return made;
}

/** A signature of the member that waits for its answer; proven once. */
const waiting: StoredSignature = await (async () => {
  const service = new MembershipService();
  const phone = await Device.open({ service, member, engine: wasmEngine });
  // A link while the booth is locked waits for the unlocking.
  await phone.booth.openLink(petitionLink(PAGE_URL, petitionId));
  phone.expectAt("locked");
  await phone.booth.unlock(PASSPHRASE);
  const { session } = await at(phone, "petition");
  if (!session.onRoll || session.phase !== "open") throw new Error("cannot be signed");
  let isStored = false;
  phone.onWrite = (stores, when) => {
    if (when === "after" && stores.includes("signatures")) isStored = true;
  };
  phone.onFetch = (path, when) => {
    if (when === "before" && path.endsWith("/signatures") && !isStored) throw new Error("sent before stored");
  };
  await phone.booth.signPetition();
  const { signature } = await at(phone, "receipt");
  verifyPetitionReceipt({ receipt: signature.receipt, record: service.records[0]!, petition });
  // Opening it again shows the receipt, and signs nothing.
  await phone.booth.openPetition(petitionId);
  await at(phone, "receipt");
  await phone.booth.signPetition();
  if (service.sent.length !== 1) throw new Error("sent twice");
  return { ...(await phone.storage.read("signatures", petitionId))!, receipt: null };
})();

/** A device on which the signature waits; its page has just been opened again. */
async function withWaiting(service: MembershipService): Promise<Device> {
  const phone = await Device.open({ service, member, engine: unproven });
  await phone.storage.write([{ store: "signatures", key: petitionId, value: waiting }]);
  return phone;
}

test("a signature is one of this petition, and says nothing of its member", async () => {
  const { nullifier } = await verifyPetitionSignature({ petition, proof: waiting.signature, verifier });
  expect(nullifier).not.toBe(member.commitment);
  const text = JSON.stringify(waiting);
  expect(text).not.toContain(String(member.commitment));
  expect(text).not.toContain(String(member.secret));
});

test("a signature that waits goes out after a reload, while the booth is locked, with the same bytes", async () => {
  const service = new MembershipService();
  const phone = await withWaiting(service);
  await phone.reload();
  phone.expectAt("locked");
  await phone.until(() => service.sent.length === 1, "a signature that was sent");
  await phone.booth.unlock(PASSPHRASE);
  await phone.booth.openPetition(petitionId);
  await at(phone, "receipt");
  expect(service.records).toEqual([petitionRecord(waiting.signature)]);
  expect(service.sent).toEqual([JSON.stringify(waiting.signature)]);
});

test("without an answer the same bytes go again, and nothing is called recorded", async () => {
  const service = new MembershipService();
  const phone = await withWaiting(service);
  phone.isOnline = false;
  await phone.booth.unlock(PASSPHRASE);
  phone.isOnline = true;
  const honest = service.trick;
  service.trick = (request) =>
    request.method === "POST" ? new Response("", { status: 502 }) : honest(request);
  await phone.booth.openPetition(petitionId);
  const isWaiting = () => {
    const { state } = phone.booth;
    return state.at === "petition" && state.petition.at === "sending" && state.petition.cast.at === "waiting";
  };
  await phone.until(isWaiting, "waiting");
  const sent = service.sent.length;
  expect(sent).toBeGreaterThan(0);
  service.trick = honest;
  phone.booth.retryNow();
  await at(phone, "receipt");
  expect(service.sent.length).toBeGreaterThan(sent);
  expect(new Set(service.sent).size).toBe(1);
});

test("a receipt that proves nothing does not make a signature recorded", async () => {
  const service = new MembershipService();
  service.forge = (receipt) => ({ ...receipt, index: 1 });
  const phone = await withWaiting(service);
  await phone.booth.unlock(PASSPHRASE);
  await phone.booth.openPetition(petitionId);
  const { fault } = await at(phone, "fault");
  expect(fault.code).toBe("receipt-not-included");
  expect(fault.evidence).not.toBeNull();
  expect(await phone.storage.read("signatures", petitionId)).toMatchObject({ receipt: null, refusal: null });
});

test.each([
  ["nullifier-used", "nullifier-used"],
  ["petition-not-open", null],
])("a signature refused as %s is kept with the refusal %s", async (code, refusal) => {
  const service = new MembershipService();
  service.refusal = code;
  const phone = await withWaiting(service);
  await phone.booth.unlock(PASSPHRASE);
  await phone.booth.openPetition(petitionId);
  const isRefused = () => {
    const { state } = phone.booth;
    return state.at === "petition" && state.petition.at === "sending" && state.petition.cast.at === "refused";
  };
  await phone.until(isRefused, "refused");
  expect(await phone.storage.read("signatures", petitionId)).toMatchObject({ receipt: null, refusal });
  service.refusal = null;
  phone.booth.retryNow();
  await at(phone, refusal === null ? "receipt" : "petition");
});

test("it cannot be signed before it opens or after it has closed, and the page turns by itself", async () => {
  const phone = await device(new MembershipService(), { startsAt: document.opensAt - 1 });
  await phone.booth.openPetition(petitionId);
  expect((await at(phone, "petition")).session.phase).toBe("before");
  await phone.booth.signPetition();
  expect((await at(phone, "petition")).session.phase).toBe("before");
  await phone.clock.advance(1_000);
  expect((await at(phone, "petition")).session.phase).toBe("open");
  await phone.clock.advance((document.closesAt - document.opensAt) * 1_000);
  expect((await at(phone, "petition")).session.phase).toBe("closed");
  await phone.booth.signPetition();
  await at(phone, "petition");
  expect(phone.workers.some(({ task }) => task === "signPetition")).toBe(false);
});

test("whoever is not on its roll is told so, and signs nothing", async () => {
  const service = new MembershipService();
  const phone = await device(service, { identity: createIdentity() });
  await phone.booth.openPetition(petitionId);
  expect((await at(phone, "petition")).session.onRoll).toBe(false);
  await phone.booth.signPetition();
  await at(phone, "petition");
  expect(phone.workers.some(({ task }) => task === "signPetition")).toBe(false);
  expect(service.seen.some(({ path }) => path.startsWith("/artifacts/"))).toBe(false);
});

test("a proof can be stopped, and started again", async () => {
  const service = new MembershipService();
  const phone = await device(service);
  await phone.booth.openPetition(petitionId);
  await at(phone, "petition");
  const honest = service.trick;
  service.trick = (request) =>
    request.path.startsWith("/artifacts/") ? new Promise(() => undefined) : honest(request);
  void phone.booth.signPetition();
  await at(phone, "proving");
  phone.booth.cancelProof();
  await at(phone, "petition");
  expect(service.sent).toEqual([]);
  expect(await phone.storage.keys("signatures")).toEqual([]);
});

test.each([
  [
    "another petition, good in itself",
    "petition.json",
    () => signPetition(petitionOf(members.roll), members.registrar.secretKey),
    "petition-not-anchored",
  ],
  [
    "a roll that leaves the member out",
    "roll/leaves/0",
    () => new Uint8Array(96).fill(1),
    "roll-root-mismatch",
  ],
  ["a roll of another size", "roll/level-10", () => new Uint8Array(64), "roll-files-malformed"],
])("%s is refused, and evidence is kept", async (_what, path, bytes, code) => {
  const service = new MembershipService();
  service.changed.set(path, bytes());
  const phone = await device(service);
  await phone.booth.openPetition(petitionId);
  const { fault } = await at(phone, "fault");
  expect(fault.code).toBe(code);
  expect(fault.evidence).not.toBeNull();
  // Once it is served as it should be, trying again goes on.
  service.changed.clear();
  phone.booth.retryNow();
  expect((await at(phone, "petition")).session.onRoll).toBe(true);
});

test("a petition by another registrar than the one who invited this member is refused", async () => {
  const phone = await device(new MembershipService());
  await phone.storage.write([invitedTo(members.roll.rollId, { identity: member })]);
  await phone.booth.openPetition(petitionId);
  expect((await at(phone, "fault")).fault.code).toBe("petition-not-anchored");
});
