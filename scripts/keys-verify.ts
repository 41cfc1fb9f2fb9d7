// npm run keys:verify [-- --set ballot|hours]: checks the stored keys against circuits and phase 1.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { verifyKeys } from "@commune-zk/keys";
import { endThreads } from "./end-threads.ts";
import { parseKeySet } from "./key-set.ts";

const { values } = parseArgs({ options: { set: { type: "string" } } });
const set = parseKeySet(values.set);
await verifyKeys({
  artifacts: join(REPOSITORY_ROOT, "keys/artifacts"),
  work: join(REPOSITORY_ROOT, "build/keys-work"),
  ...(set !== undefined && { sets: [set] }),
  log: (line) => console.log(line),
});
await endThreads();
