// Commits beside the working tree, built, each in a folder of its own. docs/design/compare.md.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { linkModules } from "./link-modules.ts";
import { runTool, ToolError } from "./tool.ts";
import { UsageError } from "./usage.ts";

const GIT_TIMEOUT_MS = 120_000;
/** Of an installation or a build. */
const STEP_TIMEOUT_MS = 600_000;
const LOCK_FILE = "package-lock.json";

/** A tree whose prover is built. */
export interface BuiltTree {
  readonly directory: string;
  /** Its `prover/dist/index.js`. */
  readonly proverPath: string;
}

/** What is checked out, and what is told meanwhile. */
export interface CheckoutOptions {
  /** A full commit id, of {@link resolveCommit}. */
  readonly commit: string;
  /** Changes the sources in the folder before they are built. */
  readonly edit?: { readonly name: string; readonly apply: (directory: string) => Promise<void> };
  /** Told before each step that takes long. */
  readonly tell?: ((step: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The id of a commit.
 *
 * @param root - of a git repository.
 * @param name - a branch, a tag, an id, or what else git understands.
 * @throws UsageError - there is no such commit.
 */
export async function resolveCommit(root: string, name: string): Promise<string> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`];
  try {
    return (await runTool("git", args, { cwd: root, timeoutMs: GIT_TIMEOUT_MS })).trim();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new UsageError(`git knows no commit "${name}"`);
  }
}

/** Where a tree's built prover is. */
export function builtTree(directory: string): BuiltTree {
  return { directory, proverPath: join(directory, "prover/dist/index.js") };
}

/** The folder `build/compare`, which one process at a time uses. `close` takes away what was checked out. */
export class Checkouts {
  readonly #root: string;
  readonly #folder: string;
  readonly #made = new Set<string>();

  private constructor(root: string) {
    this.#root = root;
    this.#folder = join(root, "build/compare");
  }

  /**
   * @param root - of the repository; its packages are installed.
   * @throws UsageError - another process uses the folder: two comparisons at once would time each other.
   */
  static async open(root: string): Promise<Checkouts> {
    const checkouts = new Checkouts(root);
    await mkdir(checkouts.#folder, { recursive: true });
    await checkouts.#lock();
    return checkouts;
  }

  /**
   * Checks a commit out and builds its prover; nothing is done where an earlier run has left it, built and unchanged.
   *
   * @throws ToolError - git, npm or the commit's own build failed.
   * @throws DOMException - the reason of the signal, after it fired.
   */
  async add({ commit, edit, tell, signal }: CheckoutOptions): Promise<BuiltTree> {
    const suffix = edit === undefined ? "" : `-${edit.name}`;
    const directory = join(this.#folder, commit + suffix);
    const short = commit.slice(0, 10) + suffix;
    this.#made.add(directory);
    if (edit === undefined && (await this.#isKept(directory, commit))) return builtTree(directory);
    await this.#remove(directory);
    tell?.(`checking out ${short}`);
    await this.#git(["worktree", "add", "--detach", "--force", directory, commit], signal);
    await edit?.apply(directory);
    if (await this.#hasOurLock(directory)) {
      await linkModules({ from: this.#root, to: directory });
    } else {
      tell?.(`installing the packages of ${short}`);
      // Without the packages' own scripts: what they compile, no prover needs.
      await this.#npm(directory, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], signal);
    }
    tell?.(`building the prover of ${short}`);
    await this.#npm(directory, ["run", "prepare", "--if-present"], signal);
    const compiler = join(directory, "node_modules/typescript/bin/tsc");
    await runTool(process.execPath, [compiler, "-b", "prover", "--noCheck"], {
      cwd: directory,
      timeoutMs: STEP_TIMEOUT_MS,
      signal,
    });
    if (edit === undefined) await writeFile(readyFile(directory), "");
    return builtTree(directory);
  }

  /** @param keep - leaves what was checked out for the next run. */
  async close({ keep }: { keep: boolean }): Promise<void> {
    if (!keep) for (const directory of this.#made) await this.#remove(directory);
    await rm(this.#lockFile, { force: true });
  }

  get #lockFile(): string {
    return join(this.#folder, "lock");
  }

  async #lock(): Promise<void> {
    const owner = Number(await readFile(this.#lockFile, "utf8").catch(() => Number.NaN));
    if (Number.isInteger(owner) && owner > 0 && isAlive(owner)) {
      throw new UsageError(
        `process ${owner} is comparing already: two comparisons at once would time each other`,
      );
    }
    // What a process left that was killed.
    await rm(this.#lockFile, { force: true });
    await writeFile(this.#lockFile, String(process.pid), { flag: "wx" });
  }

  async #isKept(directory: string, commit: string): Promise<boolean> {
    try {
      await readFile(readyFile(directory));
      const options = { cwd: directory, timeoutMs: GIT_TIMEOUT_MS };
      const head = await runTool("git", ["rev-parse", "HEAD"], options);
      return head.trim() === commit && (await runTool("git", ["status", "--porcelain"], options)) === "";
    } catch {
      return false;
    }
  }

  async #hasOurLock(directory: string): Promise<boolean> {
    const [theirs, ours] = await Promise.all(
      [directory, this.#root].map((tree) => readFile(join(tree, LOCK_FILE), "utf8").catch(() => null)),
    );
    return theirs === ours;
  }

  async #remove(directory: string): Promise<void> {
    await rm(readyFile(directory), { force: true });
    // Git forgets it where it knows it; what is left, an interrupted checkout, is a folder like any other.
    await this.#git(["worktree", "remove", "--force", "--force", directory]).catch(() => undefined);
    await rm(directory, { recursive: true, force: true });
  }

  #git(args: readonly string[], signal?: AbortSignal): Promise<string> {
    return runTool("git", args, { cwd: this.#root, timeoutMs: GIT_TIMEOUT_MS, signal });
  }

  #npm(directory: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
    return runTool("npm", args, { cwd: directory, timeoutMs: STEP_TIMEOUT_MS, signal });
  }
}

/** Beside the checkout, not in it: there it would be a change. */
function readyFile(directory: string): string {
  return `${directory}.ready`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
