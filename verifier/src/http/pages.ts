// The booth's static files, with headers that let nothing else in.
import express, { type Router } from "express";

/**
 * What a page of ours may do: run its own scripts and WebAssembly, talk to its own origin. The booth's
 * index.html says the same in a meta element, for static hosts that set no headers.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Which pages are served, and what they may take. */
export interface PagesOptions {
  /** A built booth: index.html, and names that hold their digest in `assets/`. */
  readonly directory: string;
  /** Whether the pages accept keys that one machine made. */
  readonly allowDevelopmentKeys: boolean;
}

/** Serves the files of a built booth, with a `config.json` of this service's own. */
export function pages({ directory, allowDevelopmentKeys }: PagesOptions): Router {
  const router = express.Router();
  router.use((_request, response, next) => {
    response.set({
      "content-security-policy": PAGE_POLICY,
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    });
    next();
  });
  router.get("/config.json", (_request, response) => {
    response.set("cache-control", "no-cache").json({ baseUrl: "", allowDevelopmentKeys });
  });
  router.use(
    express.static(directory, {
      etag: false,
      // No date of ours on the wire: a file's time says when the operator built it.
      lastModified: false,
      setHeaders: (response, path) => {
        const named = /[/\\]assets[/\\]/.test(path);
        response.setHeader("cache-control", named ? "public, max-age=31536000, immutable" : "no-cache");
      },
    }),
  );
  return router;
}
