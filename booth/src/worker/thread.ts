// Entry of the threads that the prover's engine starts.
import { serveThread } from "@commune-zk/prover";

serveThread();
