// While the poll is open: members, each with its own client over HTTP.
import { randomInt } from "node:crypto";
import {
  type ArtifactSource,
  createIdentity,
  type Engine,
  type Identity,
  InputError,
  loadManifest,
  parseManifest,
  pathFromFiles,
  proveBallot,
  provingArtifacts,
  publicPaths,
  type SealedBallot,
  submitBallot,
  urlArtifactSource,
  urlPublicFiles,
  type ValidPoll,
  validatePoll,
} from "@commune-zk/prover";

/** What a member's client was given: where the service is, and the registrar's key from the invitation. */
export interface Invitation {
  readonly baseUrl: string;
  readonly pollId: string;
  readonly registrarKey: string;
}

/** A member's client: the poll as it was read and judged by itself. */
export interface MemberClient {
  readonly invitation: Invitation;
  readonly poll: ValidPoll;
  readonly artifacts: Awaited<ReturnType<typeof provingArtifacts>>;
  readonly engine: Engine;
}

/** Reads and judges the poll, and fetches the circuit by digest. */
export async function openClient(
  invitation: Invitation,
  engine: Engine,
  artifacts: ArtifactSource = urlArtifactSource(`${invitation.baseUrl}/artifacts`),
): Promise<MemberClient> {
  const files = publicFilesOf(invitation);
  const keys = parseManifest(await files.read(publicPaths.keys));
  const poll = validatePoll({
    pollBytes: await files.read(publicPaths.poll),
    signaturesBytes: await files.read(publicPaths.signatures),
    manifest: loadManifest(keys.bytes, keys.digest),
    anchor: { kind: "registrar", key: invitation.registrarKey },
    allowDevelopmentKeys: true,
  });
  return {
    invitation,
    poll,
    artifacts: await provingArtifacts(artifacts, keys.manifest, poll.circuit),
    engine,
  };
}

function publicFilesOf({ baseUrl, pollId }: Invitation) {
  return urlPublicFiles(`${baseUrl}/polls/${pollId}`);
}

/** Finds the member on the public roll and makes its ballot. */
export async function makeBallot(
  { invitation, poll, artifacts, engine }: MemberClient,
  identity: Identity,
  votes: readonly number[],
): Promise<SealedBallot> {
  const merklePath = await pathFromFiles({
    files: publicFilesOf(invitation),
    roll: { size: poll.poll.roll.size, root: poll.rollRoot, depth: poll.layout.depth },
    commitment: identity.commitment,
  });
  return proveBallot({ poll, identity, merklePath, votes, artifacts, engine });
}

/** Sends a ballot. @throws Error - it was refused. */
export async function cast(client: MemberClient, ballot: SealedBallot): Promise<void> {
  const outcome = await submitBallot({ poll: client.poll, ballot }, { baseUrl: client.invitation.baseUrl });
  if (!outcome.accepted) throw new Error(`the service refused a good ballot: ${outcome.reason}`);
}

/**
 * Votes as members of a rehearsal give them: at random, within the rules.
 *
 * @throws Error - a thousand tries found no ballot that obeys the rules.
 */
export function randomVotes({ rules, options }: ValidPoll["poll"]): number[] {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const votes = options.map(() => 0);
    const target = randomInt(rules.minTotal, rules.maxTotal + 1);
    if (rules.distinct) {
      const ranks = options.map((_, i) => i);
      for (let i = ranks.length - 1; i > 0; i--) {
        const j = randomInt(i + 1);
        [ranks[i], ranks[j]] = [ranks[j]!, ranks[i]!];
      }
      ranks.forEach((rank, i) => {
        votes[i] = rank;
      });
    } else {
      for (let tries = 0; tries < 64 && cost(votes, rules.cost) < target; tries++) {
        const i = randomInt(votes.length);
        votes[i]!++;
        if (votes[i]! > rules.maxima[i]! || cost(votes, rules.cost) > target) votes[i]!--;
      }
    }
    const total = cost(votes, rules.cost);
    if (total >= rules.minTotal && total <= rules.maxTotal && votes.every((v, i) => v <= rules.maxima[i]!))
      return votes;
  }
  throw new Error("found no ballot that obeys the poll's rules");
}

function cost(votes: readonly number[], kind: "linear" | "quadratic"): number {
  return votes.reduce((sum, vote) => sum + (kind === "quadratic" ? vote * vote : vote), 0);
}

/**
 * A member's second ballot under the same revision: its own client can make one, the service refuses it.
 *
 * @returns the service's refusal.
 */
export async function tryDoubleVote(client: MemberClient, voter: Identity): Promise<string> {
  const ballot = await makeBallot(client, voter, randomVotes(client.poll.poll));
  return refusalOf(client, ballot);
}

/**
 * Somebody who is not on the roll tries twice: through an honest client, which finds no leaf for it, and with
 * a ballot whose proof is for a roll of its own.
 *
 * @returns both refusals.
 */
export async function tryOutsider(
  client: MemberClient,
  forge: (outsider: Identity) => Promise<SealedBallot>,
): Promise<[string, string]> {
  const outsider = createIdentity();
  let own = "the outsider was found on the roll";
  try {
    await makeBallot(client, outsider, randomVotes(client.poll.poll));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    own = error.code;
  }
  return [own, await refusalOf(client, await forge(outsider))];
}

async function refusalOf(client: MemberClient, ballot: SealedBallot): Promise<string> {
  const outcome = await submitBallot({ poll: client.poll, ballot }, { baseUrl: client.invitation.baseUrl });
  if (outcome.accepted) throw new Error("the service accepted what it had to refuse");
  return `${outcome.status} ${outcome.reason}`;
}
