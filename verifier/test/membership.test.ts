// Petitions, snapshots and sign-ins over HTTP.
import {
  leanRollOf,
  membershipPath,
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
