// Replaying the roll's log, building its tree, and checking the registrations that it is made of.
import {
  appendBatch,
  concatBytes,
  createIdentity,
  createRegistration,
  ed25519KeyPair,
  FIELD_ORDER,
  growRollTree,
  memoryPublicFiles,
  pathFromFiles,
  replayRoll,
  rollFiles,
  rollHead,
  rollTree,
  toHex,
  verifyRegistration,
} from "@commune-zk/prover";
import { nodeThreads } from "@commune-zk/prover/node";
import { randomHex, rehearseRoll } from "@commune-zk/prover/rehearsal";
import { expect, type Measurement, measure } from "./measure.ts";

const LEAVES = 100_000;
/** As many as a roll of depth 20 can have. */
const MOST_LEAVES = 2 ** 20;
const DEPTH = 20;
const KNOWN_DEPTH = 12;
const KNOWN_LEAVES = 2 ** KNOWN_DEPTH;
const REGISTRATIONS = 50;
const EVENTS_PER_BATCH = 4096;

/** The tree over 100,000 commitments; nobody's proof of possession is looked at. */
export async function* measureRoll({ runs }: { runs: number }): AsyncGenerator<Measurement> {
  const leaves = Array.from({ length: LEAVES }, randomFieldElement);
  const known = rollTree(leaves, DEPTH);
  // Members find themselves: each path is hashed anew from 1,024 leaves and the nodes above, up to the root.
  const files = memoryPublicFiles(rollFiles(known));
  for (const index of [0, LEAVES / 2, LEAVES - 1]) {
    const roll = { size: LEAVES, root: known.root, depth: DEPTH };
    const path = await pathFromFiles({ files, roll, commitment: leaves[index]! });
    expect(path.leafIndex === index, `leaf ${index} was found elsewhere`);
  }
  yield {
    name: `roll of ${LEAVES.toLocaleString("en")} commitments`,
    unit: "ms",
    samples: await measure({
      runs,
      work: () => rollTree(leaves, DEPTH),
      check: ({ root }) => expect(root === known.root, "the same leaves gave another root"),
    }),
  };
}

/** A whole tree of depth 20 by two threads, in seconds. */
export async function secondsOfWholeRoll({ runs }: { runs: number }): Promise<number[]> {
  const leaves = Array.from({ length: MOST_LEAVES }, randomFieldElement);
  const threads = nodeThreads(2);
  // By one thread: a node of the tree.
  const known = rollTree(leaves.slice(0, KNOWN_LEAVES), KNOWN_DEPTH).root;
  const samples = await measure({
    runs,
    work: () => growRollTree(leaves, DEPTH, { threads }),
    check: ({ layers }) => expect(layers[KNOWN_DEPTH]![0] === known, "the same leaves gave another node"),
  });
  return samples.map((ms) => ms / 1_000);
}

/**
 * A log of 100,000 events in the largest batches, replayed: canonical form, signatures, links, counts. Its
 * events change tiers, so that no proof of possession is in the figure: {@link measureRegistration} has those.
 */
export async function* measureRollLog({ runs }: { runs: number }): AsyncGenerator<Measurement> {
  const registrar = ed25519KeyPair();
  const { roll, rollEvents } = rehearseRoll(["member"], registrar);
  const lines = [rollEvents];
  let state = roll;
  for (let left = LEAVES; left > 0; left -= EVENTS_PER_BATCH) {
    const events = Array.from({ length: Math.min(left, EVENTS_PER_BATCH) }, (_, i) => ({
      kind: "tier" as const,
      position: 0,
      tier: i % 2 === 0 ? "associate" : "member",
    }));
    const appended = appendBatch(state, events, registrar.secretKey);
    state = appended.state;
    lines.push(appended.line);
  }
  const log = concatBytes(...lines);
  const head = rollHead(state);
  const expected = { rollId: roll.rollId, registrarKey: registrar.publicKey };
  yield {
    name: `roll log of ${LEAVES.toLocaleString("en")} events`,
    unit: "ms",
    samples: await measure({
      runs,
      work: () => replayRoll(log, expected),
      check: (replayed) => expect(rollHead(replayed) === head, "the same log gave another head"),
    }),
  };
}

/** One registration: signature, point and commitment. */
export async function* measureRegistration({ runs }: { runs: number }): AsyncGenerator<Measurement> {
  const context = { registrarKey: ed25519KeyPair().publicKey, rollId: randomHex() };
  const members = Array.from({ length: REGISTRATIONS }, () => {
    const identity = createIdentity();
    const own = { identity, mailboxKey: randomHex(), registrarNonce: randomHex() };
    return { commitment: identity.commitment, registration: createRegistration({ ...own, ...context }) };
  });
  const samples = await measure({
    runs,
    work: () => members.map(({ registration }) => verifyRegistration(registration, context).commitment),
    check: (commitments) =>
      expect(
        commitments.every((commitment, i) => commitment === members[i]!.commitment),
        "a registration gave another commitment",
      ),
  });
  yield { name: "registration", unit: "ms", samples: samples.map((sample) => sample / REGISTRATIONS) };
}

function randomFieldElement(): bigint {
  // 64 bytes: the remainder's bias is far below 2^-128.
  return BigInt(`0x${toHex(crypto.getRandomValues(new Uint8Array(64)))}`) % FIELD_ORDER;
}
