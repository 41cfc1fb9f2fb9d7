// Poseidon and BabyJubJub of circomlibjs: an implementation that is not ours.
import { randomBytes } from "node:crypto";
import { buildBabyjub, buildPoseidon } from "circomlibjs";

/** Order l of the prime subgroup. */
export const L = 2736030358979909402780800718157159386076813972158567259200215660948447373041n;
/** Order r of the field. */
export const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** Signals of a witness by name, as circom_runtime takes them. */
export interface CircuitInputs {
  readonly [name: string]: bigint | readonly bigint[] | readonly (readonly bigint[])[];
}

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

/** A random position in a tree. */
export function randomIndex(depth: number): bigint {
  return BigInt(`0x${randomBytes(6).toString("hex")}`) % (1n << BigInt(depth));
}

/** The big-endian number of a text's ASCII, as our domain tags are made. */
export function tag(text: string): bigint {
  return BigInt(`0x${Buffer.from(text).toString("hex")}`);
}

/** A leaf with its path. */
export interface LeafPath {
  readonly leaf: bigint;
  readonly leafIndex: bigint;
  /** Leaf to root. */
  readonly siblings: readonly bigint[];
}

/** The root that a path gives. */
export function rootOf({ poseidon }: Oracle, { leaf, leafIndex, siblings }: LeafPath): bigint {
  return siblings.reduce(
    (node, sibling, h) =>
      (leafIndex >> BigInt(h)) & 1n ? poseidon([sibling, node]) : poseidon([node, sibling]),
    leaf,
  );
}
