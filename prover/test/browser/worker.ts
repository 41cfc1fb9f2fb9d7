// The worker in which a member's ballot is proven: settings first, then the prover.
import { config } from "zod";
import type { Posted, Request } from "./messages.ts";

// zod looks once whether it may make code from strings, when the first schema is made. A policy that forbids it
// is obeyed, but the look itself is reported as a violation. The prover does not set this for its host: it
// holds for all of zod.
config({ jitless: true });

const post = (message: Posted): void => postMessage(message);

addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
  post({ kind: "violation", directive: effectiveDirective }),
);

addEventListener("message", ({ data }: MessageEvent<Request>) => {
  import("./booth.ts")
    .then(({ work }) => work(data, (progress) => post({ kind: "progress", progress })))
    .then(
      (value) => post({ kind: "done", value }),
      (error: Error & { code?: string }) => post({ kind: "done", refused: error.code ?? error.name }),
    );
});
