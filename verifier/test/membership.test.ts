// Petitions, snapshots and sign-ins over HTTP.
import {
  appendBatch,
  concatBytes,
  createIdentity,
  createRegistration,
  ed25519KeyPair,
  emptyRoll,
  InputError,
  leanPath,
  leanRollOf,
  mailboxKeyOf,
  membershipPath,
  petitionNullifier,
  provePetitionSignature,
  proveSignIn,
  registerPetition,
  registerSnapshot,
  requestSignIn,
  signIn,
  signPetition,
  signSnapshot,
  submitPetitionSignature,
  urlPublicFiles,
  validatePetition,
} from "@commune-zk/prover";
import { randomHex } from "@commune-zk/prover/rehearsal";
import {
  artifacts,
  frozen,
  makeMembers,
  manifest,
  petitionOf,
  proverOf,
  snapshotOf,
} from "../../prover/test/membership/support.ts";
import { OPENS } from "../../prover/test/support/polls.ts";
import { markedFetch, marksIn } from "./support/marked.ts";
import { expectProblem, expectRefusal } from "./support/refusals.ts";
import { OPERATOR_TOKEN, startTestService } from "./support/service.ts";
import { tracesOfKey, tracesOfText } from "./support/traces.ts";

const ORIGIN = "https://commune.example";
const service = await startTestService({ membership: { manifest, artifacts }, origin: ORIGIN });
afterAll(() => service.remove());
const anybody = { baseUrl: service.baseUrl, retries: 0, fetch: markedFetch };
const operator = { ...anybody, operatorToken: OPERATOR_TOKEN };

const members = makeMembers(3);
const { roll: state, registrar, identities, rollEvents } = members;
const document = petitionOf(state);
const petitionBytes = signPetition(document, registrar.secretKey);
const petition = validatePetition(petitionBytes, { kind: "registrar", key: registrar.publicKey });
await registerPetition({ petition: petitionBytes, rollEvents }, operator);
await registerSnapshot(
  { snapshot: signSnapshot(snapshotOf(state), registrar.secretKey), rollEvents },
  operator,
);

const { tree } = leanRollOf(state, ["member"]);
const prover = await proverOf(identities[0]!, { roll: petition.roll, tree });
const signature = await provePetitionSignature({ petition, ...prover });
const path = `/v1/petitions/${petition.petitionId}/signatures`;
const refuse = (value: unknown, status: number, code: string) =>
  expectRefusal(service, { path, body: JSON.stringify(value) }, { status, code }, []);
const field = (value: bigint) => value.toString();

