// How the booth is built. `vite build booth` makes booth/dist; with `--mode demo` it makes build/booth-demo, whose
// states are chosen by the fragment of its address.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";
import { metaPolicy } from "./policy.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Most that the page may weigh, gzipped, without artifacts. */
const BUDGET_BYTES = 250_000;

/** Differs from host to host, so it is no part of the shell and has no digest. */
const HOSTS_OWN = "config.json";

/** Content of the emitted files, by name. */
type Contents = ReadonlyMap<string, Uint8Array>;

export default defineConfig(({ mode }) => ({
  root: here("."),
  // Any static host, in any folder.
  base: "./",
  resolve: {
    conditions: ["@commune-zk/source", ...defaultClientConditions],
  },
  build: {
    outDir: here(mode === "demo" ? "../build/booth-demo" : "dist"),
    emptyOutDir: true,
    target: "es2022",
    // Nothing inside of anything else: every file has a digest of its own.
    assetsInlineLimit: 0,
    // The plugin below does it, with digests.
    modulePreload: false,
    cssCodeSplit: false,
    rolldownOptions: {
      input: { index: here("index.html"), sw: here("src/sw.ts") },
      output: {
        // The service worker's address must stay the same.
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  plugins: [
    withoutWhatIsNotUsed(),
    withoutNodesCrypto(),
    sharingWorkers(),
    semaphoreManifest(),
    lockedDown(),
  ],
}));

/**
 * Leaves out what a bundler cannot see to be unused: zod's translation of schemas to JSON Schema (the service's
 * business), its formats of strings, its compiler, and its messages. Whoever calls it all the same gets an error. A
 * library that changed so that nothing is found fails the build.
 */
function withoutWhatIsNotUsed(): Plugin {
  const unavailable = 'function unavailable() { throw new Error("left out of the page"); }';
  return {
    name: "booth-without-what-is-not-used",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      if (/\/zod\/v4\/core\/core\.js$/.test(id)) {
        // zod tries whether it may compile code from strings; the policy forbids it, and browsers report the try.
        const config = "__zod_globalConfig = {}";
        if (!code.includes(config)) this.error(`no configuration in ${id}`);
        return code.replace(config, "__zod_globalConfig = { jitless: true }");
      }
      if (/\/zod\/v4\/classic\/schemas\.js$/.test(id)) {
        // Formats of strings, each with its pattern, which one schema of a string drags along: ours name patterns.
        const format = /return this\.check\(core\._\w+\(Zod\w+, params\)\);/g;
        if ((code.match(format)?.length ?? 0) < 20) this.error(`no formats in ${id}`);
        // And schemas that compile themselves, which the policy forbids: see below.
        const compiling = "core.$ZodObjectJIT.init(";
        if (!code.includes(compiling)) this.error(`nothing that compiles in ${id}`);
        const interpreting = code.replaceAll(compiling, "core.$ZodObject.init(");
        return `${interpreting.replace(format, "return unavailable();")}\n${unavailable}`;
      }
      if (/\/zod\/v4\/locales\/en\.js$/.test(id)) {
        // Its messages go into no log of a page, and onto no screen: the page has words of its own for codes.
        if (!code.includes("localeError")) this.error(`no messages in ${id}`);
        return "export default () => ({});";
      }
      if (/\/zod\/v4\/core\/(json-schema-processors|to-json-schema)\.js$/.test(id)) {
        const names = [...code.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name]) => name!);
        if (names.length === 0) this.error(`nothing to leave out of ${id}`);
        // Those that make a method are called for every schema; the method is what nobody calls.
        const made = (name: string): string => (/^create/.test(name) ? "() => unavailable" : "unavailable");
        return [...names.map((name) => `export const ${name} = ${made(name)};`), unavailable].join("\n");
      }
      return null;
    },
  };
}

/** Scripts of workers, by the name of the module that is their address. */
const WORKERS: Readonly<Record<string, { readonly chunk: string; readonly entry: string }>> = {
  "virtual:booth-worker": { chunk: "worker", entry: "src/worker/prove.ts" },
  "virtual:booth-thread": { chunk: "thread", entry: "src/worker/thread.ts" },
};
const WORKER_CHUNKS: ReadonlySet<string> = new Set(Object.values(WORKERS).map(({ chunk }) => chunk));

/**
 * Addresses of workers. Vite would bundle a worker by itself, with a second copy of all that it has in common with the
 * page; as a part of the same build it shares them.
 */
function sharingWorkers(): Plugin {
  let isBuild = true;
  return {
    name: "booth-sharing-workers",
    configResolved({ command }) {
      isBuild = command === "build";
    },
    resolveId: (id) => (id in WORKERS ? `\0${id}` : null),
    load(id) {
      const worker = WORKERS[id.slice(1)];
      if (!id.startsWith("\0") || worker === undefined) return null;
      const { chunk, entry } = worker;
      if (!isBuild) return `export default new URL("/${entry}", import.meta.url).href;`;
      const reference = this.emitFile({ type: "chunk", id: here(entry), name: chunk });
      return `export default import.meta.ROLLUP_FILE_URL_${reference};`;
    },
  };
}

