// An order of options and the votes that stand for it. The votes alone carry an unfinished order too, so that a
// draft comes back as it was left.

/**
 * The options in order, best first. Options with 0 points are not placed yet, but for the last one left over:
 * where all others have a place, it has the last.
 */
export function orderOf(votes: readonly number[]): readonly number[] {
  const placed = votes.map((_, i) => i).filter((i) => votes[i]! > 0);
  const order = placed.sort((a, b) => votes[b]! - votes[a]!);
  const left = votes.map((_, i) => i).filter((i) => votes[i] === 0);
  return left.length === 1 ? [...order, left[0]!] : order;
}

/** n − 1 points for the first of the order, one less for each that follows, 0 for those without a place. */
export function votesOf(order: readonly number[], count: number): readonly number[] {
  const votes = new Array<number>(count).fill(0);
  for (const [place, option] of order.entries()) votes[option] = count - 1 - place;
  return votes;
}