describe("a petition's signature", () => {
  test.each([
    ["that is none", { ...signature, extra: 1 }, 400, "membership-proof-malformed"],
    ["of another scope", { ...signature, scope: "1" }, 422, "membership-other-scope"],
    ["of another message", { ...signature, message: "1" }, 422, "membership-other-message"],
    ["on another roll", { ...signature, merkleTreeRoot: "1" }, 422, "membership-other-roll"],
    ["of a deeper circuit", { ...signature, merkleTreeDepth: 3 }, 422, "membership-too-deep"],
    ["of another nullifier than proven", { ...signature, nullifier: "1" }, 422, "proof-invalid"],
  ])("%s is refused", (_what, value, status, code) => refuse(value, status, code));

  test("before and after the petition is open, and of no petition, is refused", async () => {
    try {
      service.clock.now = document.opensAt - 1;
      await refuse({ ...signature, scope: "1" }, 403, "petition-not-open");
      service.clock.now = document.closesAt;
      await refuse({ ...signature, scope: "1" }, 403, "petition-closed");
      // In the first and in the last second it is open: what is refused is the scope.
      for (const within of [document.opensAt, document.closesAt - 1]) {
        service.clock.now = within;
        await refuse({ ...signature, scope: "1" }, 422, "membership-other-scope");
      }
    } finally {
      service.clock.now = OPENS + 1;
    }
    const elsewhere = `/v1/petitions/${"ab".repeat(31)}/signatures`;
    const body = JSON.stringify(signature);
    expectProblem(await service.send({ path: elsewhere, body }), { status: 404, code: "petition-unknown" });
  });

  test("is recorded once; again it gets the same receipt, also when the petition has closed", async () => {
    const outcome = await submitPetitionSignature({ petition, signature }, anybody);
    expect(outcome).toMatchObject({
      accepted: true,
      receipt: { petitionId: petition.petitionId, index: 0, nullifier: signature.nullifier },
    });
    service.clock.now = document.closesAt;
    try {
      expect(await submitPetitionSignature({ petition, signature }, anybody)).toEqual(outcome);
    } finally {
      service.clock.now = OPENS + 1;
    }
  });

  test("of a member who has signed is refused before its proof is looked at", async () => {
    // Another statement of the same member: proven in a circuit of another depth.
    const again = { ...signature, merkleTreeDepth: 1, points: signature.points.map(() => "1") };
    await refuse(again, 409, "nullifier-used");
  });

  test("of a member who then rotated its identity counts once, whichever identity signs again", async () => {
    const sizeNow = async () =>
      (await service.send({ path: `/petitions/${petition.petitionId}/board/checkpoint` })).text.split(
        "\n",
      )[1];
    expect(await sizeNow()).toBe("1");
    const renewed = createIdentity();
    const registration = createRegistration({
      identity: renewed,
      mailboxKey: mailboxKeyOf(renewed),
      registrarKey: registrar.publicKey,
      rollId: state.rollId,
      registrarNonce: randomHex(),
    });
    const event = { kind: "rotate", position: 0, registration } as const;
    const { state: rotated, line } = appendBatch(state, [event], registrar.secretKey);
    const later = leanRollOf(rotated, ["member"]);
    expect(later.tree.layers[0]![0]).toBe(renewed.commitment);

    // Its own client finds the new identity on no roll of this petition.
    const path = leanPath(later.tree, 0);
    const own = provePetitionSignature({ petition, ...prover, identity: renewed, path });
    await expect(own).rejects.toMatchObject({ code: "not-on-roll" });
    // Another client may prove on the roll of today, under the petition's scope, with the new nullifier.
    const nullifier = petitionNullifier(renewed, petition).toString();
    expect(nullifier).not.toBe(signature.nullifier);
    const onNewRoll = { ...signature, merkleTreeRoot: later.tree.root.toString(), nullifier };
    await refuse(onNewRoll, 422, "membership-other-roll");
    // Or say that it proved on the petition's.
    await refuse({ ...signature, nullifier }, 422, "proof-invalid");
    // The old identity is on the petition's roll for good: its signature is the one that counts.
    const again = await submitPetitionSignature({ petition, signature }, anybody);
    expect(again).toMatchObject({ accepted: true, receipt: { index: 0 } });
    // And the petition stays with the roll that it froze.
    const files = { petition: petitionBytes, rollEvents: concatBytes(rollEvents, line) };
    await expect(registerPetition(files, operator)).rejects.toMatchObject({ code: "roll-not-of-poll" });
    expect(await sizeNow()).toBe("1");
  });

  test("stands on a board of its own, which no other path serves", async () => {
    const files = urlPublicFiles(`${service.baseUrl}/petitions/${petition.petitionId}`);
    const { roll } = petition;
    const found = await membershipPath({ files, roll, commitment: identities[1]!.commitment });
    expect(found.siblings).toHaveLength(2);
    expect(new TextDecoder().decode(await files.read("board/checkpoint"))).toContain(petition.petitionId);
    for (const other of ["polls", "policies"]) {
      const { status } = await service.send({ path: `/${other}/${petition.petitionId}/petition.json` });
      expect(status).toBe(404);
    }
  });
});

describe("a document that the operator registers", () => {
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => "registered",
      (error: unknown) => (error instanceof InputError ? error.code : String(error)),
    );

  test.each(["/v1/petitions", "/v1/snapshots"])(
    "comes to %s with the operator's token only",
    async (route) => {
      await expectRefusal(service, { path: route, body: "{}" }, { status: 401, code: "unauthorized" }, []);
    },
  );

  test("is for this service's board, and over the roll that it names", async () => {
    const foreign = { name: "board.test", key: ed25519KeyPair().publicKey };
    const elsewhere = signPetition(petitionOf(state, { board: foreign }), registrar.secretKey);
    expect(await codeOf(registerPetition({ petition: elsewhere, rollEvents }, operator))).toBe(
      "petition-other-board",
    );
    const { roll: stranger } = makeMembers(3);
    const { leanRoot } = leanRollOf(stranger, ["member"]).roll;
    const roll = { ...leanRollOf(state, ["member"]).roll, leanRoot };
    const later = { roll, takenAt: OPENS + 99 };
    const snapshot = signSnapshot(snapshotOf(state, later), registrar.secretKey);
    expect(await codeOf(registerSnapshot({ snapshot, rollEvents }, operator))).toBe("roll-not-of-poll");
    const other = signPetition(petitionOf(state, { roll }), registrar.secretKey);
    expect(await codeOf(registerPetition({ petition: other, rollEvents }, operator))).toBe(
      "roll-not-of-poll",
    );
  });

  test("takes no registrar's snapshot away: another registrar's of the same roll is refused", async () => {
    const usurper = ed25519KeyPair();
    const registration = createRegistration({
      identity: identities[0]!,
      mailboxKey: mailboxKeyOf(identities[0]!),
      registrarKey: usurper.publicKey,
      rollId: state.rollId,
      registrarNonce: randomHex(),
    });
    const event = { kind: "join", tier: "member", registration } as const;
    const empty = emptyRoll({ rollId: state.rollId, registrarKey: usurper.publicKey });
    const { state: own, line } = appendBatch(empty, [event], usurper.secretKey);
    const snapshot = signSnapshot(snapshotOf(own, { takenAt: OPENS + 99 }), usurper.secretKey);
    const registered = registerSnapshot({ snapshot, rollEvents: line }, operator);
    expect(await codeOf(registered)).toBe("snapshot-not-anchored");
  });
});

