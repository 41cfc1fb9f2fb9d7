// What the page may load and do. The host sends it as a header; the build writes it into index.html as well, for
// hosts that send none.

const DIRECTIVES = {
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  "style-src": "'self'",
  "img-src": "'self' data:",
  "connect-src": "'self'",
  "worker-src": "'self'",
  "manifest-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
} as const;

const text = (directives: readonly (readonly [string, string])[]): string =>
  directives.map(([name, sources]) => `${name} ${sources}`).join("; ");

/** The value of the `Content-Security-Policy` header. */
export const contentSecurityPolicy = text(Object.entries(DIRECTIVES));

/** The same for a `meta` element, in which browsers ignore `frame-ancestors`, and complain about it. */
export const metaPolicy = text(Object.entries(DIRECTIVES).filter(([name]) => name !== "frame-ancestors"));

/** All headers that a careful host sends with the page. */
export const BOOTH_HEADERS = {
  "Content-Security-Policy": contentSecurityPolicy,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
} as const;
