// What a verifier refuses of a claim before any pairing, in the order of docs/spec/hours.md §3.
import { describe, expect, test } from "@jest/globals";
import {
  BoardTree,
  checkpointOrigin,
  createIdentity,
  encodeRecord,
  type HoursPolicy,
  makeClaimReceipt,
  type ProofVerifier,
  parseClaim,
  parseClaimReceipt,
  proofToJson,
  signCheckpoint,
  utf8,
  verifyClaim,
  verifyClaimReceipt,
  verifyClaimStatement,
} from "../../src/index.ts";
import { board, boardOf, credited, entered, openLedger, revocation, START } from "../support/ledgers.ts";
import { claimSignals, judgePolicy, policyOf, policyRoll, signedPolicy } from "../support/policies.ts";
import { boardKeys, CLOSES, emptyProof, OPENS } from "../support/polls.ts";
import { verifierOf } from "../support/verifiers.ts";
import { inputError, inputRejection } from "../trustees/support.ts";

const world = policyRoll(2);
const [ana] = world.identities as [(typeof world.identities)[0]];
const { ledger: opened, issuers } = openLedger();
const [mill] = issuers as [(typeof issuers)[0]];
const { ledger } = await credited(opened, mill, [{ member: ana, amount: 1200 }]);
const ledgerRoot = ledger.state.tree.root;
const policyWith = (changes: Partial<HoursPolicy> = {}) =>
  judgePolicy(signedPolicy(policyOf(world, ledger.name, changes), world.registrar));
const policy = policyWith();
const signals = claimSignals(policy, { member: ana, ledgerRoot, threshold: 1200 });
const NAMES = [
  "nullifier",
  "rollRoot",
  "ledgerRoot",
  "claimScope",
  "firstPeriod",
  "lastPeriod",
  "category",
  "maxAmount",
  "threshold",
] as const;

/** A verifier that says yes to everything, and whether it was asked. */
function lenientVerifier(verdict = true): { verifier: ProofVerifier; asked: () => number } {
  let asked = 0;
  const verifier = verifierOf(9, async () => {
    asked++;
    return verdict;
  });
  return { verifier, asked: () => asked };
}

async function judge(
  publicSignals: readonly bigint[],
  { now = OPENS + 10, history = ledger.state, of = policy, verdict = true, proof = emptyProof() } = {},
): Promise<{ code: string; asked: number }> {
  const { verifier, asked } = lenientVerifier(verdict);
  const claim = { publicSignals, proof };
  const code = await verifyClaim({ policy: of, ledger: history, claim, now, verifier }).then(
    () => "good",
    async (error) => (await inputRejection(Promise.reject(error))).code,
  );
  return { code, asked: asked() };
}

describe("the statement", () => {
  test("of a claim under this policy is read", () => {
    expect(verifyClaimStatement(policy, signals, "claim")).toEqual({
      nullifier: signals[0],
      ledgerRoot,
      threshold: 1200,
    });
  });

  test("with any signal changed but nullifier, ledger root and threshold is another policy's", () => {
    const free = ["nullifier", "ledgerRoot", "threshold"];
    for (const [i, name] of NAMES.entries()) {
      if (free.includes(name)) continue;
      for (const value of [signals[i]! + 1n, 0n]) {
        if (value === signals[i]) continue;
        const { code, place } = inputError(() =>
          verifyClaimStatement(policy, signals.with(i, value), "claim"),
        );
        expect([name, code, place]).toEqual([name, "signals-not-of-policy", "claim"]);
      }
    }
  });

  test("with another number of signals is another circuit's", () => {
    for (const wrong of [signals.slice(0, -1), [...signals, 0n], []]) {
      expect(inputError(() => verifyClaimStatement(policy, wrong, "claim")).code).toBe(
        "signals-not-of-policy",
      );
    }
  });

  test("with a threshold off the policy is refused, though between or beside its own", () => {
    for (const threshold of [0n, 1n, 599n, 601n, 1199n, 1201n, 2401n, 2n ** 26n, 2n ** 200n]) {
      expect(inputError(() => verifyClaimStatement(policy, signals.with(8, threshold), "claim")).code).toBe(
        "threshold-off-policy",
      );
    }
  });

  test("for any category is refused where the policy names one, and the other way round", () => {
    const any = policyWith({ category: null });
    expect(inputError(() => verifyClaimStatement(policy, signals.with(6, 0n), "claim")).code).toBe(
      "signals-not-of-policy",
    );
    const anys = claimSignals(any, { member: ana, ledgerRoot });
    expect(verifyClaimStatement(any, anys, "claim").ledgerRoot).toBe(ledgerRoot);
    expect(inputError(() => verifyClaimStatement(any, anys.with(6, policy.category), "claim")).code).toBe(
      "signals-not-of-policy",
    );
  });
});