const challenges: string[] = [];

describe("signing in", () => {
  const proofOf = (nonce: string, origin = ORIGIN) => {
    const { roll } = frozen(members, state);
    return proveSignIn({ ...prover, roll, origin, nonce });
  };
  const answer = (nonce: string, proof: unknown) =>
    service.send({ path: "/v1/sign-ins", body: JSON.stringify({ nonce, proof }) });

  test("answers a challenge once", async () => {
    const nonce = await requestSignIn(anybody);
    challenges.push(nonce);
    const proof = await proofOf(nonce);
    expect(await signIn({ nonce, proof }, anybody)).toEqual({ member: true });
    const again = await answer(nonce, proof);
    expectProblem(again, { status: 403, code: "sign-in-nonce-unknown" });
    expect(again.headers.get("set-cookie")).toBeNull();
    // Another challenge: the proof answers the one that it was made for.
    const other = await requestSignIn(anybody);
    expectProblem(await answer(other, proof), { status: 422, code: "membership-other-scope" });
  });

  test("at another origin gets nothing", async () => {
    const nonce = await requestSignIn(anybody);
    const proof = await proofOf(nonce, "https://elsewhere.example");
    expectProblem(await answer(nonce, proof), { status: 422, code: "membership-other-scope" });
  });

  test("takes no challenge that was never given, or is five minutes old", async () => {
    const late = await requestSignIn(anybody);
    const inTime = await requestSignIn(anybody);
    const unknown = { status: 403, code: "sign-in-nonce-unknown" };
    expectProblem(await answer("ab".repeat(32), signature), unknown);
    try {
      service.clock.now += 299;
      // Taken, and then what it was answered with is judged.
      expectProblem(await answer(inTime, {}), { status: 400, code: "membership-proof-malformed" });
      service.clock.now += 1;
      expectProblem(await answer(late, {}), unknown);
    } finally {
      service.clock.now = OPENS + 1;
    }
  });

  test("with a petition's scope for its challenge makes no signature of the petition", async () => {
    // The closest that a service can come: 31 bytes of scope in a nonce of 32.
    const proof = await proofOf(`00${petition.petitionId}`);
    expect(proof.scope).not.toBe(signature.scope);
    await refuse(proof, 422, "membership-other-scope");
    await refuse({ ...proof, scope: signature.scope, message: signature.message }, 422, "proof-invalid");
    expect(field(BigInt(proof.nullifier))).not.toBe(signature.nullifier);
  });

  test("is nothing that a cache may keep", async () => {
    const challenge = await service.send({ path: "/v1/sign-ins/challenges", body: "{}" });
    expect([challenge.status, challenge.headers.get("cache-control")]).toEqual([201, "no-store"]);
    const body = JSON.stringify({ nonce: "ab".repeat(32), proof: signature, more: 1 });
    expectProblem(await service.send({ path: "/v1/sign-ins", body }), {
      status: 400,
      code: "registration-body-malformed",
    });
  });

  test("is off where no origin is configured", async () => {
    await service.restart({ origin: undefined as never });
    const off = { baseUrl: service.baseUrl, retries: 0 };
    await expect(requestSignIn(off)).rejects.toMatchObject({ code: "route-unknown" });
    await service.restart();
  });
});

describe("a snapshot", () => {
  test("is served until a later one of the same registrar takes its place", async () => {
    const options = { baseUrl: service.baseUrl, retries: 0, operatorToken: OPERATOR_TOKEN };
    const put = (takenAt: number) => {
      const snapshot = signSnapshot(snapshotOf(state, { takenAt }), registrar.secretKey);
      return registerSnapshot({ snapshot, rollEvents }, options).then(() => snapshot);
    };
    const newest = await put(OPENS + 10);
    // The very same again changes nothing, and is no refusal: its answer may have been lost.
    await registerSnapshot({ snapshot: newest, rollEvents }, options);
    await expect(put(OPENS + 10)).rejects.toMatchObject({ code: "snapshot-superseded" });
    await expect(put(OPENS + 9)).rejects.toMatchObject({ code: "snapshot-superseded" });
    const served = await service.send({ path: `/snapshots/${state.rollId}/snapshot.json` });
    expect(served.text).toBe(Buffer.from(newest).toString());
    expect(served.headers.get("cache-control")).toBe("no-cache");
  });
});

test("neither who signed or signed in, nor a challenge, nor a member's key is written or logged", async () => {
  const secrets = [
    ...identities.flatMap(({ privateKey }, i) => tracesOfKey(`key of member ${i}`, privateKey)),
    ...challenges.flatMap((nonce, i) => tracesOfKey(`challenge ${i}`, Buffer.from(nonce, "hex"))),
    ...tracesOfText("operator's token", OPERATOR_TOKEN),
  ];
  expect(challenges.length).toBeGreaterThan(0);
  expect(await marksIn(service, secrets)).toEqual([]);
  // The search finds what is there.
  expect(await marksIn(service, tracesOfText("petition", petition.petitionId))).not.toEqual([]);
});
