// Ledgers, policies and claims over HTTP: what is taken once, what is refused and why, in which order.
import {
  type Attestation,
  claimReceiptBytes,
  createIssuerKeys,
  creditPaths,
  ed25519KeyPair,
  FIELD_ORDER,
  fieldToBytes,
  hoursNullifier,
  InputError,
  locateCredit,
  merklePath,
  openPeriod,
  type ProvableCredit,
  pointToJson,
  postCreditBatch,
  postRevocation,
  prepareClaim,
  proveClaim,
  readLedger,
  registerIssuer,
  registerLedger,
  registerPolicy,
  replayLedger,
  requestRevocation,
  strikeCredits,
  submitClaim,
  toHex,
  urlPublicFiles,
  wasmEngine,
} from "@commune-zk/prover";
import { randomHex } from "@commune-zk/prover/rehearsal";
import { hoursArtifacts, hoursKeys, hoursManifest } from "../../prover/test/support/hours-keys.ts";
import { board, issue } from "../../prover/test/support/ledgers.ts";
import {
  claimSignals,
  judgePolicy,
  policyOf,
  policyRoll,
  signedPolicy,
} from "../../prover/test/support/policies.ts";
import { OPENS } from "../../prover/test/support/polls.ts";
import { markedFetch, marksIn } from "./support/marked.ts";
import { type Expected, expectProblem, expectRefusal } from "./support/refusals.ts";
import { OPERATOR_TOKEN, readTables, startTestService } from "./support/service.ts";
import { tracesOfKey, tracesOfText } from "./support/traces.ts";

const GRACE = 3600;
const PERIOD = 202601;
const registry = ed25519KeyPair();
const issuer = createIssuerKeys();
const stranger = createIssuerKeys();
const ledgerId = randomHex();
const name = { ledgerId, registryKey: registry.publicKey };

const service = await startTestService({
  registryKey: registry.secretKey,
  hours: { manifest: hoursManifest, artifacts: hoursArtifacts },
});
afterAll(() => service.remove());
const anybody = { baseUrl: service.baseUrl, retries: 0, fetch: markedFetch };
const operator = { ...anybody, operatorToken: OPERATOR_TOKEN };

const ledgerFiles = urlPublicFiles(`${service.baseUrl}/ledgers/${ledgerId}`);
const stateNow = async () => replayLedger(await ledgerFiles.read("entries.ndjson"), name);
const batchOf = async (credits: Parameters<typeof issue>[2], header: Parameters<typeof issue>[3] = {}) =>
  issue({ state: await stateNow() }, issuer, credits, { period: PERIOD, ...header });

const registered = await registerLedger({ ledgerId, boardName: board.name }, operator);
await registerIssuer(
  { ledgerId, key: pointToJson(issuer.publicKey), name: "Bakery", until: OPENS + 500_000 },
  operator,
);
await openPeriod({ ledgerId, period: PERIOD, closes: OPENS + 400_000 }, operator);

const roll = policyRoll(3);
const [ana, ben, eva] = roll.identities as [
  (typeof roll.identities)[0],
  (typeof roll.identities)[0],
  (typeof roll.identities)[0],
];
const first = await batchOf([
  { member: ana, amount: 700 },
  { member: ben, amount: 650 },
]);
await postCreditBatch(first.batch, anybody);
const rootBefore = (await stateNow()).tree.root;

const document = policyOf(
  roll,
  name,
  { credits: 1, thresholds: [600, 700], graceSeconds: GRACE },
  hoursManifest,
);
const signed = signedPolicy(document, roll.registrar);
const { claimScope } = signed;
const registration = {
  policy: signed.policyBytes,
  signature: signed.signatureBytes,
  rollEvents: roll.rollEvents,
};
await registerPolicy(registration, operator);
const policy = judgePolicy(signed, { kind: "none" }, hoursManifest);

async function creditsOf(
  commitment: bigint,
  attestations: readonly Attestation[],
): Promise<ProvableCredit[]> {
  const view = await readLedger(ledgerFiles, { ...name, board });
  const credits = attestations.map((attestation) => locateCredit(view, { commitment, attestation }));
  return creditPaths(ledgerFiles, { view, credits });
}

const engine = wasmEngine();
const claim = await proveClaim({
  claim: prepareClaim({
    policy,
    identity: ana,
    rollPath: merklePath(roll.tree, 0),
    ledgerRoot: rootBefore,
    credits: await creditsOf(ana.commitment, [first.attestations[0]!]),
    threshold: 600,
  }),
  artifacts: (await hoursKeys("hours-1")).artifacts,
  engine,
});
await engine.dispose();

