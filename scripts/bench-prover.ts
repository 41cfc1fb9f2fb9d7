// A process that makes proofs and nothing else; scripts/bench.ts and scripts/bench-fixtures.ts start it.
import { serveProofs } from "@commune-zk/benchmarks";

serveProofs();
