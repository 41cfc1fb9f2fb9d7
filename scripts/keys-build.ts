// npm run keys:build [-- [--set ballot|hours] [--phase1 FILE] [--prepared FILE]]: makes keys anew, all of them
// from a new phase 1 or FILE, or one set from the stored phase 1.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { buildKeys } from "@commune-zk/keys";
import { endThreads } from "./end-threads.ts";
import { parseKeySet } from "./key-set.ts";

const { values } = parseArgs({
  options: { set: { type: "string" }, phase1: { type: "string" }, prepared: { type: "string" } },
});
const set = parseKeySet(values.set);
await buildKeys({
  output: join(REPOSITORY_ROOT, "keys/artifacts"),
  work: join(REPOSITORY_ROOT, "build/keys-work"),
  ...(set !== undefined && { set }),
  ...(values.phase1 !== undefined && { phase1: values.phase1 }),
  ...(values.prepared !== undefined && { prepared: values.prepared }),
  log: (line) => console.log(line),
});
await endThreads();
