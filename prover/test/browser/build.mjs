// node build.mjs DIRECTORY: bundles the page and its worker as a booth would be, by Vite with nothing set but
// that our packages' TypeScript sources are taken ("source"), so that no stale build is tested.
import { fileURLToPath } from "node:url";
import { build, defaultClientConditions } from "vite";

const [outDir] = process.argv.slice(2);
await build({
  configFile: false,
  logLevel: "error",
  root: fileURLToPath(new URL(".", import.meta.url)),
  resolve: { conditions: ["source", ...defaultClientConditions] },
  worker: { format: "es" },
  build: { outDir, emptyOutDir: true },
});
