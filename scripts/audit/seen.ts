// A checkpoint that somebody kept, against the log that was audited.
import { InputError, toHex, verifyCheckpoint } from "@commune-zk/prover";

/**
 * Checks that a checkpoint which somebody kept is one of a log's past.
 *
 * @param text - the signed note.
 * @param log - `origin` and `publicKey` of its checkpoints; its size now; the root of its first n entries, in
 *   lowercase hexadecimal.
 * @throws InputError `board-inconsistent` - the log was another one then; `checkpoint-…`.
 */
export function checkSeen(
  text: string,
  {
    origin,
    publicKey,
    size,
    rootAt,
  }: { origin: string; publicKey: string; size: number; rootAt: (size: number) => string },
  option: string,
): void {
  const seen = verifyCheckpoint(text, { origin, publicKey }, option);
  if (seen.size > size || rootAt(seen.size) !== toHex(seen.root)) {
    throw new InputError(
      "board-inconsistent",
      "the log was another one when this checkpoint was signed",
      option,
    );
  }
}
