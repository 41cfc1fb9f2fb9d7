// Claims, petition signatures and batches: what is checked first, and what racing or failing parts may not change.
//
// The pairing check is replaced by one that counts its calls and says what the test wants: so nothing here needs
// a proof, and "before any pairing" is a number.
import type { ClaimSubmission, SealedClaim, SemaphoreProof } from "@commune-zk/prover";
import { jest } from "@jest/globals";
import type { LedgerService } from "../src/service/ledger-service.ts";
import type { Store } from "../src/service/store.ts";
import type { Answer, TestService } from "./support/service.ts";

let pairings = 0;
let verdict: () => boolean | Promise<boolean> = () => true;
jest.unstable_mockModule("../../prover/src/groth16/verify.ts", () => ({
  createVerifier: async () => ({
    publicCount: 9,
    async verify() {
      pairings++;
      return verdict();
    },
  }),
}));

const {
  claimStatementHash,
  createIssuerKeys,
  ed25519KeyPair,
  encodeRecord,
  FIELD_ORDER,
  leanRollOf,
  membershipDepth,
  openPeriod,
  parseClaimReceipt,
  petitionNullifier,
  pointToJson,
  postCreditBatch,
  postRevocation,
  proofToJson,
  registerIssuer,
  registerLedger,
  registerPetition,
  registerPolicy,
  registerSnapshot,
  replayLedger,
  requestRevocation,
  requestSignIn,
  signPetition,
  signSnapshot,
  submitClaim,
  submitPetitionSignature,
  urlPublicFiles,
} = await import("@commune-zk/prover");
const { randomHex } = await import("@commune-zk/prover/rehearsal");
const { petitionPurpose } = await import("../../prover/src/protocol/membership/petition.ts");
const { signInPurpose } = await import("../../prover/src/protocol/membership/sign-in.ts");
const { membershipNullifier } = await import("../../prover/src/protocol/membership/statement.ts");
const membership = await import("../../prover/test/membership/support.ts");
const { hoursArtifacts, hoursManifest } = await import("../../prover/test/support/hours-keys.ts");
const { board, issue } = await import("../../prover/test/support/ledgers.ts");
const { claimSignals, judgePolicy, policyOf, policyRoll, signedPolicy } = await import(
  "../../prover/test/support/policies.ts"
);
const { CLOSES, emptyProof, OPENS } = await import("../../prover/test/support/polls.ts");
const { Challenges, CHALLENGE_SECONDS, MOST_CHALLENGES } = await import("../src/service/challenges.ts");
const { LedgerService: Ledgers } = await import("../src/service/ledger-service.ts");
const { MembershipService } = await import("../src/service/membership-service.ts");
const { openSqliteStore } = await import("../src/index.ts");
const { expectProblem, expectRefusal } = await import("./support/refusals.ts");
const { OPERATOR_TOKEN, readTables, startTestService } = await import("./support/service.ts");

const PERIOD = 202601;
const ORIGIN = "https://commune.example";
const MEMBERS = 12;
const registry = ed25519KeyPair();
const issuer = createIssuerKeys();
const ledgerId = randomHex();
const name = { ledgerId, registryKey: registry.publicKey };
const roll = policyRoll(MEMBERS);

const service: TestService = await startTestService({
  registryKey: registry.secretKey,
  hours: { manifest: hoursManifest, artifacts: hoursArtifacts },
  membership: { manifest: membership.manifest, artifacts: membership.artifacts },
  origin: ORIGIN,
});
afterAll(() => service.remove());
beforeEach(() => {
  pairings = 0;
  verdict = () => true;
  service.clock.now = OPENS + 1;
});
const anybody = { baseUrl: service.baseUrl, retries: 0 };
const operator = { ...anybody, operatorToken: OPERATOR_TOKEN };
const ledgerPath = `/v1/ledgers/${ledgerId}`;

await registerLedger({ ledgerId, boardName: board.name }, operator);
const key = pointToJson(issuer.publicKey);
await registerIssuer({ ledgerId, key, name: "Bakery", until: CLOSES }, operator);
await openPeriod({ ledgerId, period: PERIOD, closes: CLOSES }, operator);
const stateNow = async () => {
  const files = urlPublicFiles(`${service.baseUrl}/ledgers/${ledgerId}`);
  return replayLedger(await files.read("entries.ndjson"), name);
};
/** The issuer's next batch, of one credit. */
const nextBatch = async (state?: Awaited<ReturnType<typeof stateNow>>, amount = 60) => {
  const credits = [{ member: roll.identities[0]!, amount }];
  return (await issue({ state: state ?? (await stateNow()) }, issuer, credits, { period: PERIOD })).batch;
};
await postCreditBatch(await nextBatch(), anybody);

