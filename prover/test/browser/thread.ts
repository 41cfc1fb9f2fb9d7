// A thread of the worker's engine.
import { serveThread } from "../../src/index.ts";

serveThread();
