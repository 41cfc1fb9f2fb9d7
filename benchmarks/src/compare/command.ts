// The gate: from what was typed to an exit code. scripts/bench-compare.ts is the command.
import { commitOf } from "../machine.ts";
import type { Workload } from "../results/schema.ts";
import { builtTree, Checkouts, resolveCommit } from "./checkouts.ts";
import { type ComparePlan, compareTrees } from "./compare.ts";
import { parseCompareOptions, USAGE } from "./options.ts";
import { UsageError } from "./usage.ts";
import { comparisonJson, comparisonText } from "./words.ts";

/** How the command ends. */
export const EXIT = {
  /** No slowdown above the limit was shown. */
  passed: 0,
  /** One was. */
  slower: 1,
  /** It was asked for what it cannot do. */
  usage: 2,
  /** A side could not be built or did not prove: nothing was compared. */
  failed: 3,
  /** Somebody stopped it. */
  stopped: 130,
} as const;

/** Where the command runs, and whom it tells. */
export interface CommandSurroundings {
  /** Of the repository, whose prover is built. */
  readonly root: string;
  /** Makes a statement ready. */
  readonly prepare: (circuit: Workload) => Promise<ComparePlan["workload"]>;
  /** Path of a script that calls `serveSide`. */
  readonly entry: string;
  /** The result. */
  readonly print: (text: string) => void;
  /** What happens meanwhile, and what went wrong. */
  readonly tell: (line: string) => void;
}

/**
 * Runs the gate. Processes and checkouts are gone when it returns.
 *
 * @param args - as typed.
 * @param signal - stops it.
 * @returns one of {@link EXIT}; the reason of any but `passed` was told.
 */
export async function compareCommand(
  args: readonly string[],
  surroundings: CommandSurroundings,
  signal: AbortSignal,
): Promise<(typeof EXIT)[keyof typeof EXIT]> {
  const { tell } = surroundings;
  try {
    return await compare(args, surroundings, signal);
  } catch (error) {
    if (signal.aborted) {
      tell("stopped; nothing was compared");
      return EXIT.stopped;
    }
    const { message } = error as Error;
    if (error instanceof UsageError) {
      tell(`${message}\n${USAGE}`);
      return EXIT.usage;
    }
    tell(`nothing was compared: ${message}`);
    return EXIT.failed;
  }
}

async function compare(
  args: readonly string[],
  { root, prepare, entry, print, tell }: CommandSurroundings,
  signal: AbortSignal,
): Promise<typeof EXIT.passed | typeof EXIT.slower> {
  const options = parseCompareOptions(args);
  const base = await resolveCommit(root, options.base);
  const head = {
    commit: await resolveCommit(root, options.head ?? "HEAD"),
    modified: options.head === null && (commitOf(root)?.modified ?? true),
  };
  const checkouts = await Checkouts.open(root);
  try {
    const trees = {
      base: await checkouts.add({ commit: base, tell, signal }),
      head:
        options.head === null ? builtTree(root) : await checkouts.add({ commit: head.commit, tell, signal }),
    };
    tell(`taking the times of ${options.pairs} pairs`);
    const { circuit, pairs, limit } = options;
    const comparison = await compareTrees(
      { ...trees, workload: await prepare(circuit), pairs, limit, entry },
      signal,
    );
    const compared = { base, head, circuit };
    print(options.json ? comparisonJson(compared, comparison) : comparisonText(compared, comparison));
    return comparison.verdict === "slower" ? EXIT.slower : EXIT.passed;
  } finally {
    await checkouts.close({ keep: options.keep });
  }
}