const changes = { credits: 1 as const, thresholds: [600, 700], graceSeconds: 0 };
const signed = signedPolicy(policyOf(roll, name, changes, hoursManifest), roll.registrar);
const { claimScope } = signed;
await registerPolicy(
  { policy: signed.policyBytes, signature: signed.signatureBytes, rollEvents: roll.rollEvents },
  operator,
);
const policy = judgePolicy(signed, { kind: "none" }, hoursManifest);

/** A claim of a member on the newest root, good in everything but its proof. */
async function claimOf(member: number, threshold = 600): Promise<SealedClaim> {
  const ledgerRoot = (await stateNow()).tree.root;
  const publicSignals = claimSignals(policy, { member: roll.identities[member]!, ledgerRoot, threshold });
  const proof = emptyProof();
  const submission = {
    type: "commune-zk/claim/v1" as const,
    claimScope,
    publicSignals: publicSignals.map(String),
    proof: proofToJson(proof),
  };
  return {
    claimScope,
    record: encodeRecord({ publicSignals, proof }),
    submission,
    nullifier: publicSignals[0]!,
    threshold,
    ledgerRoot,
    statementHash: claimStatementHash(publicSignals),
  };
}
const claimRequest = (value: unknown) => ({
  path: `/v1/policies/${claimScope}/claims`,
  body: JSON.stringify(value),
});
const send = ({ submission }: Pick<SealedClaim, "submission">) => service.send(claimRequest(submission));
const recordsOf = (scope: string): number =>
  readTables(service.databasePath).record!.filter((row) => row.scope === scope).length;
const statusesOf = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status).sort();

/** Lets pairings end only when this many have begun. */
function together(count: number): void {
  let arrived = 0;
  let release: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    release = resolve;
  });
  verdict = async () => {
    if (++arrived === count) release();
    await all;
    return true;
  };
}

/** A proof's points as the JSON of membership has them. */
const pointsOf = ({ a, b, c }: ReturnType<typeof emptyProof>): string[] =>
  [...a, b[0][1], b[0][0], b[1][1], b[1][0], ...c].map(String);

type Changeable<T> = { -readonly [K in keyof T]: T[K] };

describe("of two faults of a claim the cheaper check speaks, and no pairing is made", () => {
  type Fault = (claim: Changeable<ClaimSubmission>) => object;
  const signal =
    (index: number, value: bigint): Fault =>
    (claim) => ({
      ...claim,
      publicSignals: claim.publicSignals.map((s, i) => (i === index ? value.toString() : s)),
    });
  // From cheap to dear. Each fault comes with every dearer one.
  const faults: [what: string, status: number, code: string, fault: Fault][] = [
    ["the size", 413, "submission-too-large", (claim) => ({ ...claim, padding: " ".repeat(70_000) })],
    ["the shape", 400, "submission-malformed", (claim) => ({ ...claim, extra: 1 })],
    ["an encoding", 400, "not-canonical", signal(0, FIELD_ORDER)],
    [
      "the policy's name",
      422,
      "submission-other-policy",
      (claim) => ({ ...claim, claimScope: "ab".repeat(31) }),
    ],
    [
      "the hour",
      403,
      "policy-closed",
      (claim) => {
        service.clock.now = CLOSES;
        return claim;
      },
    ],
    ["the policy's signals", 422, "signals-not-of-policy", signal(1, 1n)],
    ["the threshold", 422, "threshold-off-policy", signal(8, 601n)],
    ["the ledger's root", 422, "ledger-root-unknown", signal(2, 1n)],
    ["the nullifier", 409, "nullifier-used", (claim) => claim],
    [
      "a point of the proof",
      422,
      "point-off-curve",
      (claim) => ({ ...claim, proof: { ...claim.proof, a: ["1", "3"] } }),
    ],
  ];
  const used = faults.findIndex(([what]) => what === "the nullifier");

  beforeAll(async () => {
    expect((await send(await claimOf(0))).status).toBe(201);
  });

  test.each(faults.map(([what, status, code], i) => ({ what, status, code, i })))(
    "$what: $code",
    async ({ status, code, i }) => {
      verdict = () => false;
      // Member 0 has claimed; for faults dearer than that, member 1 has not. Another threshold: another statement.
      const fresh = (await claimOf(i > used ? 1 : 0, 700)).submission as Changeable<ClaimSubmission>;
      const faulty = faults.slice(i).reduce<object>((claim, [, , , fault]) => {
        return fault(claim as Changeable<ClaimSubmission>);
      }, fresh);
      await expectRefusal(service, claimRequest(faulty), { status, code }, []);
      expect(pairings).toBe(0);
    },
  );

  test("a policy that nobody knows, of a claim with any other fault but size, shape and encoding", async () => {
    const { submission } = await claimOf(1);
    const faulty = { ...submission, publicSignals: submission.publicSignals.with(1, "1") };
    const request = { ...claimRequest(faulty), path: `/v1/policies/${"ab".repeat(31)}/claims` };
    await expectRefusal(service, request, { status: 404, code: "policy-unknown" }, []);
  });

  test("only a claim that is good in everything else costs a pairing: one", async () => {
    verdict = () => false;
    const request = claimRequest((await claimOf(1)).submission);
    await expectRefusal(service, request, { status: 422, code: "proof-invalid" }, []);
    expect(pairings).toBe(1);
  });
});

