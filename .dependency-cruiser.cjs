// The import arrows of docs/design/layout.md. scripts/check-arrows.mjs runs them, with a planted violation.
const workspace = (name) => `^${name}/`;

/** `from` may import `to` and nothing else of ours. */
function only(from, to) {
  const allowed = [from, ...to].map(workspace).join("|");
  return {
    name: `${from}-imports-${to.join("-") || "nothing-of-ours"}`,
    severity: "error",
    from: { path: workspace(from), pathNot: "/test/" },
    to: { path: "^(circuits|keys|prover|verifier|booth|benchmarks|scripts|examples)/", pathNot: allowed },
  };
}

/** Inside a package, files of `from` never import files of `to`. */
function never(name, from, to) {
  return { name, severity: "error", from: { path: from }, to: { path: to } };
}

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    only("circuits", []),
    only("prover", []),
    only("keys", ["prover", "circuits"]),
    only("verifier", ["prover"]),
    only("booth", ["prover"]),
    only("benchmarks", ["prover", "keys", "verifier"]),
    only("examples", ["prover"]),
    never("reference-imports-nothing", "^prover/src/reference/", "^(?!prover/src/reference/)"),
    never(
      "formats-below-groth16-and-protocol",
      "^prover/src/formats/",
      "^prover/src/(groth16|protocol|node|rehearsal)",
    ),
    never("wasm-below-all-but-reference", "^prover/src/wasm/", "^prover/src/(?!wasm|reference)"),
    never("groth16-below-protocol", "^prover/src/groth16/", "^prover/src/(protocol|node|rehearsal)"),
    never("protocol-below-index", "^prover/src/protocol/", "^prover/src/(index|node|rehearsal)"),
    never(
      "node-built-ins-only-in-node",
      "^prover/src/(index|formats|groth16|protocol|reference|rehearsal|wasm)",
      "^(node:|fs$|path$|crypto$)",
    ),
    never(
      "booth-core-knows-no-view",
      "^booth/src/(core|worker)/",
      "^booth/src/(ui|i18n|style|main)|node_modules/preact",
    ),
    never("store-knows-no-http", "^verifier/src/store/", "^verifier/src/http/|node_modules/express"),
    never(
      "service-knows-no-http-and-no-sql",
      "^verifier/src/service/",
      "^verifier/src/(http|store)/|node_modules/(express|kysely|better-sqlite3)",
    ),
    never(
      "http-knows-no-sql",
      "^verifier/src/http/",
      "^verifier/src/store/|node_modules/(kysely|better-sqlite3)",
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // What check-docs.mjs plants may be there while check-arrows.mjs looks.
    exclude: { path: "(^|/)dist/|planted-export" },
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      conditionNames: ["@commune-zk/source", "import", "node", "default"],
      exportsFields: ["exports"],
    },
  },
};