describe("a claim", () => {
  test("passes where everything holds; its proof is looked at last", async () => {
    expect(await judge(signals)).toEqual({ code: "good", asked: 1 });
    expect(await judge(signals, { verdict: false })).toEqual({ code: "proof-invalid", asked: 1 });
  });

  test("is refused before the policy opens and when it has closed, to the second", async () => {
    expect((await judge(signals, { now: OPENS - 1 })).code).toBe("policy-not-open");
    expect((await judge(signals, { now: OPENS })).code).toBe("good");
    expect((await judge(signals, { now: CLOSES - 1 })).code).toBe("good");
    expect(await judge(signals, { now: CLOSES })).toEqual({ code: "policy-closed", asked: 0 });
  });

  test("under a root stale by appending passes within grace, not past it", async () => {
    const at = OPENS + 100;
    const { ledger: grown } = await credited(ledger, mill, [{ member: ana, amount: 5 }], { at });
    const history = grown.state;
    expect(START).toBeLessThan(at);
    expect((await judge(signals, { history, now: at + 3600 })).code).toBe("good");
    expect(await judge(signals, { history, now: at + 3601 })).toEqual({
      code: "ledger-root-expired",
      asked: 0,
    });
    const strict = policyWith({ graceSeconds: 0 });
    const strictly = claimSignals(strict, { member: ana, ledgerRoot });
    expect((await judge(strictly, { history, of: strict, now: at + 1 })).code).toBe("ledger-root-expired");
  });

  test("under a root from before a revocation is refused at once", async () => {
    const at = OPENS + 100;
    const history = entered(ledger, revocation(ledger, mill, [0]), at).state;
    expect(await judge(signals, { history, now: at })).toEqual({ code: "ledger-root-revoked", asked: 0 });
    const renewed = claimSignals(policy, { member: ana, ledgerRoot: history.tree.root });
    expect((await judge(renewed, { history, now: at })).code).toBe("good");
  });

  test("under a root that the ledger never had is refused", async () => {
    expect(await judge(signals.with(2, ledgerRoot + 1n))).toEqual({ code: "ledger-root-unknown", asked: 0 });
    // The empty ledger's root was never an entry's: its first entry named an issuer.
    expect((await judge(signals.with(2, 0n))).code).toBe("ledger-root-unknown");
  });

  test("is not judged by another ledger's roots: that is the caller's mistake", async () => {
    const { verifier } = lenientVerifier();
    const claim = { publicSignals: signals, proof: emptyProof() };
    const { ledgerId, registryKey } = openLedger(0).ledger.name;
    for (const other of [{ ledgerId }, { registryKey }]) {
      const mixed = { ...ledger.state, ...other };
      const judged = verifyClaim({ policy, ledger: mixed, claim, now: OPENS, verifier });
      await expect(judged).rejects.toBeInstanceOf(RangeError);
    }
  });

  test("with points off the curve is refused before the pairing", async () => {
    const proof = { ...emptyProof(), a: [1n, 1n] as const };
    expect(await judge(signals, { proof })).toEqual({ code: "point-off-curve", asked: 0 });
  });
});