describe("claims at once", () => {
  test("of one statement, whatever proof came with it, make one record and one receipt", async () => {
    const before = recordsOf(claimScope);
    const claim = await claimOf(2);
    const another = { ...claim.submission, proof: proofToJson(emptyProof(7n)) };
    together(6);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        service.send(claimRequest(i % 2 === 0 ? claim.submission : another)),
      ),
    );
    expect(statusesOf(answers)).toEqual([200, 200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(recordsOf(claimScope)).toBe(before + 1);
  });

  test("of one member with two thresholds make one record, and one refusal", async () => {
    const before = recordsOf(claimScope);
    const rivals = [await claimOf(3, 600), await claimOf(3, 700)];
    together(2);
    const answers = await Promise.all(rivals.map(send));
    expect(statusesOf(answers)).toEqual([201, 409]);
    const refused = answers.find(({ status }) => status === 409)!;
    expectProblem(refused, { status: 409, code: "nullifier-used" });
    expect(recordsOf(claimScope)).toBe(before + 1);
  });

  test("of many members get receipts that their clients accept, each at its own place", async () => {
    const claims = await Promise.all([4, 5, 6, 7].map((member) => claimOf(member)));
    const outcomes = await Promise.all(claims.map((claim) => submitClaim({ policy, claim }, anybody)));
    const places = outcomes.map((outcome) => (outcome.accepted ? outcome.receipt.index : undefined));
    expect(new Set(places).size).toBe(4);
    expect(places).not.toContain(undefined);
  });
});

describe("while the proof of a claim is being checked", () => {
  const refusedAfter = async (member: number, happens: () => Promise<void>, code: string, status: number) => {
    const { submission } = await claimOf(member);
    verdict = async () => {
      await happens();
      return true;
    };
    const before = recordsOf(claimScope);
    expectProblem(await service.send(claimRequest(submission)), { status, code });
    expect([pairings, recordsOf(claimScope)]).toEqual([1, before]);
  };

  test("the policy may close: the claim is refused", async () => {
    const close = async () => {
      service.clock.now = CLOSES;
    };
    await refusedAfter(8, close, "policy-closed", 403);
  });

  test("a credit may be revoked: the claim's root is refused", async () => {
    await postCreditBatch(await nextBatch(), anybody);
    const position = (await stateNow()).tree.layers[0]!.length - 1;
    const request = requestRevocation({ ledgerId, positions: [position], issuer });
    await refusedAfter(8, () => postRevocation(request, anybody), "ledger-root-revoked", 422);
  });

  test("a batch may supersede the claim's root: where the grace is over, the claim is refused", async () => {
    const happens = async () => {
      await postCreditBatch(await nextBatch(), anybody);
      service.clock.now += 1;
    };
    await refusedAfter(8, happens, "ledger-root-expired", 422);
  });
});

