// Serves a folder on this machine, as a careful host serves a page that proves: with a strict policy, isolated from other
// origins, and with the keys by their digests. node examples/serve.mjs FOLDER [PORT]
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { semaphorePackageDirectory } from "@commune-zk/prover/node";

const HEADERS = {
  // No code from strings, no scripts from elsewhere, no workers from `blob:`: the prover needs none of it.
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; " +
    "style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  // Threads share memory only in pages that are isolated. Without these two, proofs are made all the same.
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "X-Content-Type-Options": "nosniff",
};

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
};

const [folder, port = "8080"] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node examples/serve.mjs FOLDER [PORT]");
  process.exit(2);
}

/** Every file that is served, by the path that it is asked for: nothing else is read, whatever is asked. */
const files = new Map();

for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || TYPES[extname(entry.name)] === undefined) continue;
  const file = join(entry.parentPath, entry.name);
  const path = `/${relative(folder, file).split(sep).join("/")}`;
  files.set(path, file);
  if (entry.name === "index.html") files.set(path.slice(0, -entry.name.length), file);
}

// Keys: a manifest at the path that pages know, and what it names at its digest. Pages compare digests themselves.
const keys = fileURLToPath(new URL("../keys/", import.meta.url));
for (const { path, manifest, directory } of [
  { path: "/keys.json", manifest: "artifacts/manifest.json", directory: join(keys, "artifacts") },
  { path: "/semaphore.json", manifest: "semaphore.json", directory: semaphorePackageDirectory() },
]) {
  files.set(path, join(keys, manifest));
  const { circuits } = JSON.parse(await readFile(join(keys, manifest), "utf8"));
  for (const { wasm, provingKey, verificationKey } of Object.values(circuits)) {
    for (const file of [wasm, provingKey, verificationKey]) {
      files.set(`/artifacts/${file.sha256}`, join(directory, file.path));
    }
  }
}

const server = createServer(async (request, response) => {
  const file = files.get(request.url);
  try {
    const content = file === undefined ? undefined : await readFile(file);
    const type = TYPES[extname(file ?? "")] ?? "application/octet-stream";
    response.writeHead(content === undefined ? 404 : 200, { ...HEADERS, "Content-Type": type }).end(content);
  } catch {
    response.writeHead(500, HEADERS).end();
  }
});
server.listen(Number(port), "127.0.0.1", () => {
  console.log(`${folder} is at http://127.0.0.1:${server.address().port}/`);
});
