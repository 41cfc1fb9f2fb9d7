// The service worker: the page's own files, so that it opens without a network.
//
// Only the shell is kept here. Public files and artifacts belong to core, which stores them after checking them
// (docs/design/booth.md): a second copy here would answer in the network's name, and core could no longer tell
// what is served now from what was served once. Nothing of another origin and no answer to a POST is ever kept.

/** What the build puts in: the shell's files relative to this script, and a digest over all of them. */
declare const __SHELL__: { readonly version: string; readonly files: readonly string[] };

/** The part of the service worker's global scope that is used here; TypeScript's DOM types lack it. */
interface Scope {
  readonly location: { readonly href: string; readonly origin: string };
  addEventListener(type: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
}
interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

const scope = self as unknown as Scope;
const PREFIX = "booth-shell-";
const NAME = PREFIX + __SHELL__.version;
const urlOf = (file: string): string => new URL(file, scope.location.href).href;
const INDEX = urlOf("./");
const CONFIG = urlOf("config.json");
const SHELL: ReadonlySet<string> = new Set(__SHELL__.files.map(urlOf));

// Past the HTTP cache: a shell must not be put together from two versions.
scope.addEventListener("install", (event) => event.waitUntil(install()));
// A new version takes over once no page of the old one is open: both are whole until then.
scope.addEventListener("activate", (event) => event.waitUntil(removeOld()));

scope.addEventListener("fetch", (event) => {
  const answer = answerTo(event.request);
  if (answer !== null) event.respondWith(answer);
});

/** Null leaves the request to the browser. */
function answerTo(request: Request): Promise<Response> | null {
  const url = new URL(request.url);
  url.hash = "";
  if (request.method !== "GET" || url.origin !== scope.location.origin) return null;
  if (url.href === CONFIG) return networkFirst(request, CONFIG);
  if (request.mode === "navigate") {
    url.search = "";
    return url.href === INDEX || url.href === `${INDEX}index.html` ? shellFirst(request, INDEX) : null;
  }
  return SHELL.has(url.href) ? shellFirst(request, url.href) : null;
}

async function shellFirst(request: Request, url: string): Promise<Response> {
  const kept = await (await caches.open(NAME)).match(url);
  return kept ?? fetch(request);
}

/** What the operator may change, and what was read last where there is no network. */
async function networkFirst(request: Request, url: string): Promise<Response> {
  const cache = await caches.open(NAME);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(url, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(url);
    if (kept === undefined) throw error;
    return kept;
  }
}

async function install(): Promise<void> {
  const cache = await caches.open(NAME);
  await cache.addAll([INDEX, ...SHELL].map((url) => new Request(url, { cache: "reload" })));
  // Without it this visit still works: what the page has read it goes on with.
  await cache.add(CONFIG).catch(() => undefined);
}

async function removeOld(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
}
