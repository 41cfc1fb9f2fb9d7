// A policy and its claims audited from public files alone. docs/spec/hours.md §6.
import { describe, expect, test } from "@jest/globals";
import { InputError } from "../../src/formats/errors.ts";
import {
  auditPolicy,
  decodeRecord,
  encodeRecord,
  memoryPublicFiles,
  type PolicyAnchor,
  policyPaths,
  prepareClaim,
  proveClaim,
  publicPaths,
  rollFiles,
  wasmEngine,
} from "../../src/index.ts";
import { hoursArtifacts, hoursKeys, hoursManifest } from "../support/hours-keys.ts";
import { boardOf, entered, publicFilesOf, revocation } from "../support/ledgers.ts";
import { claimSignals } from "../support/policies.ts";
import { emptyProof, OPENS } from "../support/polls.ts";
import { inputRejection, seededRandom } from "../trustees/support.ts";
import { claimOptions, communeOf, policyFor } from "./support.ts";

type Files = Map<string, Uint8Array>;

const commune = await communeOf(3, [
  { member: 0, amount: 1200 },
  { member: 1, amount: 2000 },
  { member: 2, amount: 60 },
]);
const { signed, policy } = policyFor(commune, { credits: 1, thresholds: [600, 1200] }, hoursManifest);
const { artifacts } = await hoursKeys("hours-1");
const records: Uint8Array[] = [];
for (const [member, threshold] of [
  [0, 1200],
  [1, 600],
] as const) {
  const claim = prepareClaim(await claimOptions(commune, policy, { member, threshold }));
  records.push((await proveClaim({ claim, artifacts, engine: wasmEngine() })).record);
}

function policyFiles(entries: readonly Uint8Array[] = records): Files {
  return new Map([
    [policyPaths.policy, signed.policyBytes],
    [policyPaths.signature, signed.signatureBytes],
    [policyPaths.keys, hoursManifest.bytes],
    [publicPaths.rollEvents, commune.rollEvents],
    ...rollFiles(commune.tree),
    ...boardOf(policy.claimScope, entries),
  ]);
}

const byScope: PolicyAnchor = { kind: "claim-scope", claimScope: policy.claimScope };
const audited = (
  files: Files,
  ledger: Files = publicFilesOf(commune.ledger),
  anchor: PolicyAnchor = byScope,
) =>
  auditPolicy({
    files: memoryPublicFiles(files),
    ledgerFiles: memoryPublicFiles(ledger),
    artifacts: hoursArtifacts,
    anchor,
    allowDevelopmentKeys: true,
  });
const refused = async (files: Files, ledger?: Files) => {
  const { code, place } = await inputRejection(audited(files, ledger));
  return { code, place };
};

describe("an audit", () => {
  test("of a good board passes, with every claim in its order", async () => {
    const { board, policy: found, ledger } = await audited(policyFiles());
    expect(board.claims).toEqual(
      [1200, 600].map((threshold, member) => ({
        nullifier: claimSignals(policy, {
          member: commune.identities[member]!,
          ledgerRoot: commune.ledger.state.tree.root,
        })[0],
        ledgerRoot: commune.ledger.state.tree.root,
        threshold,
        statementHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      })),
    );
    expect(found.anchored).toBe(true);
    expect(ledger.ledger.entries).toBe(commune.ledger.lines.length);
    expect((await audited(policyFiles(), undefined, { kind: "none" })).policy.anchored).toBe(false);
  });

  test("passes for claims under a root that was revoked since: a board has no times", async () => {
    const later = entered(commune.ledger, revocation(commune.ledger, commune.issuers[0]!, [2]), OPENS + 5);
    expect((await audited(policyFiles(), publicFilesOf(later))).board.size).toBe(2);
  });

  test("finds one member's claim twice, also as another statement", async () => {
    const duplicate = { code: "board-duplicate-claim", place: "board entry 2" };
    expect(await refused(policyFiles([...records, records[0]!]))).toEqual(duplicate);
    const { publicSignals, proof } = decodeRecord(records[0]!);
    const lower = encodeRecord({ publicSignals: publicSignals.with(8, 600n), proof });
    expect(await refused(policyFiles([...records, lower]))).toEqual(duplicate);
  });

  test("finds a claim whose proof does not hold, off the policy, or under no root of the ledger", async () => {
    const { publicSignals } = decodeRecord(records[0]!);
    const as = (signals: bigint[]) =>
      policyFiles([records[1]!, encodeRecord({ publicSignals: signals, proof: emptyProof() })]);
    const place = "board entry 1";
    expect(await refused(as([...publicSignals]))).toEqual({ code: "proof-invalid", place });
    expect(await refused(as(publicSignals.with(8, 1201n)))).toEqual({ code: "threshold-off-policy", place });
    expect(await refused(as(publicSignals.with(1, 5n)))).toEqual({ code: "signals-not-of-policy", place });
    expect(await refused(as(publicSignals.with(2, 5n)))).toEqual({ code: "ledger-root-unknown", place });
  });

  test("finds the file that is missing or not what it must be, and the ledger's entry", async () => {
    const files = policyFiles();
    for (const path of files.keys()) {
      const without = new Map(files);
      without.delete(path);
      expect(await refused(without)).toEqual({ code: "file-missing", place: path });
    }
    const ledger = publicFilesOf(commune.ledger);
    const entries = ledger.get("entries.ndjson")!;
    const cut = new Map([...ledger, ["entries.ndjson", entries.slice(0, -1)] as const]);
    expect(await refused(files, cut)).toEqual({
      code: "ledger-truncated",
      place: `ledger entry ${commune.ledger.lines.length - 1}`,
    });
  });

  test("names the file or entry where a bit is flipped", async () => {
    const seed = Date.now();
    const random = seededRandom(seed);
    const below = (n: number): number => Math.floor(random() * n);
    const files = policyFiles();
    const places: [string, RegExp][] = [
      ["policy.json", /^policy\.json/],
      ["signature.json", /^signature\.json/],
      ["keys.json", /^keys\.json/],
      ["roll/events.ndjson", /^roll batch|^roll\/events/],
      ["roll/leaves/0", /^roll\/leaves\/0$/],
      ["roll/level-10", /^roll\/level-10$/],
      ["board/checkpoint", /^board\/checkpoint$/],
      ["board/tile/entries/000.p/2", /^board\/tile\/entries\/000\.p\/2$|^board entry [01]$/],
      ["board/tile/0/000.p/2", /^board\/tile\/0\/000\.p\/2$/],
    ];
    expect(places.map(([path]) => path).sort()).toEqual([...files.keys()].sort());
    for (const [path, named] of places) {
      const content = files.get(path)!;
      for (let i = 0; i < 3; i++) {
        const at = below(content.length);
        const flipped = content.with(at, content[at]! ^ (1 << below(8)));
        const error = await audited(new Map([...files, [path, flipped]])).catch((thrown: unknown) => thrown);
        const place = error instanceof InputError ? (error.place ?? "no place") : String(error);
        expect([seed, path, at, place]).toEqual([seed, path, at, expect.stringMatching(named)]);
      }
    }
  });
});
