// A thread of the page's engine.
import { serveThread } from "./prover.js";

serveThread();
