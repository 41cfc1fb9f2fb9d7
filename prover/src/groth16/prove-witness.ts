// A proof from a witness. Source: Groth 2016 §3.2, with the quotient on a coset as snarkjs' setup expects it.
import { FIELD_ORDER, randomBelow } from "../formats/field.ts";
import type { Groth16Proof } from "../formats/groth16-proof.ts";
import { putScalars, readG1, readG2, SCALAR_BYTES } from "../formats/kernel-points.ts";
import { G1_BYTES, G2_BYTES } from "../wasm/kernels.ts";
import { SelfCheckError } from "./engine.ts";
import { EXTENDED_BYTES, type Group, multiply, multiplyInTurns, tableOf } from "./multiply.ts";
import { groupOf, offsetOf, type Piece, SUM_NAMES, type SumName } from "./pieces.ts";
import type { LoadedProvingKey } from "./proving-key.ts";
import { quotientOf } from "./quotient.ts";
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
    const at = workspace.put(witness);
    const sums = await sumsOf({ key, witness, at, team, turns, secrets });
    isDone = true;
    return await assemble(key, at + SCALAR_BYTES, sums);
  } finally {
    if (!isDone) await team.stop();
    for (const bytes of secrets) bytes.fill(0);
    workspace.release(mark);
    workspace.wipe();
  }
}

/** Addresses of the five sums, extended. `secrets` gets what the caller overwrites when no thread works any more. */
async function sumsOf({
  key,
  witness,
  at,
  team,
  turns,
  secrets,
}: ProveWitnessOptions & { readonly at: number; readonly secrets: Uint8Array[] }): Promise<
  Record<SumName, number>
> {
  const { workspace, publicCount, power } = key;
  const { kernels } = workspace;
  const sums = Object.fromEntries(
    SUM_NAMES.map((sum) => {
      const zero = workspace.allocate(EXTENDED_BYTES[groupOf(sum)]);
      kernels[`${groupOf(sum)}SetInfinity`](zero);
      return [sum, zero];
    }),
  ) as Record<SumName, number>;
  const firstOf = ({ sum, from }: Piece): number => (offsetOf(sum, publicCount) + from) * SCALAR_BYTES;
  const scalarsIn =
    (values: Uint8Array) =>
    (piece: Piece): Uint8Array =>
      values.subarray(firstOf(piece), firstOf(piece) + piece.count * SCALAR_BYTES);

  const early = team.sums(({ sum }) => sum !== "h", scalarsIn(witness), secrets);
  // Whoever fails first is heard; the other's failure then has nobody to tell.
  early.catch(() => undefined);
  const quotient = await quotientOf(key, at, turns.between);
  let late: typeof early | undefined;
  if (team.size > 0) {
    const values = shareable(2 ** power * SCALAR_BYTES);
    secrets.push(values);
    values.set(workspace.bytes(quotient, values.length));
    late = team.sums(({ sum }) => sum === "h", scalarsIn(values), secrets);
    late.catch(() => undefined);
  }
  const add = (sum: SumName, part: number): void => kernels[`${groupOf(sum)}AddExtended`](sums[sum], part);
  for (const piece of key.pieces) {
    const inside = workspace.mark();
    const scalars = (piece.sum === "h" ? quotient : at) + firstOf(piece);
    const multiples = { n: piece.count, scalars, table: piece.table };
    add(piece.sum, await multiplyInTurns(workspace, piece.group, multiples, turns.between));
    workspace.release(inside);
  }
  for (const { piece, point } of [...(await early), ...((await late) ?? [])]) {
    const inside = workspace.mark();
    add(piece.sum, workspace.put(point));
    workspace.release(inside);
  }
  await turns.between();
  return sums;
}

/** A = α + Σa + r·δ, B = β + Σb + s·δ, C = Σc + Σh + s·A + r·B₁ − r·s·δ. */
function assemble(key: LoadedProvingKey, statement: number, sums: Record<SumName, number>): Groth16Proof {
  const { workspace } = key;
  const { kernels } = workspace;
  const r = randomBelow(FIELD_ORDER);
  const s = randomBelow(FIELD_ORDER);
  const times = (group: Group, scalar: bigint, point: number): number =>
    multiply(workspace, group, {
      n: 1,
      scalars: putScalars(workspace, [scalar]),
      table: tableOf(workspace, group, 1, () => point),
    });
  const toG1 = (sum: number): number => {
    const at = workspace.allocate(G1_BYTES);
    kernels.g1ToAffine(at, sum);
    return at;
  };
  kernels.g1AddAffine(sums.a, key.alpha1);
  kernels.g1AddExtended(sums.a, times("g1", r, key.delta1));
  const a = toG1(sums.a);
  kernels.g1AddAffine(sums.b1, key.beta1);
  kernels.g1AddExtended(sums.b1, times("g1", s, key.delta1));
  const b1 = toG1(sums.b1);
  kernels.g2AddAffine(sums.b2, key.beta2);
  kernels.g2AddExtended(sums.b2, times("g2", s, key.delta2));
  const b = workspace.allocate(G2_BYTES);
  kernels.g2ToAffine(b, sums.b2);
  kernels.g1AddExtended(sums.c, sums.h);
  kernels.g1AddExtended(sums.c, times("g1", s, a));
  kernels.g1AddExtended(sums.c, times("g1", r, b1));
  kernels.g1AddExtended(sums.c, times("g1", FIELD_ORDER - ((r * s) % FIELD_ORDER), key.delta1));
  const c = toG1(sums.c);
  if (!key.check.one({ scalars: statement, a, b, c })) throw new SelfCheckError();
  return { a: readG1(workspace, a), b: readG2(workspace, b), c: readG1(workspace, c) };
}
