// Where npm installed the public ceremony's keys. docs/spec/membership.md §4.
import { createRequire } from "node:module";
import { dirname } from "node:path";

/**
 * Folder of the installed `@zk-kit/semaphore-artifacts`: `directoryArtifactSource` reads the files of the
 * pinned manifest from it.
 *
 * @throws Error `MODULE_NOT_FOUND` - the package is not installed.
 */
export function semaphorePackageDirectory(): string {
  const require = createRequire(import.meta.url);
  return dirname(require.resolve("@zk-kit/semaphore-artifacts/package.json"));
}
