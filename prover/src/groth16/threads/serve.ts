// A thread: keeps pieces of a proving key and multiplies them by what it is sent; hashes pairs.
import { InputError } from "../../formats/errors.ts";
import { hashPairBytes } from "../../formats/poseidon-kernels.ts";
import { Workspace } from "../../wasm/kernels.ts";
import { EXTENDED_BYTES, multiplyInTurns } from "../multiply.ts";
import { type LoadedPiece, loadPiece } from "../pieces.ts";
import { Turns } from "../turns.ts";
import type { FromThread, ToThread } from "./messages.ts";
import type { ThreadPort } from "./port.ts";
import { isShared } from "./share.ts";

/** What a worker sees of the one that started it. */
interface WorkerScope {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
}

/** Makes the Worker whose module calls it a thread of an engine. Nothing else may use the worker's messages. */
export function serveThread(): void {
  const scope = globalThis as unknown as WorkerScope;
  servePort({
    post: (message, transfer = []) => scope.postMessage(message, [...transfer]),
    listen: (onMessage) => scope.addEventListener("message", ({ data }) => onMessage(data)),
  });
}

/** The same for any other kind of line. */
export function servePort(port: Pick<ThreadPort, "post" | "listen">): void {
  let workspace: Workspace | undefined;
  /** For hashing alone: nothing in it is secret. */
  let hashing: Workspace | undefined;
  let pieces: readonly LoadedPiece[] = [];
  let stopping = new AbortController();
  let queue: Promise<void> = Promise.resolve();

  const load = async ({
    id,
    pieces: all,
    modules,
  }: Extract<ToThread, { kind: "load" }>): Promise<FromThread> => {
    // The old one's memory goes before the new one's comes.
    workspace = undefined;
    pieces = [];
    const fresh = await Workspace.start(modules);
    const turns = new Turns(stopping.signal);
    const loaded: LoadedPiece[] = [];
    for (const { group, points } of all) {
      await turns.between();
      loaded.push(loadPiece(fresh, group, points));
    }
    workspace = fresh;
    pieces = loaded;
    return { kind: "loaded", id };
  };

  const sum = async ({ id, piece, scalars }: Extract<ToThread, { kind: "sum" }>): Promise<FromThread> => {
    const loaded = pieces[piece];
    if (workspace === undefined || loaded === undefined) return { kind: "failed", id, why: "unexpected" };
    const { group, count, table } = loaded;
    const turns = new Turns(stopping.signal);
    const mark = workspace.mark();
    try {
      const multiples = { n: count, scalars: workspace.put(scalars), table };
      const out = await multiplyInTurns(workspace, group, multiples, turns.between);
      return { kind: "sum", id, point: new Uint8Array(workspace.bytes(out, EXTENDED_BYTES[group])) };
    } finally {
      workspace.release(mark);
      workspace.wipe();
      if (!isShared(scalars)) scalars.fill(0);
    }
  };

  const hash = async ({ id, modules, pairs }: Extract<ToThread, { kind: "hash" }>): Promise<FromThread> => {
    hashing ??= await Workspace.start(modules);
    return { kind: "hashes", id, hashes: hashPairBytes(hashing, pairs) };
  };

  const answer = async (message: Exclude<ToThread, { kind: "stop" }>): Promise<FromThread> => {
    try {
      if (message.kind === "load") return await load(message);
      return await (message.kind === "sum" ? sum(message) : hash(message));
    } catch (error) {
      return { kind: "failed", id: message.id, why: reasonOf(error) };
    }
  };

  port.listen(
    (data) => {
      const message = data as ToThread;
      if (message.kind === "stop") {
        stopping.abort();
        queue = queue.then(() => {
          stopping = new AbortController();
          port.post({ kind: "stopped", id: message.id } satisfies FromThread);
        });
        return;
      }
      queue = queue.then(async () => {
        const said = await answer(message);
        port.post(said, moved(said));
      });
    },
    () => undefined,
  );
}

/** What moves with an answer. */
function moved(said: FromThread): ArrayBuffer[] {
  if (said.kind === "sum") return [said.point.buffer as ArrayBuffer];
  return said.kind === "hashes" ? [said.hashes.buffer as ArrayBuffer] : [];
}

function reasonOf(error: unknown): "malformed" | "memory" | "unexpected" {
  if (error instanceof InputError) return "malformed";
  return error instanceof RangeError ? "memory" : "unexpected";
}
