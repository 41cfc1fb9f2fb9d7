// A Groth16 proof: JSON, bytes, and snarkjs' form. docs/spec/ballot.md §6, §7.
import { z } from "zod";
import { checkG1, checkG2, type G1, type G2, parseCoordinates, parsePair } from "./bn254.ts";
import { bytesToUint, concatBytes } from "./bytes.ts";
import { InputError } from "./errors.ts";
import { fieldToBytes } from "./field.ts";
import { pointJson } from "./schema.ts";

/** A proof whose points have been checked. */
export interface Groth16Proof {
  readonly a: G1;
  readonly b: G2;
  readonly c: G1;
}

/** {@link Groth16Proof} in JSON: canonical decimals. */
export interface Groth16ProofJson {
  readonly a: readonly [string, string];
  readonly b: readonly [readonly [string, string], readonly [string, string]];
  readonly c: readonly [string, string];
}

/** Shape of a proof in JSON: {@link parseProof} looks at the rest. */
export const proofSchema = z.strictObject({
  a: pointJson,
  b: z.tuple([pointJson, pointJson]),
  c: pointJson,
});

/** Bytes of an encoded proof. */
export const PROOF_BYTES = 256;

/** Coordinates below q, in canonical form; nothing says yet that they are points. */
export interface ProofCoordinates {
  readonly a: readonly [bigint, bigint];
  readonly b: readonly [readonly [bigint, bigint], readonly [bigint, bigint]];
  readonly c: readonly [bigint, bigint];
}

/**
 * The coordinates of a proof in untrusted JSON: the cheap half of {@link parseProof}.
 *
 * @throws InputError `proof-malformed`, `not-canonical`; the place names a, b or c.
 */
export function parseProofCoordinates(value: unknown, place = "proof"): ProofCoordinates {
  if (typeof value !== "object" || value === null || Object.keys(value).sort().join() !== "a,b,c") {
    throw new InputError("proof-malformed", "expected a, b and c", place);
  }
  const { a, b, c } = value as Record<"a" | "b" | "c", unknown>;
  const [bx, by] = parsePair(b, `${place}.b`);
  return {
    a: parseCoordinates(a, `${place}.a`),
    b: [parseCoordinates(bx, `${place}.b`), parseCoordinates(by, `${place}.b`)],
    c: parseCoordinates(c, `${place}.c`),
  };
}

/**
 * Checks that coordinates are points of a proof: the dear half of {@link parseProof}.
 *
 * @throws InputError - as `checkG1` and `checkG2`.
 */
export function checkProof({ a, b, c }: ProofCoordinates, place = "proof"): Groth16Proof {
  return {
    a: checkG1(a[0], a[1], `${place}.a`),
    c: checkG1(c[0], c[1], `${place}.c`),
    b: checkG2(b[0], b[1], `${place}.b`),
  };
}

/**
 * A proof from untrusted JSON.
 *
 * @throws InputError `proof-malformed`, or as `checkG1` and `checkG2`; the place names a, b or c.
 */
export function parseProof(value: unknown, place = "proof"): Groth16Proof {
  return checkProof(parseProofCoordinates(value, place), place);
}

/** A proof for JSON. */
export function proofToJson({ a, b, c }: Groth16Proof): Groth16ProofJson {
  return { a: decimals(a), b: [decimals(b[0]), decimals(b[1])], c: decimals(c) };
}

/** 256 bytes: a.x ‖ a.y ‖ b.x.c0 ‖ b.x.c1 ‖ b.y.c0 ‖ b.y.c1 ‖ c.x ‖ c.y, big-endian. */
export function proofToBytes({ a, b, c }: Groth16Proof): Uint8Array {
  return concatBytes(...[...a, ...b[0], ...b[1], ...c].map(fieldToBytes));
}

/**
 * A proof from 256 bytes.
 *
 * @throws InputError `proof-malformed` (another length), or as `checkG1` and `checkG2`.
 */
export function proofFromBytes(bytes: Uint8Array, place = "proof"): Groth16Proof {
  if (bytes.length !== PROOF_BYTES) throw new InputError("proof-malformed", "expected 256 bytes", place);
  const at = (i: number): bigint => bytesToUint(bytes.subarray(32 * i, 32 * i + 32));
  return {
    a: checkG1(at(0), at(1), `${place}.a`),
    b: checkG2([at(2), at(3)], [at(4), at(5)], `${place}.b`),
    c: checkG1(at(6), at(7), `${place}.c`),
  };
}

function decimals(pair: readonly [bigint, bigint]): [string, string] {
  return [pair[0].toString(), pair[1].toString()];
}
