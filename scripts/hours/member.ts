// A member's client: it reads policy, roll and ledger over HTTP, judges them itself, and proves.
import {
  type ArtifactSource,
  creditPaths,
  type Engine,
  type Identity,
  InputError,
  type LocatedCredit,
  loadManifest,
  locateCredit,
  openAttestation,
  type ProofPhase,
  type ProvingArtifacts,
  parseManifest,
  pathFromFiles,
  policyPaths,
  prepareClaim,
  proveClaim,
  provingArtifacts,
  readLedger,
  type SealedAttestation,
  type SealedClaim,
  urlArtifactSource,
  urlPublicFiles,
  type ValidPolicy,
  validatePolicy,
} from "@commune-zk/prover";

/** What a member was given by its organisation. */
export interface PolicyInvitation {
  /** Root of the service. */
  readonly baseUrl: string;
  readonly claimScope: string;
  readonly registrarKey: string;
}

/** A client of members of one policy. It keeps nothing of any member. */
export interface HoursClient {
  readonly invitation: PolicyInvitation;
  readonly policy: ValidPolicy;
  readonly artifacts: ProvingArtifacts;
  readonly engine: Engine;
}

/** What a member has: its identity, and the attestations that its workplaces handed it. Secret. */
export interface Worker {
  readonly identity: Identity;
  readonly sealed: readonly SealedAttestation[];
}

/** Reads and judges the policy, and fetches the circuit by digest. */
export async function openHoursClient(
  invitation: PolicyInvitation,
  engine: Engine,
  source: ArtifactSource = urlArtifactSource(`${invitation.baseUrl}/artifacts`),
): Promise<HoursClient> {
  const files = policyFilesOf(invitation);
  const keys = parseManifest(await files.read(policyPaths.keys));
  const policy = validatePolicy({
    policyBytes: await files.read(policyPaths.policy),
    signatureBytes: await files.read(policyPaths.signature),
    manifest: loadManifest(keys.bytes, keys.digest),
    anchor: { kind: "registrar", key: invitation.registrarKey },
    allowDevelopmentKeys: true,
  });
  if (policy.claimScope !== invitation.claimScope) throw new Error("the service serves another policy");
  return {
    invitation,
    policy,
    artifacts: await provingArtifacts(source, keys.manifest, policy.circuit),
    engine,
  };
}

function policyFilesOf({ baseUrl, claimScope }: PolicyInvitation) {
  return urlPublicFiles(`${baseUrl}/policies/${claimScope}`);
}

/** Credits of a member that stand in the ledger, and how many were revoked. */
export interface ReadCredits {
  readonly credits: readonly LocatedCredit[];
  readonly revoked: number;
}

/**
 * Opens a member's attestations and finds each credit in a ledger's log.
 *
 * @throws InputError - an attestation that is not the member's, or not the ledger's; a revoked one is counted.
 */
export async function locateCredits(
  view: Awaited<ReturnType<typeof readLedger>>,
  { identity, sealed }: Worker,
): Promise<ReadCredits> {
  const credits: LocatedCredit[] = [];
  let revoked = 0;
  for (const one of sealed) {
    const attestation = await openAttestation(identity, one);
    try {
      credits.push(locateCredit(view, { commitment: identity.commitment, attestation }));
    } catch (error) {
      if (!(error instanceof InputError && error.code === "attestation-revoked")) throw error;
      revoked++;
    }
  }
  return { credits, revoked };
}

/** Reads the ledger of a policy as everybody sees it. */
export function ledgerOf({ invitation, policy }: HoursClient) {
  const { ledger, board } = policy.policy;
  const files = urlPublicFiles(`${invitation.baseUrl}/ledgers/${ledger.id}`);
  const read = () => readLedger(files, { ledgerId: ledger.id, registryKey: ledger.registryKey, board });
  return { files, read };
}

/**
 * Reads roll and ledger, all leaves of both, and proves a threshold.
 *
 * @param onPhase - called as each phase of the proof begins; never, where the credits do not suffice.
 * @throws InputError `hours-not-enough`, before anything is proven.
 */
export async function makeClaim(
  client: HoursClient,
  worker: Worker,
  { threshold, onPhase }: { threshold: number; onPhase?: (phase: ProofPhase) => void },
): Promise<SealedClaim> {
  const { invitation, policy, artifacts, engine } = client;
  const ledger = ledgerOf(client);
  const view = await ledger.read();
  const { credits } = await locateCredits(view, worker);
  const claim = prepareClaim({
    policy,
    identity: worker.identity,
    rollPath: await pathFromFiles({
      files: policyFilesOf(invitation),
      roll: { size: policy.roll.size, root: policy.rollRoot, depth: policy.depth },
      commitment: worker.identity.commitment,
    }),
    ledgerRoot: view.roots.at(-1)!.root,
    credits: await creditPaths(ledger.files, { view, credits }),
    threshold,
  });
  return proveClaim({ claim, artifacts, engine, onProgress: ({ phase }) => onPhase?.(phase) });
}