test("a claim that is sent again costs no pairing and no root that still stands", async () => {
  const claim = await claimOf(9);
  const first = await send(claim);
  expect([first.status, pairings]).toEqual([201, 1]);
  verdict = () => false;
  await postCreditBatch(await nextBatch(), anybody);
  service.clock.now = CLOSES;
  const again = await service.send(
    claimRequest({ ...claim.submission, proof: { ...claim.submission.proof, a: ["1", "3"] } }),
  );
  expect([again.status, again.text, pairings]).toEqual([200, first.text, 1]);
  expect(parseClaimReceipt(JSON.parse(again.text)).nullifier).toBe(claim.nullifier.toString());
});

describe("petition signatures", () => {
  const petition = membership.openPetition(roll, roll.roll);
  const { petitionId } = petition;
  const request = (value: unknown) => ({
    path: `/v1/petitions/${petitionId}/signatures`,
    body: JSON.stringify(value),
  });
  const { scope, message } = petitionPurpose(petition);

  /** A signature of a member, good in everything but its proof. */
  const signatureOf = (member: (typeof roll.identities)[number]): SemaphoreProof => ({
    merkleTreeDepth: 4,
    merkleTreeRoot: petition.roll.root.toString(),
    nullifier: petitionNullifier(member, petition).toString(),
    scope: scope.toString(),
    message: message.toString(),
    points: pointsOf(emptyProof()),
  });

  beforeAll(async () => {
    const petitionBytes = signPetition(petition.petition, roll.registrar.secretKey);
    await registerPetition({ petition: petitionBytes, rollEvents: roll.rollEvents }, operator);
    verdict = () => true;
    service.clock.now = OPENS + 1;
    const first = signatureOf(roll.identities[0]!);
    expect((await submitPetitionSignature({ petition, signature: first }, anybody)).accepted).toBe(true);
  });

  type Fault = (signature: SemaphoreProof) => object;
  const faults: [what: string, status: number, code: string, fault: Fault][] = [
    ["the size", 413, "submission-too-large", (s) => ({ ...s, padding: " ".repeat(70_000) })],
    ["the shape", 400, "membership-proof-malformed", (s) => ({ ...s, extra: 1 })],
    ["an encoding", 400, "not-canonical", (s) => ({ ...s, nullifier: `0${s.nullifier}` })],
    [
      "the hour",
      403,
      "petition-closed",
      (s) => {
        service.clock.now = CLOSES;
        return s;
      },
    ],
    ["the scope", 422, "membership-other-scope", (s) => ({ ...s, scope: "1" })],
    ["the message", 422, "membership-other-message", (s) => ({ ...s, message: "1" })],
    ["the roll", 422, "membership-other-roll", (s) => ({ ...s, merkleTreeRoot: "1" })],
    ["the depth", 422, "membership-too-deep", (s) => ({ ...s, merkleTreeDepth: 5 })],
    ["the nullifier", 409, "nullifier-used", (s) => s],
    ["a point of the proof", 422, "point-off-curve", (s) => ({ ...s, points: s.points.with(1, "3") })],
  ];
  const used = faults.findIndex(([what]) => what === "the nullifier");
  test.each(faults.map(([what, status, code], i) => ({ what, status, code, i })))(
    "of two faults the cheaper check speaks: $what, $code",
    async ({ status, code, i }) => {
      verdict = () => false;
      // Another depth: another statement of the member who has signed.
      const fresh = { ...signatureOf(roll.identities[i > used ? 1 : 0]!), merkleTreeDepth: 3 };
      const faulty = faults
        .slice(i)
        .reduce<object>((signature, [, , , fault]) => fault(signature as SemaphoreProof), fresh);
      await expectRefusal(service, request(faulty), { status, code }, []);
      expect(pairings).toBe(0);
    },
  );

  test("at once, of one member in circuits of two depths, make one record and one refusal", async () => {
    const before = recordsOf(petitionId);
    const signature = signatureOf(roll.identities[2]!);
    together(2);
    const answers = await Promise.all(
      [signature, { ...signature, merkleTreeDepth: 3 }].map((value) => service.send(request(value))),
    );
    expect(statusesOf(answers)).toEqual([201, 409]);
    expect(recordsOf(petitionId)).toBe(before + 1);
  });

  test("whose proof was still being checked when the petition closed are refused", async () => {
    verdict = () => {
      service.clock.now = CLOSES;
      return true;
    };
    const value = signatureOf(roll.identities[3]!);
    await expectRefusal(service, request(value), { status: 403, code: "petition-closed" }, []);
    expect(pairings).toBe(1);
  });
});

