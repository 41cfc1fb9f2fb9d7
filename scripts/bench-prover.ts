// A process that makes proofs and nothing else; scripts/bench.ts, bench-history.ts and bench-fixtures.ts start it. Of
// our own code it loads no more than it needs: its start and its memory are measured.
import { serveProofs } from "@commune-zk/benchmarks/serve-proofs";

serveProofs();
