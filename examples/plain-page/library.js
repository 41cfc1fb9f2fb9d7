// What the page takes of the prover. esbuild makes one module of it, ./prover.js: examples/README.md.
import "../shared/no-code-from-strings.js";

export {
  fromUtf8,
  parseManifest,
  pathFromFiles,
  proveBallot,
  provingArtifacts,
  publicPaths,
  serveThread,
  urlArtifactSource,
  urlPublicFiles,
  validatePoll,
  wasmEngine,
  webThreads,
} from "@commune-zk/prover";
export { inventPoll } from "./invented-poll.js";
