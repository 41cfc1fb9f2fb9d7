// A process that proves with one side's engine; scripts/bench-compare.ts and bench-compare-demo.ts start it.
import { serveSide } from "@commune-zk/benchmarks/serve-side";

serveSide();
