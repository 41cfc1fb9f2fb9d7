// A static host on loopback with the policy of a careful one: nothing from elsewhere, no code from strings.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";

/** Content by path, from `/`. */
export type Site = ReadonlyMap<string, Uint8Array>;

/** A server that runs. */
export interface RunningSite {
  readonly origin: string;
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

const HEADERS = {
  "Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
};

/** Serves a site on a free port of this machine alone, with the headers of a careful host unless told. */
export async function serve(
  site: Site,
  headers: Readonly<Record<string, string>> = HEADERS,
): Promise<RunningSite> {
  const server: Server = createServer((request, response) => {
    const path = request.url ?? "";
    const content = site.get(path);
    // A folder's own page.
    const extension = path.endsWith("/") ? ".html" : extname(path);
    const type = TYPES[extension] ?? "application/octet-stream";
    response.writeHead(content === undefined ? 404 : 200, { ...headers, "Content-Type": type });
    response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
