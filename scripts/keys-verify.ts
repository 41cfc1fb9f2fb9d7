// npm run keys:verify: checks the stored keys against circuits and phase 1.
import { join } from "node:path";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { verifyKeys } from "@commune-zk/keys";
import { endThreads } from "./end-threads.ts";

await verifyKeys({
  artifacts: join(REPOSITORY_ROOT, "keys/artifacts"),
  work: join(REPOSITORY_ROOT, "build/keys-work"),
  log: (line) => console.log(line),
});
await endThreads();