describe("a claim as it is sent", () => {
  const sent = {
    type: "commune-zk/claim/v1",
    claimScope: policy.claimScope,
    publicSignals: signals.map(String),
    proof: proofToJson(emptyProof()),
  };
  const parse = (value: unknown) => parseClaim(utf8(JSON.stringify(value)));

  test("is read, white space and order of keys being free", () => {
    const spaced = JSON.stringify(Object.fromEntries(Object.entries(sent).reverse()), null, 2);
    expect(parseClaim(utf8(spaced))).toEqual({
      claimScope: policy.claimScope,
      publicSignals: signals,
      proof: emptyProof(),
    });
  });

  test.each<[string, unknown, string]>([
    ["a field more", { ...sent, name: "Ana" }, "submission-malformed"],
    ["another type", { ...sent, type: "commune-zk/ballot/v1" }, "submission-malformed"],
    ["a signal less", { ...sent, publicSignals: sent.publicSignals.slice(1) }, "submission-malformed"],
    ["a signal more", { ...sent, publicSignals: [...sent.publicSignals, "0"] }, "submission-malformed"],
    ["a number for a signal", { ...sent, publicSignals: signals.map(Number) }, "submission-malformed"],
    ["a leading zero", { ...sent, publicSignals: sent.publicSignals.with(8, "01200") }, "not-canonical"],
    [
      "a signal of r and more",
      { ...sent, publicSignals: sent.publicSignals.with(0, (2n ** 254n).toString()) },
      "not-canonical",
    ],
    ["no proof", { ...sent, proof: undefined }, "submission-malformed"],
  ])("with %s is refused", (_name, value, code) => {
    expect(inputError(() => parse(value)).code).toBe(code);
  });

  test("is refused above 16,384 bytes, or where it is no JSON", () => {
    const large = utf8(JSON.stringify(sent) + " ".repeat(16_384));
    expect(inputError(() => parseClaim(large)).code).toBe("submission-too-large");
    expect(inputError(() => parseClaim(utf8("{"))).code).toBe("bad-json");
  });
});

describe("a claim's receipt", () => {
  const record = encodeRecord({ publicSignals: signals, proof: emptyProof() });
  const others = [createIdentity(), createIdentity()].map((member) =>
    encodeRecord({ publicSignals: claimSignals(policy, { member, ledgerRoot }), proof: emptyProof() }),
  );
  const records = [others[0]!, record, others[1]!];
  function receiptFor(of = policy, secretKey = boardKeys.secretKey) {
    const tree = new BoardTree();
    for (const entry of records) tree.append(entry);
    const origin = checkpointOrigin(board.name, of.claimScope);
    const checkpoint = signCheckpoint(origin, { size: 3, root: tree.root() }, secretKey);
    return makeClaimReceipt({ policy, record, index: 1, checkpoint, inclusion: tree.inclusion(1) });
  }
  const good = receiptFor();
  const refused = (change: object) =>
    inputError(() => verifyClaimReceipt({ receipt: { ...good, ...change }, record, policy })).code;

  test("proves that the record stands on the policy's board", () => {
    expect(() => verifyClaimReceipt({ receipt: parseClaimReceipt(good), record, policy })).not.toThrow();
    expect(boardOf(policy.claimScope, records).size).toBe(3);
  });

  test("proves nothing of another policy, record, place, board or key", () => {
    expect(refused({ claimScope: policyWith().claimScope })).toBe("receipt-other-policy");
    expect(refused({ nullifier: "1" })).toBe("receipt-other-record");
    expect(refused({ statementHash: "ab".repeat(32) })).toBe("receipt-other-record");
    expect(refused({ index: 2 })).toBe("receipt-not-included");
    expect(refused({ inclusion: [] })).toBe("receipt-not-included");
    expect(refused({ checkpoint: receiptFor(policyWith()).checkpoint })).toBe("checkpoint-other-board");
    expect(refused({ checkpoint: receiptFor(policy, new Uint8Array(32).fill(9)).checkpoint })).toBe(
      "checkpoint-bad-signature",
    );
    expect(inputError(() => parseClaimReceipt({ ...good, revision: 0 })).code).toBe("receipt-malformed");
  });
});
