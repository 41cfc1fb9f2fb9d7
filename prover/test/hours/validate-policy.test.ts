// Which hours policies are valid. docs/spec/hours.md §1, §2.
import { describe, expect, test } from "@jest/globals";
import {
  canonicalBytes,
  categoryField,
  ed25519KeyPair,
  type HoursPolicy,
  type PolicyAnchor,
  parseManifest,
  signPolicy,
  utf8,
  validatePolicy,
} from "../../src/index.ts";
import { newLedger } from "../support/ledgers.ts";
import { judgePolicy, paperManifest, policyOf, policyRoll, signedPolicy } from "../support/policies.ts";
import { hashBySpec, inputError } from "../trustees/support.ts";

const world = policyRoll(2);
const { name } = newLedger();
const signedWith = (changes: Partial<HoursPolicy> = {}) =>
  signedPolicy(policyOf(world, name, changes), world.registrar);
/** Code and place of the refusal of a policy that its registrar has signed with these changes. */
function refused(changes: Partial<HoursPolicy>) {
  const { code, place } = inputError(() => judgePolicy(signedWith(changes)));
  return { code, place };
}
const at = (code: string) => ({ code, place: "policy.json" });
const good = signedWith();

describe("a policy", () => {
  test("is valid with one slot or four, for one category or any, and says so", () => {
    const four = judgePolicy(good);
    expect(four).toMatchObject({ circuit: "hours-4", depth: 20, category: categoryField("hours") });
    const one = judgePolicy(signedWith({ credits: 1, category: null }));
    expect(one).toMatchObject({ circuit: "hours-1", category: 0n, rollRoot: world.tree.root });
    expect(four.claimScope).not.toBe(one.claimScope);
  });

  test("has the scope and category values of the specification", () => {
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
    expect(good.claimScope).toBe(hashBySpec("scope/hours-policy", [hex(good.policyBytes)]).slice(0, 62));
    expect(judgePolicy(good).category).toBe(
      BigInt(`0x${hashBySpec("category", [hex(utf8("hours"))]).slice(0, 62)}`),
    );
  });

  test("is anchored by its claimScope or its registrar, and by nobody else's", () => {
    const stranger = ed25519KeyPair().publicKey;
    const anchors: [PolicyAnchor, boolean | string][] = [
      [{ kind: "claim-scope", claimScope: good.claimScope }, true],
      [{ kind: "registrar", key: world.registrar.publicKey }, true],
      [{ kind: "none" }, false],
      [{ kind: "claim-scope", claimScope: signedWith().claimScope }, "policy-not-anchored"],
      [{ kind: "registrar", key: stranger }, "policy-not-anchored"],
    ];
    for (const [anchor, expected] of anchors) {
      const outcome =
        typeof expected === "string"
          ? inputError(() => judgePolicy(good, anchor)).code
          : judgePolicy(good, anchor).anchored;
      expect(outcome).toBe(expected);
    }
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["another type", { type: "commune-zk/poll/v1" }],
    ["two credits", { credits: 2 }],
    ["a maximum of 0", { maxAmount: 0 }],
    ["a maximum of 2^24", { maxAmount: 2 ** 24 }],
    ["a threshold of 0", { thresholds: [0] }],
    ["a negative threshold", { thresholds: [-1, 5] }],
    ["a fractional threshold", { thresholds: [1.5] }],
    ["a threshold of 2^26", { thresholds: [2 ** 26] }],
    ["no threshold", { thresholds: [] }],
    ["17 thresholds", { thresholds: Array.from({ length: 17 }, (_, i) => i + 1) }],
    ["a period of 2^24", { periods: { first: 1, last: 2 ** 24 } }],
    ["the period 0", { periods: { first: 0, last: 1 } }],
    ["a category in capitals", { category: "Hours" }],
    ["an empty category", { category: "" }],
    ["a negative grace", { graceSeconds: -1 }],
    ["a title with an outer space", { title: " x" }],
    ["a field more", { note: "x" }],
  ])("with %s is malformed", (_name, changes) => {
    const { code, place } = refused(changes as Partial<HoursPolicy>);
    expect(code).toBe("policy-malformed");
    expect(place).toMatch(/^policy\.json: |^policy\.json$/);
  });

  test("that is not canonical is refused", () => {
    const spaced = Uint8Array.of(...good.policyBytes, 0x20);
    expect(inputError(() => judgePolicy({ ...good, policyBytes: spaced }))).toMatchObject(
      at("not-canonical-json"),
    );
  });

  test("that closes before it opens, or names a tier twice, is refused", () => {
    expect(refused({ opensAt: 10, closesAt: 10 })).toEqual(at("policy-bad-times"));
    const roll = { ...good.policy.roll, tiers: ["member", "member"] };
    expect(refused({ roll })).toEqual(at("policy-duplicate"));
  });

  test("whose periods or thresholds do not ascend is refused", () => {
    expect(refused({ periods: { first: 2, last: 1 } })).toEqual(at("policy-bad-periods"));
    expect(refused({ thresholds: [1200, 600] })).toEqual(at("policy-bad-thresholds"));
    expect(refused({ thresholds: [600, 600] })).toEqual(at("policy-bad-thresholds"));
    expect(judgePolicy(signedWith({ periods: { first: 2, last: 2 } })).policy.periods.last).toBe(2);
  });

  test("whose largest threshold nobody can reach is refused, to the minute", () => {
    const of = (credits: 1 | 4, most: number) => ({ credits, maxAmount: 100, thresholds: [1, most] });
    expect(judgePolicy(signedWith(of(1, 100))).policy.thresholds).toEqual([1, 100]);
    expect(refused(of(1, 101))).toEqual(at("policy-threshold-unreachable"));
    expect(judgePolicy(signedWith(of(4, 400))).policy.thresholds).toEqual([1, 400]);
    expect(refused(of(4, 401))).toEqual(at("policy-threshold-unreachable"));
    // The edge of the circuit's range: four of the largest credits.
    const edge = { credits: 4 as const, maxAmount: 2 ** 24 - 1, thresholds: [4 * (2 ** 24 - 1)] };
    expect(judgePolicy(signedWith(edge)).policy.thresholds).toEqual([67_108_860]);
    expect(refused({ ...edge, thresholds: [67_108_861] })).toEqual(at("policy-threshold-unreachable"));
  });

  test("over a roll with more positions than the tree has leaves, or with a root out of range, is refused", () => {
    const roll = good.policy.roll;
    expect(refused({ roll: { ...roll, size: 2 ** 20 + 1 } })).toEqual(at("policy-roll-too-large"));
    const root = (2n ** 254n).toString();
    expect(refused({ roll: { ...roll, root } })).toEqual({
      code: "not-canonical",
      place: "policy.json roll.root",
    });
  });

  test("is refused without the key set that it names", () => {
    const { keySet } = good.policy;
    expect(refused({ keySet: { ...keySet, digest: "ab".repeat(32) } })).toEqual(
      at("key-set-digest-mismatch"),
    );
    expect(refused({ keySet: { ...keySet, kind: "ceremony" } })).toEqual(at("policy-bad-key-set"));
    const options = {
      ...good,
      manifest: paperManifest,
      anchor: { kind: "none" },
      allowDevelopmentKeys: false,
    } as const;
    expect(inputError(() => validatePolicy(options))).toMatchObject(at("development-keys-refused"));
    const { circuits } = paperManifest.manifest;
    const oneSlot = parseManifest(
      canonicalBytes({ ...paperManifest.manifest, circuits: { "hours-1": circuits["hours-1"] } }),
    );
    const signed = signedWith({ keySet: { ...keySet, digest: oneSlot.digest } });
    expect(inputError(() => judgePolicy(signed, { kind: "none" }, oneSlot))).toMatchObject(
      at("circuit-not-in-key-set"),
    );
  });

  test("is refused without its registrar's signature", () => {
    const refusedWith = (signatureBytes: Uint8Array) => {
      const { code, place } = inputError(() => judgePolicy({ ...good, signatureBytes }));
      return { code, place };
    };
    const bad = { code: "policy-bad-signature", place: "signature.json" };
    const other = signedWith();
    expect(refusedWith(other.signatureBytes)).toEqual(bad);
    expect(refusedWith(signPolicy(good.claimScope, ed25519KeyPair().secretKey))).toEqual(bad);
    const registrar = JSON.parse(Buffer.from(other.signatureBytes).toString()).registrar;
    const { claimScope } = good;
    const type = "commune-zk/hours-policy-signature/v1";
    expect(refusedWith(canonicalBytes({ type, claimScope, registrar }))).toEqual(bad);
    // A good signature of this policy that says it is of another.
    const own = JSON.parse(Buffer.from(good.signatureBytes).toString()).registrar;
    expect(refusedWith(canonicalBytes({ type, claimScope: other.claimScope, registrar: own }))).toEqual(bad);
    expect(refusedWith(canonicalBytes({ type, claimScope })).code).toBe("policy-signature-malformed");
  });
});