describe("signing in", () => {
  const other = policyRoll(2);

  beforeAll(async () => {
    for (const { roll: state, registrar, rollEvents } of [roll, other]) {
      const snapshot = signSnapshot(membership.snapshotOf(state), registrar.secretKey);
      await registerSnapshot({ snapshot, rollEvents }, operator);
    }
  });

  /** What a member of a roll answers, good in everything but its proof. */
  function answerOf({ roll: state, identities }: typeof roll, nonce: string): SemaphoreProof {
    const { scope, message } = signInPurpose({ origin: ORIGIN, nonce });
    const { roll: frozen } = leanRollOf(state, ["member"]);
    return {
      merkleTreeDepth: membershipDepth(frozen),
      merkleTreeRoot: frozen.leanRoot,
      nullifier: membershipNullifier(identities[0]!, scope).toString(),
      message: message.toString(),
      scope: scope.toString(),
      points: pointsOf(emptyProof()),
    };
  }
  const challenge = () => requestSignIn(anybody);
  const send = (nonce: string, proof: unknown) =>
    service.send({ path: "/v1/sign-ins", body: JSON.stringify({ nonce, proof }) });

  test("takes members of every roll that has a snapshot", async () => {
    for (const members of [roll, other]) {
      const nonce = await challenge();
      const { status, text } = await send(nonce, answerOf(members, nonce));
      expect([status, text]).toEqual([200, '{"member":true}']);
    }
    expect(pairings).toBe(2);
  });

  const faults: [what: string, code: string, fault: (proof: SemaphoreProof) => object][] = [
    ["the shape", "membership-proof-malformed", (proof) => ({ ...proof, extra: 1 })],
    ["an encoding", "not-canonical", (proof) => ({ ...proof, nullifier: `0${proof.nullifier}` })],
    ["the scope", "membership-other-scope", (proof) => ({ ...proof, scope: "1" })],
    ["the message", "membership-other-message", (proof) => ({ ...proof, message: "1" })],
    ["the roll", "membership-other-roll", (proof) => ({ ...proof, merkleTreeRoot: "1" })],
    ["the depth", "membership-too-deep", (proof) => ({ ...proof, merkleTreeDepth: 9 })],
    ["a point of the proof", "point-off-curve", (proof) => ({ ...proof, points: proof.points.with(1, "3") })],
  ];
  test.each(faults.map(([what, code], i) => ({ what, code, i })))(
    "of two faults the cheaper check speaks, and spends the challenge: $what, $code",
    async ({ code, i }) => {
      const nonce = await challenge();
      const good = answerOf(roll, nonce);
      const faulty = faults
        .slice(i)
        .reduce<object>((proof, [, , fault]) => fault(proof as SemaphoreProof), good);
      expect(JSON.parse((await send(nonce, faulty)).text)).toMatchObject({ code });
      expectProblem(await send(nonce, good), { status: 403, code: "sign-in-nonce-unknown" });
      expect(pairings).toBe(0);
    },
  );

  test("with a proof that does not verify is refused, and spends the challenge", async () => {
    verdict = () => false;
    const nonce = await challenge();
    expectProblem(await send(nonce, answerOf(roll, nonce)), { status: 422, code: "proof-invalid" });
    verdict = () => true;
    const again = await send(nonce, answerOf(roll, nonce));
    expectProblem(again, { status: 403, code: "sign-in-nonce-unknown" });
  });

  test("once at most for a challenge, however many answers come at once", async () => {
    const nonce = await challenge();
    const answers = await Promise.all(Array.from({ length: 4 }, () => send(nonce, answerOf(roll, nonce))));
    expect(statusesOf(answers)).toEqual([200, 403, 403, 403]);
    expect(pairings).toBe(1);
  });

  test("an older snapshot never takes a newer one's place, however slow the store is", async () => {
    const store = await openSqliteStore(`${service.directory}/snapshots.sqlite`);
    let writes = 0;
    const slow: typeof store.replaceSnapshot = async (...given) => {
      if (writes++ === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      return store.replaceSnapshot(...given);
    };
    const own = new MembershipService({
      store: { ...store, replaceSnapshot: slow },
      boardKey: registry.secretKey,
      origin: ORIGIN,
      now: () => OPENS,
      commitDelayMs: 1,
      manifest: membership.manifest,
      artifacts: membership.artifacts,
    });
    try {
      const { roll: state, registrar, rollEvents } = roll;
      const taken = (takenAt: number) =>
        signSnapshot(membership.snapshotOf(state, { takenAt }), registrar.secretKey);
      const [older, newer] = [taken(OPENS), taken(OPENS + 1)];
      await Promise.all([older, newer].map((document) => own.registerSnapshot({ document, rollEvents })));
      const kept = await own.snapshotFile(state.rollId, "snapshot.json");
      expect(Buffer.from(kept).toString()).toBe(Buffer.from(newer).toString());
    } finally {
      await own.close();
      await store.close();
    }
  });
});

describe("batches at once", () => {
  test("with one serial: one is taken, and the other refused", async () => {
    const state = await stateNow();
    const rivals = await Promise.all([nextBatch(state, 60), nextBatch(state, 90)]);
    const answers = await Promise.all(
      rivals.map((batch) => service.send({ path: `${ledgerPath}/batches`, body: JSON.stringify(batch) })),
    );
    expect(statusesOf(answers)).toEqual([201, 409]);
    const refused = answers.find(({ status }) => status === 409)!;
    expectProblem(refused, { status: 409, code: "credit-serial-reused" });
    const after = await stateNow();
    expect([after.entries, after.positions.size]).toEqual([state.entries + 1, state.positions.size + 1]);
  });

  test("that are one and the same make one entry, whose serial all are told", async () => {
    const state = await stateNow();
    const body = JSON.stringify(await nextBatch(state));
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => service.send({ path: `${ledgerPath}/batches`, body })),
    );
    expect(statusesOf(answers)).toEqual([200, 200, 200, 201]);
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set([`{"serial":${state.entries}}`]));
    expect((await stateNow()).entries).toBe(state.entries + 1);
  });
});

