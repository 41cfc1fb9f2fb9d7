// Where the public files of a poll are read from. docs/spec/public-files.md.
import { InputError } from "./errors.ts";

/** Reads public files by path; memory, a static host, the service, or (in node/) a directory. */
export interface PublicFiles {
  /**
   * Content of a file. A reader may ask for one path more than once.
   *
   * @param path - from `publicPaths`.
   * @throws InputError `file-missing` - there is none; the place is the path.
   * @throws Error - it could not be read; safe to retry.
   */
  read(path: string, options?: { signal?: AbortSignal }): Promise<Uint8Array>;
}

/** Public files in memory. The map is read at each call, never changed. */
export function memoryPublicFiles(files: ReadonlyMap<string, Uint8Array>): PublicFiles {
  return {
    async read(path) {
      const content = files.get(path);
      if (content === undefined) throw missingFile(path);
      return content;
    },
  };
}

/**
 * Public files below a URL: the service's `<base>/polls/<pollId>`, or a static host.
 *
 * @param baseUrl - without trailing slash.
 */
export function urlPublicFiles(baseUrl: string, options: { fetch?: typeof fetch } = {}): PublicFiles {
  const { fetch: get = fetch } = options;
  return {
    async read(path, { signal } = {}) {
      const response = await get(`${baseUrl}/${path}`, signal === undefined ? {} : { signal });
      if (response.status === 404) throw missingFile(path);
      if (!response.ok) throw new Error(`${path}: status ${response.status}`);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

/** A file's content, or undefined where it is missing. */
export async function readOptional(files: PublicFiles, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path);
  } catch (error) {
    if (error instanceof InputError && error.code === "file-missing") return undefined;
    throw error;
  }
}

/** What every implementation throws for a path that has no file. */
export function missingFile(path: string): InputError {
  return new InputError("file-missing", "no such public file", path);
}
