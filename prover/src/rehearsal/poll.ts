// A whole poll made up in one process: what an organisation's people do apart, each on its own device.
import { type Ed25519KeyPair, ed25519KeyPair } from "../formats/ed25519.ts";
import { CIRCUITS } from "../formats/manifest.ts";
import { parsePoint, pointToJson } from "../formats/point.ts";
import type { PollRegistration } from "../protocol/client.ts";
import { type TrusteeKeys, trusteeKeys } from "../protocol/dkg.ts";
import {
  ceremonyIdOf,
  type Poll,
  type PollWithoutKey,
  pollBytes,
  pollIdOf,
  pollSignaturesBytes,
  signPoll,
} from "../protocol/poll.ts";
import { rollHead } from "../protocol/roll-log.ts";
import { pollLeaves, type RollTree, rollTree } from "../protocol/roll-tree.ts";
import { type RehearsedCeremony, rehearseCeremony } from "./ceremony.ts";
import { type RehearsedRoll, randomHex } from "./members.ts";

/** What people decide about a poll; keys, roll and ceremony are made up around it. */
export interface PollPlan {
  readonly organisation: string;
  readonly title: string;
  readonly options: readonly string[];
  readonly rules: Poll["rules"];
  readonly tiers: readonly string[];
  readonly opensAt: number;
  readonly closesAt: number;
  readonly minimumBallots: number;
  readonly shardBallots: number;
  /** Names. */
  readonly trustees: readonly string[];
  readonly threshold: number;
  /** Names. */
  readonly witnesses: readonly string[];
  readonly board: Poll["board"];
  readonly keySet: Poll["keySet"];
}

/** A signed poll with the secrets of everybody who took part. */
export interface RehearsedPoll extends RehearsedRoll {
  readonly poll: Poll;
  readonly pollId: string;
  /** What the operator registers. */
  readonly registration: PollRegistration;
  readonly tree: RollTree;
  readonly registrar: Ed25519KeyPair;
  readonly trusteeKeys: readonly TrusteeKeys[];
  readonly witnessKeys: readonly Ed25519KeyPair[];
  readonly ceremony: RehearsedCeremony;
}

/** Fields of a poll, keys made up, before its key generation. */
export function draftPoll(
  plan: PollPlan,
  { roll }: RehearsedRoll,
  registrar: Ed25519KeyPair,
): { draft: PollWithoutKey; tree: RollTree; trusteeKeys: TrusteeKeys[]; witnessKeys: Ed25519KeyPair[] } {
  const tree = rollTree(pollLeaves(roll, plan.tiers), CIRCUITS[plan.rules.circuit].depth);
  const keys = plan.trustees.map(() => trusteeKeys());
  const witnessKeys = plan.witnesses.map(() => ed25519KeyPair());
  const draft: PollWithoutKey = {
    type: "commune-zk/poll/v1",
    organisation: { name: plan.organisation, key: registrar.publicKey },
    nonce: randomHex(),
    title: plan.title,
    options: [...plan.options],
    rules: plan.rules,
    roll: {
      id: roll.rollId,
      head: rollHead(roll),
      batches: roll.batches,
      size: roll.positions.length,
      root: tree.root.toString(),
      tiers: [...plan.tiers],
    },
    opensAt: plan.opensAt,
    closesAt: plan.closesAt,
    minimumBallots: plan.minimumBallots,
    shardBallots: plan.shardBallots,
    trustees: plan.trustees.map((name, i) => ({
      name,
      signingKey: keys[i]!.signingKey,
      encryptionKey: [...pointToJson(keys[i]!.encryptionKey)],
    })),
    threshold: plan.threshold,
    witnesses: plan.witnesses.map((name, i) => ({ name, signingKey: witnessKeys[i]!.publicKey })),
    board: plan.board,
    keySet: plan.keySet,
  };
  return { draft, tree, trusteeKeys: keys, witnessKeys };
}

/** Runs the key generation for a draft and has the finished poll signed by registrar and all trustees. */
export function completePoll(
  draft: PollWithoutKey,
  keys: readonly TrusteeKeys[],
  registrar: Ed25519KeyPair,
): {
  poll: Poll;
  pollId: string;
  ceremony: RehearsedCeremony;
  files: Pick<PollRegistration, "poll" | "signatures" | "dkg">;
} {
  const ceremonyId = ceremonyIdOf(draft);
  const ceremony = rehearseCeremony(
    {
      ceremonyId,
      threshold: draft.threshold,
      trustees: draft.trustees.map(({ signingKey, encryptionKey }) => ({
        signingKey,
        encryptionKey: parsePoint(encryptionKey),
      })),
    },
    keys,
  );
  const commitments = ceremony.key.commitments.map((point): [string, string] => [...pointToJson(point)]);
  const poll: Poll = { ...draft, encryption: { ceremonyId, publicKey: commitments[0]!, commitments } };
  const { pollId, files } = signedPoll(poll, keys, registrar);
  return { poll, pollId, ceremony, files: { ...files, dkg: ceremony.transcript } };
}

/** Signs any poll document as registrar and trustees: also one that nobody should accept. */
export function signedPoll(
  poll: Poll,
  keys: readonly TrusteeKeys[],
  registrar: Ed25519KeyPair,
): { pollId: string; files: Pick<PollRegistration, "poll" | "signatures"> } {
  const bytes = pollBytes(poll);
  const pollId = pollIdOf(bytes);
  const signatures = pollSignaturesBytes({
    pollId,
    registrar: signPoll(pollId, registrar.secretKey),
    trustees: keys.map(({ signingSecret }) => signPoll(pollId, signingSecret)),
  });
  return { pollId, files: { poll: bytes, signatures } };
}

/** A whole poll over a made-up roll. */
export function rehearsePoll(
  plan: PollPlan,
  members: RehearsedRoll,
  registrar: Ed25519KeyPair,
): RehearsedPoll {
  const { draft, tree, trusteeKeys: keys, witnessKeys } = draftPoll(plan, members, registrar);
  const { poll, pollId, ceremony, files } = completePoll(draft, keys, registrar);
  const registration = { ...files, rollEvents: members.rollEvents };
  return {
    ...members,
    poll,
    pollId,
    registration,
    tree,
    registrar,
    trusteeKeys: keys,
    witnessKeys,
    ceremony,
  };
}
