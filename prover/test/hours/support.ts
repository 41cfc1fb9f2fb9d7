// Members who claim: a roll, a ledger with their credits, and policies over both.
import { wtns } from "snarkjs";
import {
  type Attestation,
  creditPaths,
  type Engine,
  type HoursPolicy,
  type Identity,
  type IssuerKeys,
  type LoadedManifest,
  locateCredit,
  memoryPublicFiles,
  merklePath,
  type PrepareClaimOptions,
  type ProvableCredit,
  readLedger,
  type ValidPolicy,
} from "../../src/index.ts";
import { board, credited, openLedger, publicFilesOf, QUARTER, type TestLedger } from "../support/ledgers.ts";
import {
  judgePolicy,
  type PolicyRoll,
  policyOf,
  policyRoll,
  type SignedPolicy,
  signedPolicy,
} from "../support/policies.ts";
import { emptyProof } from "../support/polls.ts";

/** A commune whose members have worked. */
export interface Commune extends PolicyRoll {
  readonly issuers: readonly IssuerKeys[];
  readonly ledger: TestLedger;
  /** Of each member, by its position on the roll. */
  readonly attestations: readonly (readonly Attestation[])[];
}

/** One credit of a plan: to whom, by which issuer, how much, for what. */
export interface PlannedCredit {
  readonly member: number;
  readonly amount: number;
  readonly issuer?: number;
  readonly period?: number;
  readonly category?: string;
}

/** A commune of `members`, whose ledger has a batch for each credit of the plan, in its order. */
export async function communeOf(members: number, plan: readonly PlannedCredit[]): Promise<Commune> {
  const roll = policyRoll(members);
  const { ledger: opened, issuers } = openLedger(2);
  const attestations: Attestation[][] = roll.identities.map(() => []);
  let ledger = opened;
  for (const { member, amount, issuer = 0, period = QUARTER[0], category = "hours" } of plan) {
    const credits = [{ member: roll.identities[member]!, amount }];
    const next = await credited(ledger, issuers[issuer]!, credits, { period, category });
    ledger = next.ledger;
    attestations[member]!.push(...next.attestations);
  }
  return { ...roll, issuers, ledger, attestations };
}

/** A policy over a commune, as its registrar signed it and as any reader judges it. */
export function policyFor(
  commune: Commune,
  changes: Partial<HoursPolicy> = {},
  manifest?: LoadedManifest,
): { signed: SignedPolicy; policy: ValidPolicy } {
  const document = policyOf(commune, commune.ledger.name, changes, manifest);
  const signed = signedPolicy(document, commune.registrar);
  return { signed, policy: judgePolicy(signed, { kind: "none" }, manifest) };
}

/** What a member reads of its credits in the ledger's public files. */
export async function creditsOf(
  { identities, attestations }: Pick<Commune, "identities" | "attestations">,
  ledger: TestLedger,
  member: number,
): Promise<ProvableCredit[]> {
  const files = memoryPublicFiles(publicFilesOf(ledger));
  const view = await readLedger(files, { ...ledger.name, board });
  const { commitment } = identities[member] as Identity;
  const credits = attestations[member]!.map((attestation) => locateCredit(view, { commitment, attestation }));
  return creditPaths(files, { view, credits });
}

/** What `prepareClaim` needs for the claim of a member. */
export async function claimOptions(
  commune: Commune,
  policy: ValidPolicy,
  { member, threshold }: { member: number; threshold: number },
): Promise<PrepareClaimOptions> {
  const { ledger, tree, identities } = commune;
  return {
    policy,
    identity: identities[member]!,
    rollPath: merklePath(tree, member),
    ledgerRoot: ledger.state.tree.root,
    credits: await creditsOf(commune, ledger, member),
    threshold,
  };
}

/** An engine that has the circuit judge the inputs, and proves nothing: the public signals are the circuit's. */
export function witnessEngine(): Engine {
  return {
    async prove({ artifacts, inputs }) {
      const witness = { type: "mem" as const, data: new Uint8Array(0) };
      await wtns.calculate(inputs, artifacts.wasm, witness, { memorySize: 1 });
      // The constant 1, then the nine public signals.
      return { proof: emptyProof(), publicSignals: valuesOf(witness.data).slice(1, 10) };
    },
    async dispose() {},
  };
}

/** Values of a witness file (iden3 wtns, version 2). */
function valuesOf(file: Uint8Array): bigint[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let offset = 12;
  for (;;) {
    const type = view.getUint32(offset, true);
    const length = Number(view.getBigUint64(offset + 4, true));
    if (type === 2) {
      const content = file.slice(offset + 12, offset + 12 + length);
      return Array.from({ length: length / 32 }, (_, i) =>
        BigInt(
          `0x${Buffer.from(content.slice(32 * i, 32 * i + 32))
            .reverse()
            .toString("hex")}`,
        ),
      );
    }
    offset += 12 + length;
  }
}
