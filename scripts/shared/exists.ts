// Whether there is a file.
import { access } from "node:fs/promises";

/** Whether anything is at the path. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
