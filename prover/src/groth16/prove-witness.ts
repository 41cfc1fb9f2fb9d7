// A proof from a witness. Source: Groth 2016 §3.2, with the quotient on a coset as snarkjs' setup expects it.
import { FIELD_ORDER, randomBelow } from "../formats/field.ts";
import type { Groth16Proof } from "../formats/groth16-proof.ts";
import {
  putNumbers,
  putScalars,
  readG1,
  readG2,
  SCALAR_BYTES,
  scalarsToBytes,
} from "../formats/kernel-points.ts";
import { G1_BYTES, G2_BYTES } from "../wasm/kernels.ts";
import { SelfCheckError } from "./engine.ts";
import { EXTENDED_BYTES, multiply, multiplyInTurns, tableOf } from "./multiply.ts";
import type { Piece } from "./pieces.ts";
import type { LoadedProvingKey } from "./proving-key.ts";
import { computeQuotient } from "./quotient.ts";
import { gatherValues, groupOf, SUM_NAMES, type SumName } from "./sums.ts";
import { shareable } from "./threads/share.ts";
import type { Team } from "./threads/team.ts";
import type { Turns } from "./turns.ts";

/** What a proof is made of and by whom. */
export interface ProveWitnessOptions {
  readonly key: LoadedProvingKey;
  /** All values, 32 bytes little-endian each, canonical. Overwritten by the caller. */
  readonly witness: Uint8Array;
  /** Who computes the pieces that `key` does not hold. */
  readonly team: Team;
  readonly turns: Turns;
}

/**
 * A proof with fresh blinding, verified. When it ends, in whatever way, nothing of the witness is in any thread.
 *
 * @throws RangeError - the witness is of another circuit than the key.
 * @throws SelfCheckError - what was made does not verify.
 * @throws ThreadLostError - a thread is gone; none of the team may be used any more.
 * @throws unknown - the reason with which the signal of `turns` fired.
 */
export async function proveWitness({
  key,
  witness,
  team,
  turns,
}: ProveWitnessOptions): Promise<Groth16Proof> {
  const { workspace, variables } = key;
  if (witness.length !== variables * SCALAR_BYTES) {
    throw new RangeError("wasm and proving key are of two circuits");
  }
  const mark = workspace.mark();
  const secrets: Uint8Array[] = [];
  let isDone = false;
  try {
    const s = randomBelow(FIELD_ORDER);
    const values = putValues(key, { witness, r: randomBelow(FIELD_ORDER), s });
    const sums = await sumsOf({ key, values, team, turns, secrets });
    isDone = true;
    return assemble(key, { statement: values + SCALAR_BYTES, sums, s });
  } finally {
    if (!isDone) await team.stop();
    for (const bytes of secrets) bytes.fill(0);
    workspace.release(mark);
    workspace.wipe();
  }
}

/** Address of the values that scalars are taken from, the quotient's apart. */
function putValues(
  { workspace, variables, layout }: LoadedProvingKey,
  { witness, r, s }: { readonly witness: Uint8Array; readonly r: bigint; readonly s: bigint },
): number {
  const at = workspace.allocate(layout.count * SCALAR_BYTES);
  const addressOf = (index: number): number => at + index * SCALAR_BYTES;
  workspace.bytes(addressOf(layout.witness), witness.length).set(witness);
  workspace.within(() => {
    const factor = putNumbers(workspace, [r], "fr");
    workspace.kernels.frScaleBytesEach(
      addressOf(layout.scaled),
      addressOf(layout.witness),
      variables,
      factor,
    );
  });
  workspace.bytes(addressOf(layout.r), 2 * SCALAR_BYTES).set(scalarsToBytes([r, s]));
  return at;
}

/**
 * Addresses of the sums, extended.
 *
 * @param values - address of what scalars are taken from.
 * @param secrets - gets what the caller overwrites when no thread works any more.
 */
async function sumsOf({
  key,
  values,
  team,
  turns,
  secrets,
}: Pick<ProveWitnessOptions, "key" | "team" | "turns"> & {
  readonly values: number;
  readonly secrets: Uint8Array[];
}): Promise<Record<SumName, number>> {
  const { workspace, layout, indices } = key;
  const { kernels } = workspace;
  const sums = Object.fromEntries(
    SUM_NAMES.map((sum) => {
      const zero = workspace.allocate(EXTENDED_BYTES[groupOf(sum)]);
      kernels[`${groupOf(sum)}SetInfinity`](zero);
      return [sum, zero];
    }),
  ) as Record<SumName, number>;
  const indicesOf = ({ sum, from, count }: Piece): Uint32Array => indices[sum].subarray(from, from + count);
  const gather = (piece: Piece, out: Uint8Array): void =>
    gatherValues(out, workspace.bytes(values, layout.count * SCALAR_BYTES), indicesOf(piece));
  const scalarsOf = (piece: Piece): Uint8Array => {
    const out = shareable(piece.count * SCALAR_BYTES);
    gather(piece, out);
    return out;
  };
  const isLate = (piece: Piece): boolean =>
    indicesOf(piece).some((index) => index >= layout.quotient && index < layout.r);

  const early = team.sums((piece) => !isLate(piece), scalarsOf, secrets);
  // Whoever fails first is heard; the other's failure then has nobody to tell.
  early.catch(() => undefined);
  const at = (index: number): number => values + index * SCALAR_BYTES;
  await computeQuotient(key, at(layout.quotient), at(layout.witness), turns.between);
  const late = team.sums(isLate, scalarsOf, secrets);
  late.catch(() => undefined);
  const add = (sum: SumName, part: number): void => kernels[`${groupOf(sum)}AddExtended`](sums[sum], part);
  for (const piece of key.pieces) {
    const inside = workspace.mark();
    const scalars = workspace.allocate(piece.count * SCALAR_BYTES);
    gather(piece, workspace.bytes(scalars, piece.count * SCALAR_BYTES));
    const multiples = { n: piece.count, scalars, table: piece.table };
    add(piece.sum, await multiplyInTurns(workspace, piece.group, multiples, turns.between));
    workspace.release(inside);
  }
  for (const { piece, point } of [...(await early), ...(await late)]) {
    const inside = workspace.mark();
    add(piece.sum, workspace.put(point));
    workspace.release(inside);
  }
  await turns.between();
  return sums;
}

/** What the sums lack is added: α, β, and s·A. */
function assemble(
  { workspace, check, alpha1, beta2 }: LoadedProvingKey,
  {
    statement,
    sums,
    s,
  }: { readonly statement: number; readonly sums: Record<SumName, number>; readonly s: bigint },
): Groth16Proof {
  const { kernels } = workspace;
  const toG1 = (sum: number): number => {
    const at = workspace.allocate(G1_BYTES);
    kernels.g1ToAffine(at, sum);
    return at;
  };
  kernels.g1AddAffine(sums.a, alpha1);
  const a = toG1(sums.a);
  kernels.g2AddAffine(sums.b, beta2);
  const b = workspace.allocate(G2_BYTES);
  kernels.g2ToAffine(b, sums.b);
  const scalars = putScalars(workspace, [s]);
  const table = tableOf(workspace, "g1", 1, () => a);
  kernels.g1AddExtended(sums.c, multiply(workspace, "g1", { n: 1, scalars, table }));
  const c = toG1(sums.c);
  if (!check.one({ scalars: statement, a, b, c })) throw new SelfCheckError();
  return { a: readG1(workspace, a), b: readG2(workspace, b), c: readG1(workspace, c) };
}
