// A tier of the roll that requires a credit: the member shows it to the registrar. docs/spec/ledger.md §9.
import { describe, expect, test } from "@jest/globals";
import {
  type Attestation,
  appendBatch,
  checkDisclosedCredit,
  createIdentity,
  discloseCredit,
  ed25519KeyPair,
  pollLeaves,
  readLedgerLog,
} from "../../src/index.ts";
import { randomHex, rehearseRoll } from "../../src/rehearsal.ts";
import { credited, entered, entriesOf, openLedger, QUARTER, revocation } from "../support/ledgers.ts";
import { inputError } from "../trustees/support.ts";

const registrar = ed25519KeyPair();
const { roll, identities } = rehearseRoll(["member", "member"], registrar);
const [ana, ben] = identities as [(typeof identities)[0], (typeof identities)[0]];
const { ledger: opened, issuers } = openLedger();
const [school] = issuers as [(typeof issuers)[0]];
const taught = await credited(
  opened,
  school,
  [
    { member: ana, amount: 92 },
    { member: ben, amount: 79 },
  ],
  { category: "cyber-literacy" },
);
const worked = await credited(taught.ledger, school, [{ member: ana, amount: 6000 }]);
const ledger = worked.ledger;
const [anas, bens] = taught.attestations as [Attestation, Attestation];
const registrarNonce = randomHex();
const requirement = { tier: "net-admin", category: "cyber-literacy", minAmount: 80 };
const context = { rollId: roll.rollId, registrarKey: registrar.publicKey, registrarNonce, tier: "net-admin" };
const asked = () => discloseCredit({ identity: ana, ...context, attestation: anas });

function judge(
  value: unknown,
  required: Parameters<typeof checkDisclosedCredit>[1]["requirement"] = requirement,
) {
  const view = readLedgerLog(entriesOf(ledger), ledger.name);
  return checkDisclosedCredit(value, { roll, ledger: view, requirement: required, registrarNonce });
}
const code = (value: unknown, required = requirement) => inputError(() => judge(value, required)).code;

describe("the tier net-admin, which requires 80 points in cyber-literacy", () => {
  test("is given to who passed, by an event that the roll takes", () => {
    const { event } = judge(asked());
    expect(event).toEqual({ kind: "tier", position: 0, tier: "net-admin" });
    const { state } = appendBatch(roll, [event], registrar.secretKey);
    expect(pollLeaves(state, ["net-admin"])).toEqual([ana.commitment, 0n]);
  });

  test("is not given for 79 points, for another category, or for another tier's request", () => {
    expect(code(discloseCredit({ identity: ben, ...context, attestation: bens }))).toBe(
      "disclosure-not-enough",
    );
    const hours = worked.attestations[0]!;
    expect(code(discloseCredit({ identity: ana, ...context, attestation: hours }))).toBe(
      "disclosure-not-enough",
    );
    expect(code(discloseCredit({ identity: ana, ...context, tier: "board", attestation: anas }))).toBe(
      "disclosure-not-enough",
    );
  });

  test("is given for 80 points exactly, and within the periods that count", () => {
    const at = (minAmount: number, first: number, last: number) =>
      judge(asked(), { ...requirement, minAmount, periods: { first, last } });
    expect(at(92, QUARTER[0], QUARTER[0]).event.position).toBe(0);
    for (const [minAmount, first, last] of [
      [93, QUARTER[0], QUARTER[2]],
      [92, QUARTER[1], QUARTER[2]],
      [92, QUARTER[0] - 2, QUARTER[0] - 1],
    ] as const) {
      expect(inputError(() => at(minAmount, first, last)).code).toBe("disclosure-not-enough");
    }
  });

  test("is not given for a score that was raised in the disclosure: the ledger has no such credit", () => {
    const raised = { ...bens, amount: 80 };
    expect(code(discloseCredit({ identity: ben, ...context, attestation: raised }))).toBe(
      "attestation-not-in-ledger",
    );
  });

  test("is not given for another member's credit, or to whom the roll does not know", () => {
    expect(code(discloseCredit({ identity: ben, ...context, attestation: anas }))).toBe(
      "attestation-not-in-ledger",
    );
    expect(code(discloseCredit({ identity: createIdentity(), ...context, attestation: anas }))).toBe(
      "not-on-roll",
    );
  });

  test("is not given to who asks in a member's name with the member's own disclosure changed", () => {
    const value = asked();
    for (const change of [
      { attestation: { ...anas, serial: 7 } },
      { signature: discloseCredit({ identity: ben, ...context, attestation: anas }).signature },
    ]) {
      expect(code({ ...value, ...change })).toBe("disclosure-bad-signature");
    }
    const tierChanged = { ...value, tier: "board" };
    expect(code(tierChanged, { ...requirement, tier: "board" })).toBe("disclosure-bad-signature");
  });

  test("is not given twice for one request, or for another roll's", () => {
    for (const change of [
      { registrarNonce: randomHex() },
      { rollId: randomHex() },
      { registrarKey: ed25519KeyPair().publicKey },
    ]) {
      const value = discloseCredit({ identity: ana, ...context, ...change, attestation: anas });
      expect(code(value)).toBe("disclosure-other-roll");
    }
  });

  test("is not given for a revoked credit", () => {
    const view = (after: typeof ledger) => readLedgerLog(entriesOf(after), after.name);
    const judged = (after: typeof ledger) =>
      checkDisclosedCredit(asked(), { roll, ledger: view(after), requirement, registrarNonce });
    const { position } = judged(ledger).credit;
    const revoked = entered(ledger, revocation(ledger, school, [position]));
    expect(inputError(() => judged(revoked)).code).toBe("attestation-revoked");
  });

  test("is not given for what is no disclosure", () => {
    for (const change of [
      { type: "commune-zk/claim/v1" },
      { note: "" },
      { attestation: { ...anas, amount: 0 } },
    ]) {
      expect(code({ ...asked(), ...change })).toBe("disclosure-malformed");
    }
  });
});
