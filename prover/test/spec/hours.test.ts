// docs/spec/hours.md §7: policy, scope, statement and record of the example's claim, computed again.
import { expect, test } from "@jest/globals";
import { IncrementalMerkleTree } from "@zk-kit/incremental-merkle-tree";
import { policyPaths } from "../../src/formats/public-paths.ts";
import { decodeRecord, verifyClaimStatement } from "../../src/index.ts";
import { hoursKeys, hoursManifest } from "../support/hours-keys.ts";
import { testExample } from "./support/checks.ts";
import { exampleLedger, examplePolicy, hoursExample } from "./support/hours.ts";
import { bytes, canonical, field, H, integer, oracle, S, signInRole, u32 } from "./support/independent.ts";
import { readExample, section, tableRows } from "./support/pages.ts";

interface HoursExample
  extends Record<
    "policy" | "signature" | "claimScope" | "field" | "secret" | "statementHash" | "record",
    string
  > {
  readonly publicSignals: readonly string[];
}

const example = readExample("hours") as unknown as HoursExample;
const record = bytes(example.record);

testExample("hours", () => hoursExample(record, hoursManifest));

test("the page's words give scope and signature", () => {
  expect(canonical(JSON.parse(example.policy))).toBe(example.policy);
  const scope = S("scope/hours-policy", Buffer.from(example.policy));
  expect([scope.toString("hex"), integer(scope).toString()]).toEqual([example.claimScope, example.field]);
  const registrar = signInRole("hours-policy", scope, bytes("01".repeat(32)));
  const { claimScope } = example;
  expect(example.signature).toBe(
    canonical({ type: "commune-zk/hours-policy-signature/v1", claimScope, registrar }),
  );
});

test("the page's words give the public signals, in the order of its table", () => {
  const ledger = readExample("ledger") as unknown as { root: string; categories: Record<string, string> };
  const roll = readExample("roll") as unknown as { leaves: readonly string[] };
  const leaves = roll.leaves.map(BigInt);
  const tree = new IncrementalMerkleTree((values) => oracle.poseidon(values.map(BigInt)), 20, 0n, 2, leaves);
  const tag = integer(Buffer.from("commune-zk.nullifier.hours", "ascii"));
  expect(section("hours", /Statement/)).toContain(` ${tag}:`);
  const signals = {
    nullifier: oracle.poseidon([tag, BigInt(example.field), BigInt(example.secret)]),
    rollRoot: tree.root,
    ledgerRoot: ledger.root,
    claimScope: example.field,
    firstPeriod: 202601,
    lastPeriod: 202603,
    category: ledger.categories.hours,
    maxAmount: 14_400,
    threshold: 1200,
  };
  expect(example.publicSignals).toEqual(Object.values(signals).map(String));
  const rows = tableRows(section("hours", /Statement/)).map(([, name]) => name!);
  const named = rows.flatMap((row) => [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
  expect(named).toEqual(Object.keys(signals));
});

test("the page's words give statement hash and record", () => {
  const signals = Buffer.concat(example.publicSignals.map(field));
  expect(H("statement/hours", u32(9), signals).toString("hex")).toBe(example.statementHash);
  expect(record).toHaveLength(547);
  expect(record.subarray(0, 3).toString("hex")).toBe("010009");
  expect(record.subarray(3, 3 + 288).equals(signals)).toBe(true);
});

test("the code accepts the record: statement and proof", async () => {
  const { valid } = examplePolicy(await exampleLedger(), hoursManifest);
  const { publicSignals, proof } = decodeRecord(record);
  expect(verifyClaimStatement(valid, publicSignals, "record").threshold).toBe(1200);
  const { verifier } = await hoursKeys("hours-4");
  expect(await verifier.verify(publicSignals, proof)).toBe(true);
  expect(await verifier.verify(publicSignals.with(8, 600n), proof)).toBe(false);
});

test("the page's own paths are those of the code", () => {
  const rows = tableRows(section("hours", /Public files/)).map(([path]) => path!);
  const named = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, path]) => path!));
  expect(named.filter((path) => !/^(roll|board)\//.test(path)).sort()).toEqual(
    Object.values(policyPaths).sort(),
  );
});
