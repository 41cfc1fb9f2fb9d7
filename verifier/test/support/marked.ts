// Requests that carry marks of who sends them, and where such a mark was written.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestService } from "./service.ts";
import { findTraces, type Trace, tracesOfAddress, tracesOfText } from "./traces.ts";

const MARK = "canary-9f27c1-of-the-sender";
const ADDRESS = "203.0.113.77";

/** `fetch` with a mark in every header that names a sender, and in the query. */
export const markedFetch: typeof fetch = (input, init) =>
  fetch(`${String(input)}?session=${MARK}`, {
    ...init,
    headers: {
      ...(init?.headers as Record<string, string>),
      "user-agent": `${MARK}-agent`,
      cookie: `id=${MARK}`,
      referer: `https://${MARK}.example/`,
      "x-forwarded-for": ADDRESS,
      "x-request-id": MARK,
    },
  });

/** Names of the marks, and of `secrets`, that stand in a file of the service or its log. */
export async function marksIn(
  { directory, log }: Pick<TestService, "directory" | "log">,
  secrets: readonly Trace[],
): Promise<string[]> {
  const names = await readdir(directory);
  const files = await Promise.all(names.map((name) => readFile(join(directory, name))));
  const traces = [...tracesOfText("mark", MARK), ...tracesOfAddress("address", ADDRESS), ...secrets];
  return findTraces(Buffer.concat([...files, Buffer.from(log.join(""))]), traces);
}
