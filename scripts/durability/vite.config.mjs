// Bundles server.ts from the sources of this tree; server-process.ts says why.
import { defineConfig } from "vite";

const conditions = ["@commune-zk/source", "node"];

export default defineConfig({
  logLevel: "error",
  build: {
    ssr: "scripts/durability/server.ts",
    emptyOutDir: false,
    target: "node20",
    rolldownOptions: { output: { entryFileNames: "server.mjs" } },
  },
  resolve: { conditions },
  // better-sqlite3 is a native addon.
  ssr: { noExternal: true, external: ["better-sqlite3"], resolve: { conditions } },
});
