// Paths of the public files of polls, ledgers and policies: the only code that spells them.
// docs/spec/public-files.md, docs/spec/ledger.md §6, docs/spec/hours.md §6.

/** Where each public file of a poll lies, relative to the poll's root; `/` between parts on every platform. */
export const publicPaths = {
  poll: "poll.json",
  signatures: "signatures.json",
  keys: "keys.json",
  rollEvents: "roll/events.ndjson",
  /** Chunk of the poll's leaves, from 0. */
  rollLeaves: (chunk: number): string => `roll/leaves/${chunk}`,
  rollLevel10: "roll/level-10",
  dkg: "trustees/dkg.ndjson",
  /** Wrapped share of a trustee, from 1. */
  share: (trustee: number): string => `trustees/shares/${trustee}.json`,
  checkpoint: "board/checkpoint",
  /** Tile of hashes; `width` 256 is a full one. */
  tile: (level: number, index: number, width = 256): string =>
    `board/tile/${level}/${tileIndex(index)}${partial(width)}`,
  /** Tile of entries; `width` 256 is a full one. */
  entries: (index: number, width = 256): string => `board/tile/entries/${tileIndex(index)}${partial(width)}`,
  closing: "closing.json",
  result: "result.json",
} as const;

/** Where each public file of a ledger lies, relative to the ledger's root. */
export const ledgerPaths = {
  entries: "entries.ndjson",
  /** Chunk of the leaves, from 0. */
  leaves: (chunk: number): string => `leaves/${chunk}`,
  level10: "level-10",
  checkpoint: "checkpoint",
} as const;

/**
 * Where the public files of an hours policy lie, relative to the policy's root: `roll/` and `board/` as in
 * {@link publicPaths}.
 */
export const policyPaths = {
  policy: "policy.json",
  signature: "signature.json",
  keys: publicPaths.keys,
} as const;

/** C2SP tlog-tiles: groups of three digits, all but the last prefixed `x`. */
function tileIndex(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  const groups = padded.match(/.{3}/g)!;
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
}

function partial(width: number): string {
  return width === 256 ? "" : `.p/${width}`;
}

/** A tile path, read: hashes of height 8·level, or entries. */
export interface TilePath {
  readonly level: number | "entries";
  readonly index: number;
  /** 1 … 256. */
  readonly width: number;
}

/** What a tile path asks for; undefined where it is none, or not in the one form that {@link publicPaths} writes. */
export function parseTilePath(path: string): TilePath | undefined {
  const match = /^board\/tile\/(entries|[0-7])\/((?:x\d{3}\/){0,3}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (match === null) return undefined;
  const [, kind, groups, partialWidth] = match as unknown as [string, string, string, string | undefined];
  const index = Number(groups.replace(/[x/]/g, ""));
  const width = partialWidth === undefined ? 256 : Number(partialWidth);
  if (width < 1 || width > 256) return undefined;
  const level = kind === "entries" ? kind : Number(kind);
  const canonical =
    level === "entries" ? publicPaths.entries(index, width) : publicPaths.tile(level, index, width);
  return canonical === path ? { level, index, width } : undefined;
}
