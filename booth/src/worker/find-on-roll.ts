// Where a member stands on a roll, and that a roll without the member is the right one.
import {
  InputError,
  type MerklePath,
  type PublicFiles,
  pathFromFiles,
  publicPaths,
  rollTree,
  toHex,
} from "@commune-zk/prover";

/** A roll as a valid document froze it. */
interface Roll {
  readonly size: number;
  readonly root: bigint;
  readonly depth: number;
}

/**
 * Where a commitment stands on a roll; null where it does not, and the whole roll was hashed to be sure.
 *
 * @throws InputError `roll-root-mismatch`, `roll-files-malformed`, `file-missing`.
 */
export async function findOnRoll(
  files: PublicFiles,
  { roll, commitment }: { readonly roll: Roll; readonly commitment: bigint },
): Promise<MerklePath | null> {
  try {
    return await pathFromFiles({ files, roll, commitment });
  } catch (error) {
    if (!(error instanceof InputError && error.code === "not-on-roll")) throw error;
    await checkWholeRoll(files, roll);
    return null;
  }
}

/**
 * That these really are the document's leaves: a server that leaves a member's out must not make the page say that
 * the member is not on the roll. Hashing 100,000 leaves takes seconds, on a phone many, which members do not wait for.
 *
 * @throws InputError `roll-root-mismatch`, `roll-files-malformed`.
 */
async function checkWholeRoll(files: PublicFiles, { size, root, depth }: Roll): Promise<void> {
  const leaves = await leavesOf(files, size);
  if (leaves.length !== size || rollTree(leaves, depth).root !== root) {
    throw new InputError("roll-root-mismatch", "the leaves are not those of the roll", "roll");
  }
}

/**
 * All leaves of a roll as they are served: at least `size` of them.
 *
 * @throws InputError `roll-files-malformed`, `file-missing`.
 */
export async function leavesOf(files: PublicFiles, size: number): Promise<bigint[]> {
  const leaves: bigint[] = [];
  for (let chunk = 0; leaves.length < size; chunk++) {
    const path = publicPaths.rollLeaves(chunk);
    const bytes = await files.read(path);
    if (bytes.length === 0) throw new InputError("roll-files-malformed", "an empty chunk", path);
    for (let i = 0; i < bytes.length; i += 32) leaves.push(BigInt(`0x${toHex(bytes.subarray(i, i + 32))}`));
  }
  return leaves;
}
