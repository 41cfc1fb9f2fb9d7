/** One configuration for every workspace: TypeScript sources run as native ESM through swc. */
export default {
  testEnvironment: "node",
  // "@commune-zk/source" makes `@commune-zk/*` resolve to src/, so that tests never run a stale build.
  testEnvironmentOptions: { customExportConditions: ["@commune-zk/source", "node", "node-addons"] },
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "es6" } },
    ],
  },
  setupFiles: ["<rootDir>/scripts/jest-relaxed-simd.mjs"],
  testMatch: ["<rootDir>/*/test/**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/build/", "/dist/"],
  testTimeout: 60_000,
  testSequencer: "<rootDir>/scripts/test-sequencer.mjs",
  // One more than the two processors that this is meant for: tests wait for browsers and other processes.
  maxWorkers: 3,
  // Modules of earlier files stay in a worker's heap: a new worker is cheaper than collecting around them.
  workerIdleMemoryLimit: "700MB",
};
