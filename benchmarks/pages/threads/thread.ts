// A thread of an engine, in a worker that the page's worker starts.
import { serveThread } from "@commune-zk/prover";

serveThread();