const claimPath = `/v1/policies/${claimScope}/claims`;
/** A claim of Ben's, good in everything but its proof. */
const unproven = (changes: { ledgerRoot?: bigint; threshold?: number; member?: typeof ana } = {}) => ({
  ...claim.submission,
  publicSignals: claimSignals(policy, { member: ben, ledgerRoot: rootBefore, ...changes }).map(String),
});
const claimRequest = (value: unknown) => ({ path: claimPath, body: JSON.stringify(value) });
const refuseClaim = (value: unknown, expected: Expected) =>
  expectRefusal(service, claimRequest(value), expected, []);

describe("a ledger", () => {
  test("is kept under the service's own registry key, once", async () => {
    expect(registered.registryKey).toBe(registry.publicKey);
    await expect(registerLedger({ ledgerId, boardName: board.name }, operator)).resolves.toEqual(registered);
    await expect(registerLedger({ ledgerId, boardName: "other.test" }, operator)).rejects.toMatchObject({
      code: "ledger-other-board",
    });
  });

  test.each(["/v1/ledgers", "/issuers", "/periods", "/strikes"])(
    "takes %s from the operator only",
    async (path) => {
      const whole = path === "/v1/ledgers" ? path : `/v1/ledgers/${ledgerId}${path}`;
      await expectRefusal(service, { path: whole, body: "{}" }, { status: 401, code: "unauthorized" }, []);
    },
  );

  test.each(["entries.ndjson", "checkpoint", "leaves/0", "level-10"])("serves %s fresh", async (file) => {
    const { status, headers } = await service.send({ path: `/ledgers/${ledgerId}/${file}` });
    expect([status, headers.get("cache-control")]).toEqual([200, "no-cache"]);
  });

  test("answers a change that it has as it did before, and grows by nothing", async () => {
    const before = await ledgerFiles.read("entries.ndjson");
    const path = `/v1/ledgers/${ledgerId}/batches`;
    const { status, text } = await service.send({ path, body: JSON.stringify(first.batch) });
    expect({ status, text }).toEqual({ status: 200, text: '{"serial":2}' });
    await openPeriod({ ledgerId, period: PERIOD, closes: OPENS + 400_000 }, operator);
    expect(toHex(await ledgerFiles.read("entries.ndjson"))).toBe(toHex(before));
  });

  const { batch } = first;
  const sent = { member: eva, amount: 60 };
  const refusals: [what: string, status: number, code: string, make: () => Promise<unknown>][] = [
    [
      "a reused serial",
      409,
      "credit-serial-reused",
      async () => {
        const { batch: other } = await issue({ state: emptyStateOf() }, issuer, [sent], { period: PERIOD });
        return other;
      },
    ],
    [
      "a skipped serial",
      409,
      "credit-serial-skipped",
      async () => {
        const state = await stateNow();
        const key = pointToJson(issuer.publicKey).join();
        const known = state.issuers.get(key)!;
        const ahead = { ...state, issuers: new Map([[key, { ...known, nextSerial: known.nextSerial + 1 }]]) };
        return (await issue({ state: ahead }, issuer, [sent], { period: PERIOD })).batch;
      },
    ],
    [
      "an issuer that nobody knows",
      422,
      "credit-unknown-issuer",
      async () => (await issue({ state: await stateNow() }, stranger, [sent], { period: PERIOD })).batch,
    ],
    [
      "a period that never opened",
      422,
      "credit-period-unknown",
      async () => (await batchOf([sent], { period: PERIOD + 1 })).batch,
    ],
    [
      "a bad signature",
      422,
      "credit-bad-signature",
      async () => {
        const { batch: good } = await batchOf([sent]);
        return { ...good, signature: batch.signature };
      },
    ],
    [
      "the identity for its issuer",
      422,
      "point-is-identity",
      async () => {
        const { batch: good } = await batchOf([sent]);
        return { ...good, header: { ...good.header, issuer: ["0", "1"] } };
      },
    ],
    [
      "an issuer of low order",
      422,
      "point-outside-subgroup",
      async () => {
        const { batch: good } = await batchOf([sent]);
        return { ...good, header: { ...good.header, issuer: ["0", (FIELD_ORDER - 1n).toString()] } };
      },
    ],
    ["no batch at all", 400, "credit-malformed", async () => ({ ...batch, extra: 1 })],
    [
      "an inner that stood before",
      409,
      "ledger-duplicate-inner",
      async () => {
        const { batch: good } = await batchOf([sent]);
        return { ...good, inner: batch.inner };
      },
    ],
  ];
  test.each(refusals)("refuses a batch with %s: %i %s", async (_what, status, code, make) => {
    const body = JSON.stringify(await make());
    // The place is one in what was sent, not in the log.
    const expected = { status, code, title: "batch" };
    await expectRefusal(service, { path: `/v1/ledgers/${ledgerId}/batches`, body }, expected, []);
  });

  test.each([
    [OPENS + 400_000, "credit-period-closed"],
    [OPENS + 500_000, "credit-issuer-expired"],
  ])("at %i takes no batch any more: %s", async (at, code) => {
    const { batch: late } = await batchOf([sent]);
    service.clock.now = at;
    try {
      const path = `/v1/ledgers/${ledgerId}/batches`;
      await expectRefusal(service, { path, body: JSON.stringify(late) }, { status: 403, code }, []);
    } finally {
      service.clock.now = OPENS + 1;
    }
  });

  test("refuses a revocation by an issuer whose credits they are not, and names what is unknown", async () => {
    const revoke = (issuerKeys: typeof issuer, positions: number[]) =>
      postRevocation(requestRevocation({ ledgerId, positions, issuer: issuerKeys }), anybody);
    await expect(revoke(stranger, [0])).rejects.toMatchObject({ code: "revocation-unknown-issuer" });
    await expect(revoke(issuer, [99])).rejects.toMatchObject({ code: "ledger-unknown-position" });
    const other = requestRevocation({ ledgerId: randomHex(), positions: [0], issuer });
    await expect(postRevocation(other, anybody)).rejects.toMatchObject({ code: "ledger-unknown" });
    const path = `/v1/ledgers/${ledgerId}/revocations`;
    await expectRefusal(service, { path, body: "{}" }, { status: 400, code: "revocation-malformed" }, []);
  });
});

