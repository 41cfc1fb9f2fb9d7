// What a thread of an engine runs in Node.
import { parentPort } from "node:worker_threads";
import { servePort } from "../groth16/threads/serve.ts";

const port = parentPort!;
servePort({
  post: (message, transfer = []) => port.postMessage(message, [...transfer]),
  listen: (onMessage) => port.on("message", onMessage),
});
