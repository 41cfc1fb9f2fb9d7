// A proving key in the kernels' memory: points and coefficients in their Montgomery form, tables of the domain.
import { InputError } from "../formats/errors.ts";
import { putNumbers } from "../formats/kernel-points.ts";
import { ENTRY_FILE_BYTES, type Zkey } from "../formats/zkey.ts";
import { ENTRY_BYTES, NUMBER_BYTES, Workspace } from "../wasm/kernels.ts";
import type { KernelModules } from "../wasm/modules.ts";
import { inverseModR, rootOfUnity } from "./domain.ts";
import { type Lists, listsOf } from "./lists.ts";
import { type PairingCheck, preparePairingCheck } from "./pairing-check.ts";
import { type LoadedPiece, loadPiece, type Piece, pieceBytes, readPoints } from "./pieces.ts";
import { groupOf, type SumName, type Terms, type ValueLayout, valueLayout } from "./sums.ts";

/** Rows of one matrix: address and count of their entries. */
export interface Rows {
  readonly entries: number;
  readonly count: number;
}

/** Addresses in the workspace, unless said otherwise. */
export interface LoadedProvingKey {
  readonly workspace: Workspace;
  /** The verifier's equation, of the verification key that the proving key holds. */
  readonly check: PairingCheck;
  /** A count, as the next two. */
  readonly variables: number;
  readonly publicCount: number;
  readonly power: number;
  readonly alpha1: number;
  readonly beta2: number;
  readonly rowsA: Rows;
  readonly rowsB: Rows;
  /** Which values a proof takes its scalars from, and which of them those of each sum are. */
  readonly layout: ValueLayout;
  readonly indices: Readonly<Record<SumName, Uint32Array>>;
  /** The pieces of the sums that this thread computes. */
  readonly pieces: readonly (Piece & LoadedPiece)[];
  /** How polynomials are there. */
  readonly lists: Lists;
  /** Powers of the domain's root, and of its inverse, each by itself: half as many as the domain has points. */
  readonly twiddles: number;
  readonly inverseTwiddles: number;
  /** A list, shift^i ÷ n: from n times a polynomial's coefficients to those on the coset. */
  readonly coset: number;
}

/** The part of a proof's sums that a thread computes. */
export interface PartOfSums {
  readonly terms: Terms;
  readonly pieces: readonly Piece[];
}

/**
 * Reads a proving key into a workspace of its own, with these pieces of its sums.
 *
 * @throws InputError `zkey-malformed`.
 * @throws unknown - what `between` throws.
 */
export async function loadProvingKey(
  zkey: Zkey,
  { terms, pieces }: PartOfSums,
  between: () => Promise<void>,
  modules: KernelModules,
): Promise<LoadedProvingKey> {
  const workspace = await Workspace.start(modules);
  await between();
  const points = (bytes: Uint8Array): number => readPoints(workspace, bytes);
  const alpha1 = points(zkey.alpha1);
  const beta2 = points(zkey.beta2);
  const check = preparePairingCheck(workspace, {
    publicCount: zkey.publicCount,
    alpha: alpha1,
    beta: beta2,
    gamma: points(zkey.gamma2),
    delta: points(zkey.delta2),
    ic: points(zkey.ic),
  });
  await between();
  const rowsA = readRows(workspace, zkey, 0);
  await between();
  const rowsB = readRows(workspace, zkey, 1);
  const loaded: (Piece & LoadedPiece)[] = [];
  for (const piece of pieces) {
    await between();
    loaded.push({ ...piece, ...loadPiece(workspace, groupOf(piece.sum), pieceBytes(terms, piece)) });
  }
  await between();
  const { variables, publicCount, power } = zkey;
  const domain = readDomain(workspace, power);
  return {
    workspace,
    check,
    variables,
    publicCount,
    power,
    alpha1,
    beta2,
    layout: valueLayout(zkey),
    indices: { a: terms.a.values, b: terms.b.values, c: terms.c.values },
    rowsA,
    rowsB,
    pieces: loaded,
    ...domain,
  };
}

function readRows(
  workspace: Workspace,
  { entries, entryCount, power, variables }: Zkey,
  matrix: number,
): Rows {
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  let most = 0;
  for (let i = 0; i < entryCount; i++) if (view.getUint32(i * ENTRY_FILE_BYTES, true) === matrix) most++;
  const at = workspace.allocate(most * ENTRY_BYTES);
  const mark = workspace.mark();
  const file = workspace.put(entries);
  const count = workspace.kernels.frEntriesFromFile(at, file, entryCount, matrix, power, variables);
  workspace.release(mark);
  if (count < 0) throw malformed("an entry outside its matrix");
  return { entries: at, count };
}

function readDomain(
  workspace: Workspace,
  power: number,
): Pick<LoadedProvingKey, "lists" | "twiddles" | "inverseTwiddles" | "coset"> {
  const { kernels } = workspace;
  const lists = listsOf(workspace);
  const size = 2 ** power;
  const half = Math.floor(size / 2);
  const powers = (count: number, base: bigint): number => {
    const at = workspace.allocate(count * NUMBER_BYTES);
    kernels.frPowers(at, count, putNumbers(workspace, [base], "fr"));
    return at;
  };
  const rootsOf = (base: bigint): number => {
    const at = lists.allocateEach(half);
    workspace.within(() => lists.putEach(at, half, powers(half, base)));
    return at;
  };
  const root = rootOfUnity(power);
  const twiddles = rootsOf(root);
  const inverseTwiddles = rootsOf(inverseModR(root));
  const coset = lists.allocate(size);
  workspace.within(() => {
    const shifts = powers(size, rootOfUnity(power + 1));
    const inverseSize = putNumbers(workspace, [inverseModR(BigInt(size))], "fr");
    for (let i = 0; i < size; i++) {
      const at = shifts + i * NUMBER_BYTES;
      kernels.frMul(at, at, inverseSize);
    }
    lists.put(coset, size, shifts);
  });
  return { lists, twiddles, inverseTwiddles, coset };
}

function malformed(message: string): InputError {
  return new InputError("zkey-malformed", message, "zkey");
}
