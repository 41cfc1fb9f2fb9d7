// A poll and ballots for it by the thousand. Their statements are those of any ballot; their proofs are made up by
// whoever knows the secrets of the key set, as here, so that one takes a millisecond. The service runs every check.
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  BASE8,
  ballotNullifier,
  type CircuitInputs,
  canonicalBytes,
  checkG1,
  checkG2,
  type Engine,
  ed25519KeyPair,
  type G1,
  type G2,
  type LoadedManifest,
  merklePath,
  parseManifest,
  proveBallot,
  type SealedBallot,
  utf8,
  type ValidPoll,
  validatePoll,
} from "@commune-zk/prover";
import { type RehearsedPoll, rehearsePoll, rehearseRoll } from "@commune-zk/prover/rehearsal";
import { bn254 } from "@noble/curves/bn254.js";

/** A poll, and what a service and its members need for it. */
export interface Scenario {
  readonly poll: ValidPoll;
  readonly rehearsal: RehearsedPoll;
  /** Ed25519 seed of the board. */
  readonly boardKey: Uint8Array;
  /** Holds the key set as its manifest says. */
  readonly keysDirectory: string;
  /** An instant at which the poll is open, in seconds. */
  readonly openAt: number;
  /** A ballot that was never made before. */
  nextBallot(): Promise<SealedBallot>;
}

const CIRCUIT = "ballot-compact-10";
const OPENS = 1_000_000;
const CLOSES = 2_000_000;
const MEMBERS = 4;
const { Fr } = bn254.fields;

/** Secrets of a key set: whoever knows them proves anything. */
interface Trapdoor {
  readonly alpha: bigint;
  readonly beta: bigint;
  readonly gamma: bigint;
  readonly delta: bigint;
  /** Scalars of the points of IC. */
  readonly ic: readonly bigint[];
}

/**
 * Makes up a key set, a poll and its members.
 *
 * @param directory - where the key set is written.
 * @param stored - the manifest of this repository, which gives the made-up one all but its verification key.
 */
export async function makeScenario(directory: string, stored: LoadedManifest): Promise<Scenario> {
  const trapdoor = makeTrapdoor(PUBLIC_SIGNALS);
  const manifest = await writeKeySet(directory, stored, trapdoor);
  const board = ed25519KeyPair();
  const registrar = ed25519KeyPair();
  const roll = rehearseRoll(new Array<string>(MEMBERS).fill("member"), registrar);
  const rehearsal = rehearsePoll(
    {
      organisation: "Commune of the power cut",
      title: "Who turned off the light?",
      options: ["the cat", "the fuse", "the landlord"],
      rules: {
        circuit: CIRCUIT,
        countersPerSlot: 4,
        valueBits: 12,
        maxima: [1, 1, 1],
        minTotal: 1,
        maxTotal: 1,
        cost: "linear",
        distinct: false,
        revisions: true,
      },
      tiers: ["member"],
      opensAt: OPENS,
      closesAt: CLOSES,
      minimumBallots: 2,
      shardBallots: 1024,
      trustees: ["A", "B", "C"],
      threshold: 2,
      witnesses: [],
      board: { name: "board.durability.example", key: board.publicKey },
      keySet: { digest: manifest.digest, kind: manifest.manifest.kind },
    },
    roll,
    registrar,
  );
  const { poll: pollBytes, signatures: signaturesBytes } = rehearsal.registration;
  const anchor = { kind: "none" } as const;
  const poll = validatePoll({ pollBytes, signaturesBytes, manifest, anchor, allowDevelopmentKeys: true });
  const engineOf = simulator(trapdoor);
  let made = 0;
  return {
    poll,
    rehearsal,
    boardKey: board.secretKey,
    keysDirectory: directory,
    openAt: OPENS,
    nextBallot: () => {
      const voter = made % MEMBERS;
      const revision = Math.floor(made / MEMBERS);
      made++;
      const identity = rehearsal.identities[voter]!;
      return proveBallot({
        poll,
        identity,
        merklePath: merklePath(rehearsal.tree, voter),
        votes: [1, 0, 0],
        revision,
        artifacts: { wasm: new Uint8Array(0), provingKey: new Uint8Array(0) },
        engine: engineOf(ballotNullifier(identity, poll.pollId)),
      });
    },
  };
}

