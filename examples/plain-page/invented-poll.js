// In place of an organisation of yours: five members, a registrar and three trustees, who put one question. In earnest
// each of them has its keys on a device of its own, and a page fetches what they have signed.
import { ed25519KeyPair, memoryPublicFiles, publicPaths, rollFiles } from "@commune-zk/prover";
import { rehearsePoll, rehearseRoll } from "@commune-zk/prover/rehearsal";

const MEMBERS = 5;
const HOUR_SECONDS = 3_600;

/**
 * A poll in which one option is to be chosen.
 *
 * @param keySet - digest and kind of the keys under which ballots are proven.
 * @returns what anybody may read, and the identity of one member, which only this member has.
 */
export function inventPoll({ title, options, keySet }) {
  const registrar = ed25519KeyPair();
  const now = Math.floor(Date.now() / 1_000);
  const plan = {
    organisation: "Invented commune",
    title,
    options,
    rules: {
      circuit: "ballot-compact-10",
      countersPerSlot: 4,
      valueBits: 12,
      maxima: options.map(() => 1),
      minTotal: 1,
      maxTotal: 1,
      cost: "linear",
      distinct: false,
      revisions: true,
    },
    tiers: ["member"],
    opensAt: now,
    closesAt: now + HOUR_SECONDS,
    minimumBallots: 2,
    shardBallots: 1_024,
    trustees: ["One trustee", "Another", "A third"],
    threshold: 2,
    witnesses: [],
    board: { name: "board.example", key: ed25519KeyPair().publicKey },
    keySet,
  };
  const roll = rehearseRoll(new Array(MEMBERS).fill("member"), registrar);
  const { registration, tree, identities } = rehearsePoll(plan, roll, registrar);
  const files = new Map([
    [publicPaths.poll, registration.poll],
    [publicPaths.signatures, registration.signatures],
    ...rollFiles(tree),
  ]);
  return {
    identity: identities[0],
    registrarKey: registrar.publicKey,
    files: memoryPublicFiles(files),
  };
}