describe("a policy", () => {
  test("again is registered as before; a ledger or board of others is not taken", async () => {
    await registerPolicy(registration, operator);
    const refused = async (changes: Parameters<typeof policyOf>[2]) => {
      const { policyBytes, signatureBytes } = signedPolicy({ ...document, ...changes }, roll.registrar);
      const outcome = registerPolicy(
        { policy: policyBytes, signature: signatureBytes, rollEvents: roll.rollEvents },
        operator,
      );
      return outcome.then(
        () => "taken",
        (error: unknown) => (error instanceof InputError ? error.code : "no refusal"),
      );
    };
    const foreign = ed25519KeyPair().publicKey;
    expect(await refused({ board: { ...board, key: foreign } })).toBe("policy-other-board");
    expect(await refused({ ledger: { id: randomHex(), registryKey: registry.publicKey } })).toBe(
      "policy-other-ledger",
    );
    expect(await refused({ ledger: { id: ledgerId, registryKey: foreign } })).toBe("policy-other-ledger");
    expect(await refused({ board: { ...board, name: "other.test" } })).toBe("policy-other-ledger");
  });

  test("is registered by the operator only", async () => {
    await expectRefusal(
      service,
      { path: "/v1/policies", body: "{}" },
      { status: 401, code: "unauthorized" },
      [],
    );
  });

  test("is served below its own path only", async () => {
    expect((await service.send({ path: `/policies/${claimScope}/policy.json` })).text).toBe(
      Buffer.from(signed.policyBytes).toString(),
    );
    const elsewhere = await service.send({ path: `/polls/${claimScope}/policy.json` });
    expectProblem(elsewhere, { status: 404, code: "poll-unknown" });
    const ballots = { path: `/v1/polls/${claimScope}/ballots`, body: "{}" };
    expectProblem(await service.send(ballots), { status: 400, code: "submission-malformed" });
  });
});

