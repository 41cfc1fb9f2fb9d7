// The lines of a long run's log: written by one command, replayed in part by a test.

/** A block of cases of one kind that all were good. */
export interface Block {
  readonly kind: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** Of the first case's public signals. */
  readonly first: string;
  /** SHA-256 of all cases' digests, hexadecimal, one after the other. */
  readonly all: string;
}

/** A block as a line. */
export function blockLine({ kind, seed, from, to, first, all }: Block): string {
  return `${kind} seed ${seed} cases ${from}-${to} good; first ${first} all ${all}`;
}

/** Every block of a log; other lines are for people. */
export function readBlocks(log: string): Block[] {
  const line = /^(\S+) seed (\d+) cases (\d+)-(\d+) good; first ([0-9a-f]{64}) all ([0-9a-f]{64})$/gm;
  return [...log.matchAll(line)].map(([, kind, seed, from, to, first, all]) => ({
    kind: kind!,
    seed: Number(seed),
    from: Number(from),
    to: Number(to),
    first: first!,
    all: all!,
  }));
}
