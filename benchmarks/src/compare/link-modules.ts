// Gives a checkout the packages that another tree has installed, but its own workspaces.
import { lstat, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/**
 * Makes `node_modules` of a checkout: real folders whose entries are links to the packages of `from`. Workspaces are
 * links in `from` itself, into its own tree: they are left out, and the checkout's own are linked in their place. A
 * link to the whole folder would have the checkout run the other tree's code.
 *
 * @param from - a tree with installed packages of the same package-lock.json.
 * @param to - a checkout without any.
 */
export async function linkModules({ from, to }: { from: string; to: string }): Promise<void> {
  const workspaces = await workspacesOf(to);
  for (const folder of ["", ...workspaces]) {
    await linkEntries(join(from, folder, "node_modules"), join(to, folder, "node_modules"));
  }
  for (const workspace of workspaces) {
    const { name } = await readPackage(join(to, workspace));
    if (name === undefined) continue;
    const path = join(to, "node_modules", name);
    await mkdir(dirname(path), { recursive: true });
    await symlink(relative(dirname(path), join(to, workspace)), path);
  }
}

/** Links every package of a folder, and of the scopes in it. */
async function linkEntries(from: string, to: string): Promise<void> {
  for (const name of await namesIn(from)) {
    const path = join(from, name);
    if ((await lstat(path)).isSymbolicLink()) continue;
    if (name.startsWith("@")) {
      await linkEntries(path, join(to, name));
    } else {
      await mkdir(to, { recursive: true });
      await symlink(path, join(to, name));
    }
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function workspacesOf(root: string): Promise<readonly string[]> {
  return (await readPackage(root)).workspaces ?? [];
}

async function readPackage(
  directory: string,
): Promise<{ readonly name?: string; readonly workspaces?: readonly string[] }> {
  return JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
}
