// A thread of the page's engine.
import { serveThread } from "@commune-zk/prover";

serveThread();
