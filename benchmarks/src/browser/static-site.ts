// A static host on loopback with the policy of a careful one: nothing from elsewhere, no code from strings.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { type Network, openLink } from "./link.ts";

/** Content by path, from `/`. */
export type Site = ReadonlyMap<string, Uint8Array>;

/** A server that runs. */
export interface RunningSite {
  readonly origin: string;
  /** Bytes of all bodies that were sent so far. */
  sentBytes(): number;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
};

/** A careful host's. Its pages are isolated from other origins, and may share memory with their workers. */
export const HEADERS = {
  "Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
};

/** The same of a host that also lets pages make workers from strings, as snarkjs does by itself. */
export const BLOB_WORKER_HEADERS = {
  ...HEADERS,
  "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace(
    "worker-src 'self'",
    "worker-src 'self' blob:",
  ),
};

/**
 * Serves a site on a free port of this machine alone.
 *
 * @param site - read at each request: what is added later is served.
 * @param headers - those of a careful host unless told.
 * @param network - what a client's link can carry; null: whatever loopback does.
 */
export async function serve(
  site: Site,
  headers: Readonly<Record<string, string>> = HEADERS,
  network: Network | null = null,
): Promise<RunningSite> {
  const link = network === null ? null : openLink(network);
  let sent = 0;
  const server: Server = createServer((request, response) => {
    const path = request.url ?? "";
    const content = site.get(path);
    // A folder's own page.
    const extension = path.endsWith("/") ? ".html" : extname(path);
    const type = TYPES[extension] ?? "application/octet-stream";
    response.writeHead(content === undefined ? 404 : 200, { ...headers, "Content-Type": type });
    sent += content?.length ?? 0;
    if (link === null || content === undefined) response.end(content);
    else void link.answer(request, response, content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sentBytes: () => sent,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
