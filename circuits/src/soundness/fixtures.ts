// Inputs of valid ballots, from circomlibjs: an implementation of Poseidon and BabyJubJub that is not ours.
import { randomBytes } from "node:crypto";
import { buildBabyjub, buildPoseidon } from "circomlibjs";

/** Order l of the prime subgroup. */
export const L = 2736030358979909402780800718157159386076813972158567259200215660948447373041n;
/** Order r of the field. */
export const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
/** ASCII of "commune-zk.nullifier.ballot". */
export const TAG = BigInt(`0x${Buffer.from("commune-zk.nullifier.ballot").toString("hex")}`);

/** Independent arithmetic. */
export interface Oracle {
  poseidon(inputs: readonly bigint[]): bigint;
  /** scalar · point. */
  multiply(point: readonly [bigint, bigint], scalar: bigint): [bigint, bigint];
  add(a: readonly [bigint, bigint], b: readonly [bigint, bigint]): [bigint, bigint];
  readonly base8: readonly [bigint, bigint];
}

/** circomlibjs with bigints. */
export async function openOracle(): Promise<Oracle> {
  const babyjub = await buildBabyjub();
  const poseidon = await buildPoseidon();
  const { F } = babyjub;
  const raw = (point: readonly [bigint, bigint]) => point.map((c) => F.e(c));
  const big = (point: unknown[]): [bigint, bigint] => [F.toObject(point[0]), F.toObject(point[1])];
  return {
    poseidon: (inputs) => F.toObject(poseidon(inputs)),
    multiply: (point, scalar) => big(babyjub.mulPointEscalar(raw(point), scalar)),
    add: (a, b) => big(babyjub.addPoint(raw(a), raw(b))),
    base8: big(babyjub.Base8),
  };
}

/** Uniform in [1, l−1], up to a bias below 2⁻⁵. Good enough for tests. */
export function randomScalar(): bigint {
  return (BigInt(`0x${randomBytes(40).toString("hex")}`) % (L - 1n)) + 1n;
}

/** Rules of a poll with four options, two of them active. */
export interface BallotInputs {
  readonly [name: string]: bigint | readonly bigint[];
}

/**
 * A valid ballot of a member at a random place of a random tree: one slot, three active options, two votes to
 * give, at most two to one option.
 */
export function validBallot(oracle: Oracle, depth: number): BallotInputs {
  const secret = randomScalar();
  const leafIndex = BigInt(`0x${randomBytes(6).toString("hex")}`) % (1n << BigInt(depth));
  const siblings = Array.from({ length: depth }, () => oracle.poseidon([randomScalar()]));
  const commitment = oracle.poseidon(oracle.multiply(oracle.base8, secret));
  const rollRoot = siblings.reduce(
    (node, sibling, h) =>
      (leafIndex >> BigInt(h)) & 1n ? oracle.poseidon([sibling, node]) : oracle.poseidon([node, sibling]),
    commitment,
  );
  return {
    rollRoot,
    pollId: randomScalar() >> 3n,
    revision: 7n,
    publicKey: oracle.multiply(oracle.base8, randomScalar()),
    base: 1n << 12n,
    active: [1n, 1n, 1n, 0n],
    maxima: [2n, 2n, 2n, 0n],
    minTotal: 1n,
    maxTotal: 2n,
    quadratic: 0n,
    distinct: 0n,
    secret,
    leafIndex,
    siblings,
    values: [1n, 0n, 1n, 0n],
    nonces: [randomScalar()],
  };
}
