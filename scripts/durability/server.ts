// The service of a durability run, in a process of its own that is there to be killed.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseManifest } from "@commune-zk/prover";
import { directoryArtifactSource } from "@commune-zk/prover/node";
import { startServer } from "@commune-zk/verifier";
import Database from "better-sqlite3";

/** What the process is told, as JSON in its first argument. Everything in it is made up. */
export interface ServerSetup {
  readonly databasePath: string;
  readonly operatorToken: string;
  /** Hexadecimal. */
  readonly boardKey: string;
  readonly keysDirectory: string;
  /** What the clock shows, in seconds. */
  readonly now: number;
  /** The control: how SQLite syncs in truth, while the store is told FULL. */
  readonly synchronous?: "NORMAL" | "OFF";
}

/** Turns the product's demand for FULL into another level. The product has no such option. */
function weaken(level: string): void {
  const { pragma } = Database.prototype;
  Database.prototype.pragma = function (source, options) {
    if (source === "synchronous = FULL") return pragma.call(this, `synchronous = ${level}`, options);
    if (source === "synchronous") return 2;
    return pragma.call(this, source, options);
  };
}

const setup = JSON.parse(process.argv[2]!) as ServerSetup;
if (setup.synchronous !== undefined) weaken(setup.synchronous);
// Whoever would kill this process is gone.
process.once("disconnect", () => process.exit(0));
const { baseUrl } = await startServer(
  {
    databasePath: setup.databasePath,
    operatorToken: setup.operatorToken,
    boardKey: Buffer.from(setup.boardKey, "hex"),
    manifest: parseManifest(await readFile(join(setup.keysDirectory, "manifest.json"))),
    artifacts: directoryArtifactSource(setup.keysDirectory),
    now: () => setup.now,
    allowDevelopmentKeys: true,
    log: { write: (line: string) => void process.stderr.write(line) },
  },
  { port: 0 },
);
process.send!(baseUrl);
