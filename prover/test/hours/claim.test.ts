// Claims, really proven: what they show, what they cannot show, and what fails before any proof.
// docs/spec/hours.md §3–§5.
import { describe, expect, test } from "@jest/globals";
import {
  canonicalBytes,
  claimStatementHash,
  creditInner,
  decodeRecord,
  type Engine,
  fromHex,
  fromUtf8,
  hoursNullifier,
  merklePath,
  type PrepareClaimOptions,
  parseClaim,
  prepareClaim,
  proveClaim,
  type SealedClaim,
  utf8,
  verifyClaim,
  wasmEngine,
} from "../../src/index.ts";
import { hoursKeys, hoursManifest } from "../support/hours-keys.ts";
import { credited, entered, QUARTER, revocation } from "../support/ledgers.ts";
import { claimSignals } from "../support/policies.ts";
import { OPENS } from "../support/polls.ts";
import { inputError, inputRejection, seededRandom } from "../trustees/support.ts";
import { claimOptions, communeOf, creditsOf, policyFor, witnessEngine } from "./support.ts";

const [ANA, BEN, CEM] = [0, 1, 2];
const commune = await communeOf(3, [
  { member: ANA, amount: 700, period: QUARTER[1] },
  { member: BEN, amount: 500 },
  { member: ANA, amount: 600, issuer: 1 },
  { member: CEM, amount: 1199 },
  { member: ANA, amount: 92, category: "cyber-literacy" },
  { member: BEN, amount: 79, category: "cyber-literacy" },
]);
const four = await hoursKeys("hours-4");
const one = await hoursKeys("hours-1");
const { policy } = policyFor(commune, {}, hoursManifest);
const LITERACY = { category: "cyber-literacy", credits: 1 as const, thresholds: [80], maxAmount: 100 };
const { policy: literacy } = policyFor(commune, LITERACY, hoursManifest);
const { state } = commune.ledger;
const now = OPENS + 60;

/** ANA worked 700 and 600 minutes at two workplaces: at least twenty hours. */
const options = await claimOptions(commune, policy, { member: ANA, threshold: 1200 });
const claim = await proveClaim({
  claim: prepareClaim(options),
  artifacts: four.artifacts,
  engine: wasmEngine(),
});

/** What a verifier says of a claim with some signals changed. */
async function judge(
  sealed: SealedClaim,
  change: (signals: readonly bigint[]) => readonly bigint[] = (s) => s,
) {
  const { publicSignals, proof } = parseClaim(utf8(JSON.stringify(sealed.submission)));
  return verifyClaim({
    policy,
    ledger: state,
    claim: { publicSignals: change(publicSignals), proof },
    now,
    verifier: four.verifier,
  });
}

/** Code with which a claim fails before any proof. */
const unready = (change: Partial<PrepareClaimOptions>) =>
  inputError(() => prepareClaim({ ...options, ...change })).code;