describe("a ledger whose store fails", () => {
  type Append = Store["appendEntry"];
  let append: (append: () => ReturnType<Append>) => ReturnType<Append>;
  let ledgers: LedgerService;
  let clock: number;
  let closeStore: () => Promise<void>;
  const own = { ...name, ledgerId: randomHex() };
  const logOf = () => ledgers.publicFile(own.ledgerId, "entries.ndjson");
  const lengthOf = async () => replayLedger(await logOf(), own).entries;

  beforeAll(async () => {
    append = (real) => real();
    clock = OPENS;
    const store = await openSqliteStore(`${service.directory}/own.sqlite`);
    closeStore = () => store.close();
    ledgers = new Ledgers({
      store: { ...store, appendEntry: (...given) => append(() => store.appendEntry(...given)) },
      boardKey: registry.secretKey,
      registryKey: registry.secretKey,
      now: () => clock,
    });
    await ledgers.register({ ledgerId: own.ledgerId, boardName: board.name });
    await ledgers.setIssuer(own.ledgerId, { key, name: "Bakery", until: CLOSES });
  });
  afterEach(() => {
    append = (real) => real();
    clock = OPENS;
  });
  afterAll(async () => {
    await ledgers.close();
    await closeStore();
  });

  test("before it stored an entry, takes the same change as new; afterwards, as one that it has", async () => {
    const length = await lengthOf();
    append = async () => {
      throw new Error("SQLITE_FULL");
    };
    const opened = { period: 1, closes: CLOSES };
    await expect(ledgers.openPeriod(own.ledgerId, opened)).rejects.toThrow("SQLITE_FULL");
    expect(await lengthOf()).toBe(length);
    append = async (real) => {
      await real();
      throw new Error("done, and nobody heard");
    };
    await expect(ledgers.openPeriod(own.ledgerId, opened)).rejects.toThrow("nobody heard");
    append = (real) => real();
    expect(await ledgers.openPeriod(own.ledgerId, opened)).toEqual({ serial: length, isNew: false });
    expect(await lengthOf()).toBe(length + 1);
    // What comes next continues the entry whose answer was lost.
    expect(await ledgers.openPeriod(own.ledgerId, { ...opened, period: 2 })).toEqual({
      serial: length + 1,
      isNew: true,
    });
  });

  test("shows no entry that is not stored yet", async () => {
    const before = await logOf();
    let shown: Uint8Array | undefined;
    append = async (real) => {
      shown = await logOf();
      return real();
    };
    await ledgers.openPeriod(own.ledgerId, { period: 3, closes: CLOSES });
    expect(shown).toEqual(before);
    expect(await logOf()).not.toEqual(before);
  });

  test("goes on where its clock was set back, under the hour of the last entry", async () => {
    clock = OPENS + 50;
    await ledgers.openPeriod(own.ledgerId, { period: 4, closes: CLOSES });
    clock = OPENS - 50;
    await ledgers.openPeriod(own.ledgerId, { period: 5, closes: CLOSES });
    const { roots } = replayLedger(await logOf(), own);
    expect(roots.slice(-2).map(({ at }) => at)).toEqual([OPENS + 50, OPENS + 50]);
  });

  test("of changes at once enters one after another, however slow the store is", async () => {
    const length = await lengthOf();
    append = async (real) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return real();
    };
    const state = replayLedger(await logOf(), own);
    const [one, other] = await Promise.all([60, 90].map((amount) => nextBatch(state, amount)));
    await ledgers.openPeriod(own.ledgerId, { period: PERIOD, closes: CLOSES });
    const entered = await Promise.allSettled([
      ledgers.addBatch(own.ledgerId, one),
      ledgers.addBatch(own.ledgerId, other),
      ledgers.addBatch(own.ledgerId, one),
      ledgers.strike(own.ledgerId, [0]),
      ledgers.strike(own.ledgerId, [0]),
    ]);
    expect(entered).toMatchObject([
      { status: "fulfilled", value: { serial: length + 1, isNew: true } },
      { status: "rejected", reason: { code: "credit-serial-reused", place: "batch" } },
      { status: "fulfilled", value: { serial: length + 1, isNew: false } },
      { status: "fulfilled", value: { serial: length + 2, isNew: true } },
      { status: "fulfilled", value: { serial: length + 2, isNew: false } },
    ]);
    expect(await lengthOf()).toBe(length + 3);
  });

  test("and that nobody knew, is there once it is registered", async () => {
    const later = { ledgerId: randomHex(), boardName: board.name };
    const read = () => ledgers.publicFile(later.ledgerId, "checkpoint");
    await expect(read()).rejects.toMatchObject({ code: "ledger-unknown" });
    expect(await ledgers.register(later)).toEqual({ isNew: true });
    expect(Buffer.from(await read()).toString()).toContain(later.ledgerId);
  });

  test("an issuer under another name is another change; one whose key is no good is none", async () => {
    const length = await lengthOf();
    const entered = await ledgers.setIssuer(own.ledgerId, { key, name: "Mill", until: CLOSES });
    expect(entered).toEqual({ serial: length, isNew: true });
    const bad = ledgers.setIssuer(own.ledgerId, { key: ["0", "1"], name: "Mill", until: CLOSES });
    await expect(bad).rejects.toMatchObject({ code: "point-is-identity", place: "issuer key" });
    const back = await ledgers.setIssuer(own.ledgerId, { key, name: "Bakery", until: CLOSES });
    expect(back).toEqual({ serial: length + 1, isNew: true });
  });

  test("an issuer's authority that was changed and changed back is entered three times", async () => {
    const authority = (until: number) => ledgers.setIssuer(own.ledgerId, { key, name: "Bakery", until });
    const length = await lengthOf();
    expect(await authority(CLOSES)).toMatchObject({ isNew: false });
    expect(await authority(OPENS)).toEqual({ serial: length, isNew: true });
    expect(await authority(CLOSES)).toEqual({ serial: length + 1, isNew: true });
    expect(await authority(CLOSES)).toEqual({ serial: length + 1, isNew: false });
  });
});

describe("challenges", () => {
  test("are kept up to a bound: one more drops the oldest, and no other", () => {
    const challenges = new Challenges(() => 0);
    const given = Array.from({ length: MOST_CHALLENGES + 1 }, () => challenges.give());
    expect(new Set(given).size).toBe(given.length);
    expect(challenges.take(given[0]!)).toBe(false);
    expect(challenges.take(given[1]!)).toBe(true);
    expect(challenges.take(given[1]!)).toBe(false);
    expect(challenges.take(given.at(-1)!)).toBe(true);
  });

  test("are good for five minutes, to the second", () => {
    let now = 1000;
    const challenges = new Challenges(() => now);
    const [first, second] = [challenges.give(), challenges.give()];
    now += CHALLENGE_SECONDS - 1;
    expect(challenges.take(first)).toBe(true);
    now += 1;
    expect(challenges.take(second)).toBe(false);
  });
});
