// The JSON of a Semaphore V4 proof, as the stock client sends it, read strictly. docs/spec/membership.md §5.
import { z } from "zod";
import { parseCoordinates } from "../../formats/bn254.ts";
import { parseFieldElement } from "../../formats/field.ts";
import type { Groth16Proof, ProofCoordinates } from "../../formats/groth16-proof.ts";
import { fieldText, parseWith } from "../../formats/schema.ts";
import { MAX_MEMBERSHIP_DEPTH } from "./lean-roll.ts";

/** Shape of a proof; a service's API description uses it. */
export const semaphoreProofSchema = z.strictObject({
  merkleTreeDepth: z.int().min(1).max(MAX_MEMBERSHIP_DEPTH),
  merkleTreeRoot: fieldText,
  nullifier: fieldText,
  message: fieldText,
  scope: fieldText,
  points: z.array(fieldText).length(8),
});

/** A proof as `@semaphore-protocol/proof` 4 makes and verifies it; numbers are canonical decimals. */
export interface SemaphoreProof {
  readonly merkleTreeDepth: number;
  readonly merkleTreeRoot: string;
  readonly nullifier: string;
  readonly message: string;
  readonly scope: string;
  /** a.x, a.y, b.x.c1, b.x.c0, b.y.c1, b.y.c0, c.x, c.y. */
  readonly points: readonly string[];
}

/** What a proof says. Field elements; nothing says yet that they are what they should be. */
export interface MembershipStatement {
  /** Of the circuit, 1 … 20. */
  readonly depth: number;
  readonly root: bigint;
  readonly nullifier: bigint;
  readonly message: bigint;
  readonly scope: bigint;
}

/**
 * A proof from untrusted JSON: encodings are checked, neither statement nor points are.
 *
 * @throws InputError `membership-proof-malformed`, `not-canonical`.
 */
export function parseSemaphoreProof(
  value: unknown,
  place = "proof",
): { readonly statement: MembershipStatement; readonly coordinates: ProofCoordinates } {
  const proof = parseWith(semaphoreProofSchema, value, "membership-proof-malformed", place);
  const field = (name: "merkleTreeRoot" | "nullifier" | "message" | "scope"): bigint =>
    parseFieldElement(proof[name], `${place} ${name}`);
  const pair = (x: number, y: number): readonly [bigint, bigint] =>
    parseCoordinates([proof.points[x], proof.points[y]], `${place} points`);
  return {
    statement: {
      depth: proof.merkleTreeDepth,
      root: field("merkleTreeRoot"),
      nullifier: field("nullifier"),
      message: field("message"),
      scope: field("scope"),
    },
    coordinates: { a: pair(0, 1), b: [pair(3, 2), pair(5, 4)], c: pair(6, 7) },
  };
}

/** A proof for JSON. */
export function semaphoreProofToJson(statement: MembershipStatement, proof: Groth16Proof): SemaphoreProof {
  const { a, b, c } = proof;
  return {
    merkleTreeDepth: statement.depth,
    merkleTreeRoot: statement.root.toString(),
    nullifier: statement.nullifier.toString(),
    message: statement.message.toString(),
    scope: statement.scope.toString(),
    points: [...a, b[0][1], b[0][0], b[1][1], b[1][0], ...c].map(String),
  };
}