describe("a claim of twenty hours", () => {
  test("verifies, and is what the policy, the ledger and the member give", async () => {
    const member = commune.identities[ANA]!;
    const expected = claimSignals(policy, { member, ledgerRoot: state.tree.root, threshold: 1200 });
    const { publicSignals } = decodeRecord(claim.record);
    expect(publicSignals).toEqual(expected);
    expect(await judge(claim)).toMatchObject({
      nullifier: hoursNullifier(member, policy.claimScope),
      ledgerRoot: state.tree.root,
      threshold: 1200,
    });
    expect(claim).toMatchObject({
      claimScope: policy.claimScope,
      threshold: 1200,
      statementHash: claimStatementHash(expected),
    });
    expect(claim.record).toHaveLength(547);
  });

  test("says nothing of who, how much, how often, when or where", () => {
    const texts = [fromUtf8(canonicalBytes(claim.submission)), Buffer.from(claim.record).toString("hex")];
    const member = commune.identities[ANA]!;
    const secrets = commune.attestations[ANA]!.flatMap(({ amount, salt, period }) => {
      const inner = creditInner({ commitment: member.commitment, amount, salt: fromHex(salt, 31) });
      return [BigInt(`0x${salt}`), inner, ...(period === QUARTER[1] ? [BigInt(period)] : [])];
    });
    for (const value of [member.secret, member.commitment, ...secrets]) {
      const hex = value.toString(16).padStart(64, "0");
      expect(texts[0]).not.toContain(`"${value}"`);
      expect(texts[1]).not.toContain(hex);
    }
  });

  test("is no claim of more, of another member, under another root or policy: the proof binds every signal", async () => {
    const { state: other } = entered(
      commune.ledger,
      revocation(commune.ledger, commune.issuers[0]!, [1]),
      now,
    );
    expect(other.tree.root).not.toBe(state.tree.root);
    const changes: [number, bigint][] = [
      [8, 2400n],
      [8, 600n],
      [0, hoursNullifier(commune.identities[BEN]!, policy.claimScope)],
    ];
    for (const [i, value] of changes) {
      expect((await inputRejection(judge(claim, (signals) => signals.with(i, value)))).code).toBe(
        "proof-invalid",
      );
    }
    // Another root that a ledger has, and a policy alike but for its nonce.
    const { publicSignals, proof } = parseClaim(utf8(JSON.stringify(claim.submission)));
    const moved = { publicSignals: publicSignals.with(2, other.tree.root), proof };
    const { verifier } = four;
    expect(
      (await inputRejection(verifyClaim({ policy, ledger: other, claim: moved, now, verifier }))).code,
    ).toBe("proof-invalid");
    const twin = policyFor(commune, {}, hoursManifest).policy;
    const carried = { publicSignals: publicSignals.with(3, BigInt(`0x${twin.claimScope}`)), proof };
    expect(
      (await inputRejection(verifyClaim({ policy: twin, ledger: state, claim: carried, now, verifier })))
        .code,
    ).toBe("proof-invalid");
  });

  test("made twice has one nullifier, and another under another policy", async () => {
    const of = async (claimed = policy, threshold = 600) => {
      const prepared = prepareClaim(await claimOptions(commune, claimed, { member: ANA, threshold }));
      return proveClaim({ claim: prepared, artifacts: four.artifacts, engine: witnessEngine() });
    };
    const again = await of();
    expect(again.nullifier).toBe(claim.nullifier);
    expect(again.statementHash).not.toBe(claim.statementHash);
    const twin = policyFor(commune, {}, hoursManifest).policy;
    expect((await of(twin)).nullifier).not.toBe(claim.nullifier);
  });
});

describe("a claim fails before any proof", () => {
  test("one minute short, and does not say by how much", async () => {
    const short = await claimOptions(commune, policy, { member: CEM, threshold: 1200 });
    const error = inputError(() => prepareClaim(short));
    expect(error.code).toBe("hours-not-enough");
    expect(error.message).not.toMatch(/\d/);
    expect(() => prepareClaim({ ...short, threshold: 600 })).not.toThrow();
  });

  test("for a threshold off the policy", () => {
    for (const threshold of [0, 1, 1199, 1201, 2 ** 26]) {
      expect(unready({ threshold })).toBe("threshold-off-policy");
    }
  });

  test("with credits that the policy does not count: of other periods, another category, above its maximum", async () => {
    const under = async (changes: Parameters<typeof policyFor>[1]) => {
      const { policy: other } = policyFor(commune, changes, hoursManifest);
      return inputError(() => prepareClaim({ ...options, policy: other })).code;
    };
    expect(await under({ periods: { first: QUARTER[0], last: QUARTER[0] } })).toBe("hours-not-enough");
    expect(await under({ category: "study" })).toBe("hours-not-enough");
    expect(await under({ maxAmount: 699 })).toBe("hours-not-enough");
    expect(await under({ credits: 1, maxAmount: 14_400 })).toBe("hours-not-enough");
    const counted = policyFor(commune, { maxAmount: 700, periods: { first: QUARTER[0], last: QUARTER[1] } });
    expect(() => prepareClaim({ ...options, policy: counted.policy })).not.toThrow();
  });

  test("for who is not on the policy's roll, or with another member's path", () => {
    expect(unready({ rollPath: merklePath(commune.tree, BEN) })).toBe("not-on-roll");
    expect(unready({ identity: commune.identities[BEN]! })).toBe("not-on-roll");
    const short = merklePath(commune.tree, ANA);
    expect(unready({ rollPath: { ...short, siblings: short.siblings.slice(1) } })).toBe("not-on-roll");
  });

  test("with another member's credits, which an issuer may have leaked", async () => {
    const bens = await creditsOf(commune, commune.ledger, BEN);
    const cems = await creditsOf(commune, commune.ledger, CEM);
    expect(unready({ credits: [...bens, ...cems] })).toBe("attestation-not-in-ledger");
  });

  test("with a credit that was revoked: its path no longer leads to the newest root", async () => {
    const [mine] = options.credits;
    const revoked = entered(
      commune.ledger,
      revocation(commune.ledger, commune.issuers[0]!, [mine!.position]),
    );
    expect(unready({ ledgerRoot: revoked.state.tree.root })).toBe("attestation-not-in-ledger");
    // Who reads the ledger again is told which it was.
    expect((await inputRejection(creditsOf(commune, revoked, ANA))).code).toBe("attestation-revoked");
  });
});

