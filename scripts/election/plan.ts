// What an election is run from: a directory with a roster and a poll draft, shipped or made up.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const rosterSchema = z.array(z.strictObject({ role: z.string().min(1).max(200), tier: z.string() })).min(1);

/** A poll without key and roll fields, as an organisation writes it; names instead of keys. */
const draftSchema = z.strictObject({
  organisation: z.strictObject({ name: z.string() }),
  title: z.string(),
  options: z.array(z.string()),
  rules: z.strictObject({
    circuit: z.enum(["ballot-compact-10", "ballot-compact-16", "ballot-compact-20", "ballot-wide-20"]),
    countersPerSlot: z.number(),
    valueBits: z.number(),
    maxima: z.array(z.number()),
    minTotal: z.number(),
    maxTotal: z.number(),
    cost: z.enum(["linear", "quadratic"]),
    distinct: z.boolean(),
    revisions: z.boolean(),
  }),
  tiers: z.array(z.string()),
  minimumBallots: z.number(),
  shardBallots: z.number(),
  trustees: z.array(z.string()),
  threshold: z.number(),
  witnesses: z.array(z.string()),
  board: z.string(),
  openForMinutes: z.number(),
});

/** One line of a roster: an invented role, and the tier it is admitted to. */
export type RosterEntry = z.infer<typeof rosterSchema>[number];
/** The contents of `poll-draft.json`. */
export type PollDraft = z.infer<typeof draftSchema>;

/** Everything a rehearsal starts from. */
export interface ElectionPlan {
  readonly directory: string;
  readonly roster: readonly RosterEntry[];
  readonly draft: PollDraft;
  /** How many of the roster vote; the first of them tries to vote twice. */
  readonly voters: number;
}

/**
 * Reads `roster.json` and `poll-draft.json` of a directory.
 *
 * @throws Error - a file is missing or not of its schema; the message names it.
 */
export function readPlan(directory: string, voters: number): ElectionPlan {
  const roster = read(join(directory, "roster.json"), rosterSchema);
  const draft = read(join(directory, "poll-draft.json"), draftSchema);
  return { directory, roster, draft, voters };
}

/** Makes a directory with `members` invented roles and the sample's draft fitted to them, and reads it. */
export function makePlan(directory: string, sample: string, members: number, voters: number): ElectionPlan {
  const { draft } = readPlan(sample, voters);
  const roster = Array.from({ length: members }, (_, i) => ({
    role: `member ${i + 1}`,
    tier: draft.tiers[0]!,
  }));
  const depth = members <= 2 ** 10 ? 10 : members <= 2 ** 16 ? 16 : 20;
  const fitted: PollDraft = {
    ...draft,
    rules: { ...draft.rules, circuit: `ballot-compact-${depth}` },
    minimumBallots: Math.min(draft.minimumBallots, Math.max(1, voters)),
  };
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "roster.json"), `${JSON.stringify(roster)}\n`);
  writeFileSync(join(directory, "poll-draft.json"), `${JSON.stringify(fitted, null, 2)}\n`);
  return readPlan(directory, voters);
}

function read<T>(path: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
