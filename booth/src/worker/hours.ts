// Credits and claims in the worker: attestations are opened, found in the ledger, and proven from, with what is
// served now. docs/spec/hours.md §4.
import {
  type ArtifactSource,
  creditPaths,
  type Engine,
  type Identity,
  InputError,
  isCounted,
  type LedgerView,
  type LoadedManifest,
  type LocatedCredit,
  locateCredit,
  openAttestation,
  type ProofPhase,
  type PublicFiles,
  parseManifest,
  parseSealedAttestation,
  prepareClaim,
  proveClaim,
  provingArtifacts,
  readLedger,
  type SealedClaim,
  selectCredits,
  type ValidPolicy,
  validatePolicy,
} from "@commune-zk/prover";
import { findOnRoll } from "./find-on-roll.ts";
import type { JudgedCredit, OpenedAttestation, PolicyMaterial, PolicyStanding } from "./protocol.ts";

/** Largest sealed attestation: they are all equally long, 1,500 bytes as JSON. */
const MAX_SEALED_BYTES = 4_096;
/** Codes of a ledger that may only have grown between two requests. */
const GREW: ReadonlySet<string> = new Set(["ledger-root-mismatch", "ledger-checkpoint-mismatch"]);

/** Opens attestations; what cannot be opened is named by its code. */
export function openAll(
  identity: Identity,
  sealed: readonly Uint8Array[],
): Promise<readonly OpenedAttestation[]> {
  return Promise.all(
    sealed.map(async (bytes) => {
      try {
        if (bytes.length > MAX_SEALED_BYTES) {
          throw new InputError("attestation-malformed", "longer than any sealed attestation", "attestation");
        }
        return { attestation: await openAttestation(identity, parseSealedAttestation(bytes)) };
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        return { code: error.code };
      }
    }),
  );
}

/** What is worked with. */
interface Work {
  readonly material: PolicyMaterial;
  readonly identity: Identity;
  readonly sealed: readonly Uint8Array[];
  readonly files: PublicFiles;
}

/**
 * Where a member stands under a policy. Every file is read, whoever asks.
 *
 * @throws InputError `policy-…`, `ledger-…`, `checkpoint-…`, `roll-…`, `file-missing`.
 */
export async function standingOf(work: Work): Promise<PolicyStanding> {
  const { policy } = judgePolicy(work.material);
  const { credits, located } = await looked(work, policy);
  const path = await rollPath(work, policy);
  const selectable = located
    .filter((credit) => isCounted(policy, credit))
    .map(({ attestation, position }) => ({ ...attestation, position }));
  const { thresholds, credits: most } = policy.policy;
  return {
    onRoll: path !== null,
    credits,
    reachable: thresholds.filter((threshold) => selectCredits(selectable, { threshold, most }) !== undefined),
  };
}

/**
 * Proves a threshold from the ledger's newest root.
 *
 * @throws InputError `hours-not-enough` and others of `prepareClaim`, before an artifact is asked for; as
 *   {@link standingOf}; `artifact-…`.
 */
export async function proveThreshold({
  threshold,
  artifacts,
  engine,
  report,
  ...work
}: Work & {
  readonly threshold: number;
  readonly artifacts: ArtifactSource;
  readonly engine: () => Engine;
  readonly report: (progress: { readonly phase: "artifacts" | ProofPhase }) => void;
}): Promise<SealedClaim> {
  const { identity, files } = work;
  const { policy, manifest } = judgePolicy(work.material);
  const { ledgerRoot, credits } = await twice(async () => {
    const { view, located } = await looked(work, policy);
    const provable = await creditPaths(ledgerOf(files), { view, credits: located });
    return { ledgerRoot: view.roots.at(-1)?.root ?? 0n, credits: provable };
  });
  const path = await rollPath(work, policy);
  if (path === null) throw new InputError("not-on-roll", "not on the policy's roll", "rollPath");
  const claim = prepareClaim({ policy, identity, rollPath: path, ledgerRoot, credits, threshold });
  report({ phase: "artifacts" });
  const circuit = await provingArtifacts(artifacts, manifest.manifest, policy.circuit);
  const prover = engine();
  try {
    return await proveClaim({
      claim,
      artifacts: circuit,
      engine: prover,
      onProgress: ({ phase }) => report({ phase }),
    });
  } finally {
    await prover.dispose();
  }
}

function judgePolicy(material: PolicyMaterial): { policy: ValidPolicy; manifest: LoadedManifest } {
  const { policy: policyBytes, signature: signatureBytes, claimScope, allowDevelopmentKeys } = material;
  const manifest = parseManifest(material.manifest);
  const anchor = { kind: "claim-scope", claimScope } as const;
  return {
    policy: validatePolicy({ policyBytes, signatureBytes, manifest, anchor, allowDevelopmentKeys }),
    manifest,
  };
}

function ledgerOf(files: PublicFiles): PublicFiles {
  return { read: (path, options) => files.read(`ledger/${path}`, options) };
}

/** What the ledger says about every attestation that can be opened. */
async function looked(
  { identity, sealed, files }: Work,
  policy: ValidPolicy,
): Promise<{ view: LedgerView; credits: readonly JudgedCredit[]; located: readonly LocatedCredit[] }> {
  const { ledger, board } = policy.policy;
  const name = { ledgerId: ledger.id, registryKey: ledger.registryKey, board };
  const view = await twice(() => readLedger(ledgerOf(files), name));
  const credits: JudgedCredit[] = [];
  const located = new Map<number, LocatedCredit>();
  for (const opened of await openAll(identity, sealed)) {
    if (!("attestation" in opened)) continue;
    const { attestation } = opened;
    const counted = isCounted(policy, { attestation });
    try {
      const credit = locateCredit(view, { commitment: identity.commitment, attestation });
      // The same credit sealed twice is one credit.
      if (located.has(credit.position)) continue;
      located.set(credit.position, credit);
      credits.push({ attestation, code: null, position: credit.position, counted });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      credits.push({ attestation, code: error.code, position: null, counted });
    }
  }
  return { view, credits, located: [...located.values()] };
}

/** Works again, once, where the ledger may have grown between two requests. */
async function twice<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InputError && GREW.has(error.code))) throw error;
    return work();
  }
}

function rollPath({ identity, files }: Work, { roll, rollRoot, depth }: ValidPolicy) {
  return findOnRoll(files, {
    roll: { size: roll.size, root: rollRoot, depth },
    commitment: identity.commitment,
  });
}