/** The library of HPKE asks for Node's crypto where there is no `globalThis.crypto`: in a browser there always is. */
function withoutNodesCrypto(): Plugin {
  const empty = "\0no-crypto";
  return {
    name: "booth-without-nodes-crypto",
    enforce: "pre",
    resolveId: (id, importer) => (id === "crypto" && importer?.includes("/@hpke/") ? empty : null),
    load: (id) => (id === empty ? "export {};" : null),
  };
}

/** `keys/semaphore.json` as the text that it is, as `virtual:semaphore-manifest`: its digest is pinned. */
function semaphoreManifest(): Plugin {
  const name = "virtual:semaphore-manifest";
  return {
    name: "booth-semaphore-manifest",
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load(id) {
      if (id !== `\0${name}`) return null;
      return `export default ${JSON.stringify(readFileSync(here("../keys/semaphore.json"), "utf8"))};`;
    },
  };
}

/**
 * What the page does for itself, whoever hosts it: the policy, a digest on every script and style that it loads,
 * the list of the shell in the service worker, and `assets.json` with the SHA-256 of every file, for comparing.
 */
function lockedDown(): Plugin {
  return {
    name: "booth-locked-down",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const html = bundle["index.html"];
        const serviceWorker = bundle["sw.js"];
        if (html?.type !== "asset" || serviceWorker?.type !== "chunk")
          this.error("index.html or sw.js is missing");
        const contents = new Map(publicFiles());
        for (const [name, file] of Object.entries(bundle)) {
          contents.set(name, Buffer.from(file.type === "chunk" ? file.code : file.source));
        }
        const chunks = Object.values(bundle)
          .filter((file) => file.type === "chunk")
          // A worker's script is no module of the page: reading it beforehand would only cost time.
          .filter((file) => file !== serviceWorker && !WORKER_CHUNKS.has(file.name));
        const entry = chunks.find(({ isEntry }) => isEntry);
        if (entry === undefined) this.error("no script of the page");
        const first = new Set([entry.fileName]);
        for (const name of first) {
          for (const imported of chunks.find(({ fileName }) => fileName === name)!.imports)
            first.add(imported);
        }
        const later = chunks.map(({ fileName }) => fileName).filter((name) => !first.has(name));
        html.source = lockedPage(String(html.source), contents, { first: [...first], later });
        contents.set("index.html", Buffer.from(html.source));
        contents.delete("sw.js");
        serviceWorker.code = serviceWorker.code.replaceAll("__SHELL__", JSON.stringify(shellOf(contents)));
        contents.set("sw.js", Buffer.from(serviceWorker.code));
        this.emitFile({ type: "asset", fileName: "assets.json", source: digests(contents) });
        const zipped = [...contents.values()].reduce(
          (sum, content) => sum + gzipSync(content, { level: 9 }).length,
          0,
        );
        this.info(`${zipped} bytes gzipped, of at most ${BUDGET_BYTES}, without artifacts`);
      },
    },
  };
}

/** Files that Vite copies as they are. */
function publicFiles(): readonly (readonly [string, Uint8Array])[] {
  const names = readdirSync(here("public")).filter((name) => name !== HOSTS_OWN);
  return names.map((name) => [name, readFileSync(here(`public/${name}`))]);
}

/**
 * The page with its policy and its digests.
 *
 * @param modules - `first` are the page's script and what it imports at once; `later` what it loads when something is
 *   on the screen: named in a template, which `src/later-modules.ts` puts into the head before. Named in the head
 *   from the start they would be fetched and compiled before the first screen is drawn.
 */
function lockedPage(
  html: string,
  contents: Contents,
  { first, later }: { readonly first: readonly string[]; readonly later: readonly string[] },
): string {
  const integrity = (name: string): string =>
    `integrity="sha384-${createHash("sha384").update(contents.get(name)!).digest("base64")}"`;
  const tag = /<(script|link)\b([^>]*?)\b(src|href)="\.\/([^"]+\.(?:js|css))"/g;
  const seen = new Set<string>();
  const withDigests = html.replace(tag, (all, _element, _attributes, _kind, name: string) => {
    seen.add(name);
    return `${all} ${integrity(name)}`;
  });
  const preload = (name: string): string =>
    `<link rel="modulepreload" crossorigin href="./${name}" ${integrity(name)}>`;
  const policy = `<meta http-equiv="Content-Security-Policy" content="${metaPolicy}">`;
  const head = [policy, ...first.filter((name) => !seen.has(name)).map(preload)];
  const template = ['<template id="later-modules">', ...later.map(preload), "</template>"];
  return withDigests
    .replace(/(<meta charset="[^"]*"[^>]*>)/, ["$1", ...head].join("\n    "))
    .replace("</body>", `  ${template.join("\n      ")}\n  </body>`);
}

/** Names of the shell's files, and one digest over all of it. */
function shellOf(contents: Contents): { readonly version: string; readonly files: readonly string[] } {
  const files = [...contents.keys()].filter((name) => name !== "index.html").sort();
  const version = createHash("sha256").update(digests(contents)).digest("hex").slice(0, 16);
  return { version, files };
}

/** SHA-256 by name, as JSON. */
function digests(contents: Contents): string {
  const entries = [...contents].sort(([a], [b]) => (a < b ? -1 : 1));
  const all = entries.map(([name, content]) => [name, createHash("sha256").update(content).digest("hex")]);
  return `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`;
}