// docs/spec/ballot.md §2, for one slot: nullifier, ciphertext, five of the poll, base, eight of the rules, four.
const PUBLIC_SIGNALS = 1 + 4 + 5 + 1 + 8 + 4;

/**
 * Makes engines that make up their proofs from the key set's secrets: Groth 2016 §3.2, the simulator. The
 * ciphertexts are points of the subgroup that none had before; nobody decrypts these ballots.
 *
 * @returns an engine for the member with a nullifier.
 */
function simulator({ alpha, beta, gamma, delta, ic }: Trapdoor): (nullifier: bigint) => Engine {
  const [a, b] = [randomElement(), randomElement()];
  const [pointA, pointB] = [g1(a), g2(b)];
  let last = BASE8;
  const nextPoint = (): bigint[] => {
    last = last.add(BASE8);
    const { x, y } = last.toAffine();
    return [x, y];
  };
  return (nullifier) => ({
    async prove({ inputs }) {
      const publicSignals = [nullifier, ...nextPoint(), ...nextPoint(), ...publicInputs(inputs)];
      const input = [1n, ...publicSignals].reduce((sum, x, i) => Fr.add(sum, Fr.mul(x, ic[i]!)), 0n);
      // ab = αβ + input·γ + cδ
      const c = Fr.div(Fr.sub(Fr.mul(a, b), Fr.add(Fr.mul(alpha, beta), Fr.mul(input, gamma))), delta);
      return { proof: { a: pointA, b: pointB, c: g1(c) }, publicSignals };
    },
    dispose: async () => undefined,
  });
}

const PRIVATE_INPUTS = new Set(["secret", "leafIndex", "siblings", "values", "nonces"]);

/** The public inputs in their order. docs/spec/ballot.md §2. */
function publicInputs(inputs: CircuitInputs): bigint[] {
  const values = Object.entries(inputs).filter(([name]) => !PRIVATE_INPUTS.has(name));
  return values.flatMap(([, value]) => value as bigint | bigint[]);
}

function makeTrapdoor(publicSignals: number): Trapdoor {
  return {
    alpha: randomElement(),
    beta: randomElement(),
    gamma: randomElement(),
    delta: randomElement(),
    ic: Array.from({ length: publicSignals + 1 }, randomElement),
  };
}

async function writeKeySet(
  directory: string,
  { manifest }: LoadedManifest,
  { alpha, beta, gamma, delta, ic }: Trapdoor,
): Promise<LoadedManifest> {
  const circuit = manifest.circuits[CIRCUIT];
  if (circuit === undefined) throw new Error(`the stored key set lacks ${CIRCUIT}`);
  const verificationKey = utf8(
    JSON.stringify({
      protocol: "groth16",
      curve: "bn128",
      nPublic: ic.length - 1,
      vk_alpha_1: g1Json(alpha),
      vk_beta_2: g2Json(beta),
      vk_gamma_2: g2Json(gamma),
      vk_delta_2: g2Json(delta),
      vk_alphabeta_12: [],
      IC: ic.map(g1Json),
    }),
  );
  const { path } = circuit.verificationKey;
  const sha256 = createHash("sha256").update(verificationKey).digest("hex");
  const changed = { ...circuit, verificationKey: { path, sha256, size: verificationKey.length } };
  const bytes = canonicalBytes({ ...manifest, kind: "development", circuits: { [CIRCUIT]: changed } });
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), verificationKey);
  await writeFile(join(directory, "manifest.json"), bytes);
  return parseManifest(bytes);
}

function randomElement(): bigint {
  return Fr.create(BigInt(`0x${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex")}`));
}

function g1(scalar: bigint): G1 {
  const { x, y } = bn254.G1.Point.BASE.multiply(scalar).toAffine();
  return checkG1(x, y, "made-up point");
}

function g2(scalar: bigint): G2 {
  const { x, y } = bn254.G2.Point.BASE.multiply(scalar).toAffine();
  return checkG2([x.c0, x.c1], [y.c0, y.c1], "made-up point");
}

function g1Json(scalar: bigint): string[] {
  return [...g1(scalar).map(String), "1"];
}

function g2Json(scalar: bigint): string[][] {
  return [...g2(scalar).map((pair) => pair.map(String)), ["1", "0"]];
}