describe("the circuit takes what the library prepares", () => {
  const prove = (prepared: ReturnType<typeof prepareClaim>) =>
    proveClaim({ claim: prepared, artifacts: four.artifacts, engine: witnessEngine() });

  test("at the edge of its range: four of the largest amounts, to the minute", async () => {
    const most = 2 ** 24 - 1;
    const rich = await communeOf(
      1,
      QUARTER.concat(QUARTER[0]).map((period) => ({ member: 0, amount: most, period })),
    );
    const edge = { maxAmount: most, thresholds: [4 * most - 1, 4 * most] };
    const { policy: wide } = policyFor(rich, edge, hoursManifest);
    for (const threshold of edge.thresholds) {
      const sealed = await prove(prepareClaim(await claimOptions(rich, wide, { member: 0, threshold })));
      expect(sealed.threshold).toBe(threshold);
    }
  });

  test("in random wallets, for every number of slots, wherever a set suffices", async () => {
    const seed = Date.now();
    const random = seededRandom(seed);
    const below = (n: number): number => Math.floor(random() * n);
    const plan = Array.from({ length: 7 }, () => ({
      member: 0,
      amount: 1 + below(900),
      issuer: below(2),
      period: QUARTER[below(3)]!,
    }));
    const worker = await communeOf(2, plan);
    const largest = plan.map(({ amount }) => amount).sort((a, b) => b - a);
    for (let slots = 1; slots <= 4; slots++) {
      const reach = largest.slice(0, slots).reduce((sum, amount) => sum + amount, 0);
      const { policy: own } = policyFor(worker, { thresholds: [reach] }, hoursManifest);
      const sealed = await prove(
        prepareClaim(await claimOptions(worker, own, { member: 0, threshold: reach })),
      );
      expect([seed, slots, sealed.threshold]).toEqual([seed, slots, reach]);
    }
  });
});

describe("at least 80 points in cyber-literacy", () => {
  test("are proven with 92, in one slot, and with nobody's hours", async () => {
    const prepared = prepareClaim(await claimOptions(commune, literacy, { member: ANA, threshold: 80 }));
    const sealed = await proveClaim({ claim: prepared, artifacts: one.artifacts, engine: wasmEngine() });
    const { publicSignals, proof } = parseClaim(utf8(JSON.stringify(sealed.submission)));
    const verified = { policy: literacy, ledger: state, claim: { publicSignals, proof }, now };
    expect((await verifyClaim({ ...verified, verifier: one.verifier })).threshold).toBe(80);
    // The same statement under the other circuit's key.
    expect((await inputRejection(verifyClaim({ ...verified, verifier: four.verifier }))).code).toBe(
      "proof-invalid",
    );
  });

  test("are not proven with 79, and the engine is never asked", async () => {
    let asked = false;
    const engine: Engine = {
      async prove() {
        asked = true;
        throw new Error("asked");
      },
      async dispose() {},
    };
    const attempt = async () => {
      const prepared = prepareClaim(await claimOptions(commune, literacy, { member: BEN, threshold: 80 }));
      return proveClaim({ claim: prepared, artifacts: one.artifacts, engine });
    };
    expect((await inputRejection(attempt())).code).toBe("hours-not-enough");
    expect(asked).toBe(false);
  });
});

describe("a corrected credit", () => {
  test("counts once: the old one is revoked, and the new one proves no more than it says", async () => {
    const { ledger, issuers, identities } = commune;
    const [first, ...others] = commune.attestations[ANA]!;
    const { position } = options.credits[0]!;
    const revoked = entered(ledger, revocation(ledger, issuers[0]!, [position]));
    const corrected = await credited(revoked, issuers[0]!, [{ member: identities[ANA]!, amount: 500 }]);
    const wallet = commune.attestations.with(ANA, [...others, ...corrected.attestations]);
    expect(first!.amount).toBe(700);
    const after = { ...commune, ledger: corrected.ledger, attestations: wallet };
    // 600 and 500 remain: no 1,200.
    const at1200 = await claimOptions(after, policy, { member: ANA, threshold: 1200 });
    expect(inputError(() => prepareClaim(at1200)).code).toBe("hours-not-enough");
    const at600 = prepareClaim({ ...at1200, threshold: 600 });
    const sealed = await proveClaim({ claim: at600, artifacts: four.artifacts, engine: witnessEngine() });
    expect(sealed.ledgerRoot).toBe(corrected.ledger.state.tree.root);
  });
});
