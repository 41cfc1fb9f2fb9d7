// npm run keys:verify: checks the stored keys against circuits and phase 1.
import { join } from "node:path";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { verifyKeys } from "@commune-zk/keys";

await verifyKeys({
  artifacts: join(REPOSITORY_ROOT, "keys/artifacts"),
  work: join(REPOSITORY_ROOT, "build/keys-work"),
  log: (line) => console.log(line),
});
// snarkjs keeps its worker threads for the life of the process.
process.exit(0);