describe("claims", () => {
  const tampered = (index: number, value: bigint) => {
    const value_ = unproven();
    return {
      ...value_,
      publicSignals: value_.publicSignals.map((s, i) => (i === index ? String(value) : s)),
    };
  };
  const refusals: [what: string, value: unknown, expected: Expected][] = [
    ["that are none", { ...claim.submission, extra: 1 }, { status: 400, code: "submission-malformed" }],
    ["whose nullifier is not canonical", tampered(0, FIELD_ORDER), { status: 400, code: "not-canonical" }],
    [
      "under another policy",
      { ...claim.submission, claimScope: "ab".repeat(31) },
      { status: 422, code: "submission-other-policy" },
    ],
    ["on another roll", tampered(1, 1n), { status: 422, code: "signals-not-of-policy" }],
    ["of a threshold off the policy", tampered(8, 650n), { status: 422, code: "threshold-off-policy" }],
    ["on a root of no ledger", tampered(2, 1n), { status: 422, code: "ledger-root-unknown" }],
    [
      "whose proof has a point off its curve",
      { ...unproven(), proof: { ...claim.submission.proof, a: ["1", "1"] } },
      { status: 422, code: "point-off-curve" },
    ],
    ["of Ben with Ana's proof", unproven(), { status: 422, code: "proof-invalid" }],
  ];
  test.each(refusals)("%s are refused", (_what, value, expected) => refuseClaim(value, expected));

  test("under no policy, before and after it is open, are refused", async () => {
    const path = `/v1/policies/${"ab".repeat(31)}/claims`;
    const body = JSON.stringify(claim.submission);
    await expectRefusal(service, { path, body }, { status: 404, code: "policy-unknown" }, []);
    try {
      service.clock.now = document.opensAt - 1;
      await refuseClaim(unproven({ threshold: 650 }), { status: 403, code: "policy-not-open" });
      service.clock.now = document.closesAt;
      await refuseClaim(unproven({ threshold: 650 }), { status: 403, code: "policy-closed" });
      // In the first and in the last second the policy is open: what is refused is the threshold.
      for (const within of [document.opensAt, document.closesAt - 1]) {
        service.clock.now = within;
        await refuseClaim(unproven({ threshold: 650 }), { status: 422, code: "threshold-off-policy" });
      }
    } finally {
      service.clock.now = OPENS + 1;
    }
  });

  test("on a root that appending superseded are taken within its grace, and refused after it", async () => {
    const { batch } = await batchOf([{ member: eva, amount: 30 }]);
    await postCreditBatch(batch, anybody);
    service.clock.now = OPENS + 1 + GRACE + 1;
    await refuseClaim(unproven(), { status: 422, code: "ledger-root-expired" });
    service.clock.now = OPENS + 1 + GRACE;
    const outcome = await submitClaim({ policy, claim }, anybody);
    expect(outcome).toMatchObject({ accepted: true, receipt: { index: 0, claimScope } });
  });

  test("that are recorded get the same receipt again, also when the policy has closed", async () => {
    const [{ record }] = readTables(service.databasePath).record as [{ record: Uint8Array }];
    expect(toHex(record)).toBe(toHex(claim.record));
    const again = await service.send(claimRequest(claim.submission));
    expect(again.status).toBe(200);
    try {
      service.clock.now = document.closesAt;
      const late = await service.send(claimRequest(claim.submission));
      expect([late.status, late.text]).toEqual([200, again.text]);
      const outcome = await submitClaim({ policy, claim }, anybody);
      if (!outcome.accepted) throw new Error(outcome.reason);
      expect(Buffer.from(claimReceiptBytes(outcome.receipt)).toString()).toBe(again.text);
    } finally {
      service.clock.now = OPENS + 1 + GRACE;
    }
  });

  test("of one member twice are refused before the proof is looked at, whatever the threshold", async () => {
    const second = unproven({ member: ana, threshold: 700 });
    expect(second.publicSignals[0]).toBe(hoursNullifier(ana, claimScope).toString());
    const bad = { ...second, proof: { ...second.proof, a: ["1", "1"] } };
    await refuseClaim(bad, { status: 409, code: "nullifier-used" });
    const rows = readTables(service.databasePath).record!;
    expect(rows.map(({ nullifier }) => toHex(nullifier as Uint8Array))).toEqual([
      toHex(fieldToBytes(claim.nullifier)),
    ]);
  });

  test("on a root from before a revocation are refused at once", async () => {
    const newest = (await stateNow()).tree.root;
    await postRevocation(requestRevocation({ ledgerId, positions: [2], issuer }), anybody);
    await refuseClaim(unproven({ ledgerRoot: newest }), { status: 422, code: "ledger-root-revoked" });
    const after = (await stateNow()).tree.root;
    await strikeCredits({ ledgerId, positions: [1] }, operator);
    await refuseClaim(unproven({ ledgerRoot: after }), { status: 422, code: "ledger-root-revoked" });
    await expect(strikeCredits({ ledgerId, positions: [0, 1] }, operator)).rejects.toMatchObject({
      code: "ledger-position-revoked",
    });
  });

  test("and ledger are as they were after the service started again", async () => {
    const path = `/ledgers/${ledgerId}/checkpoint`;
    const before = await service.send({ path });
    const receipt = await service.send(claimRequest(claim.submission));
    await service.restart();
    expect((await service.send({ path })).text).toBe(before.text);
    expect((await service.send(claimRequest(claim.submission))).text).toBe(receipt.text);
  });
});

test("neither who sent a batch or a claim nor a member's secrets are written or logged", async () => {
  const secrets = [
    ...roll.identities.flatMap(({ privateKey }, i) => tracesOfKey(`key of member ${i}`, privateKey)),
    ...first.attestations.flatMap(({ salt }, i) => tracesOfKey(`salt ${i}`, Buffer.from(salt, "hex"))),
    ...tracesOfKey("registry's key", registry.secretKey),
    ...tracesOfText("operator's token", OPERATOR_TOKEN),
  ];
  expect(await marksIn(service, secrets)).toEqual([]);
  // The search finds what is there.
  const nullifier = tracesOfKey("nullifier", fieldToBytes(claim.nullifier));
  expect(await marksIn(service, nullifier)).not.toEqual([]);
});

/** A state in which no issuer has a serial. */
function emptyStateOf() {
  return replayLedger(new Uint8Array(0), name);
}
