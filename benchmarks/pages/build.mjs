// node build.mjs ROOT DIRECTORY: bundles the page of a folder by Vite with nothing set but that our packages'
// TypeScript sources are taken ("@commune-zk/source"), so that no stale build is tested.
import { build, defaultClientConditions } from "vite";

const [root, outDir] = process.argv.slice(2);
await build({
  configFile: false,
  logLevel: "error",
  root,
  resolve: { conditions: ["@commune-zk/source", ...defaultClientConditions] },
  worker: { format: "es" },
  build: { outDir, emptyOutDir: true },
});
