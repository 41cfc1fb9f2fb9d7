// Reads the size off a checkpoint that core has verified; only for showing it.

/** The second line of a checkpoint, docs/spec/board.md §2; null where it is none. */
export function boardSize(checkpoint: string): number | null {
  const line = checkpoint.split("\n")[1] ?? "";
  return /^\d{1,15}$/.test(line) ? Number(line) : null;
}
