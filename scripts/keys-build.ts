// npm run keys:build [-- --phase1 FILE] [--prepared FILE]: makes all keys anew.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { buildKeys } from "@commune-zk/keys";
import { endThreads } from "./end-threads.ts";

const { values } = parseArgs({ options: { phase1: { type: "string" }, prepared: { type: "string" } } });
await buildKeys({
  output: join(REPOSITORY_ROOT, "keys/artifacts"),
  work: join(REPOSITORY_ROOT, "build/keys-work"),
  ...(values.phase1 !== undefined && { phase1: values.phase1 }),
  ...(values.prepared !== undefined && { prepared: values.prepared }),
  log: (line) => console.log(line),
});
await endThreads();
