// What a booth does with the prover: reads, checks and proves, from what the page's own origin serves.

import {
  fromHex,
  importIdentity,
  loadManifest,
  type ProofProgress,
  parseManifest,
  pathFromFiles,
  proveBallot,
  provingArtifacts,
  publicPaths,
  readArtifact,
  type ThreadOptions,
  toHex,
  urlArtifactSource,
  urlPublicFiles,
  validatePoll,
  wasmEngine,
  webThreads,
} from "../../src/index.ts";
import type { Request, Vote } from "./messages.ts";

/** Does what is asked. Its errors are the prover's own. */
export async function work(
  request: Request,
  onProgress: (progress: ProofProgress) => void,
): Promise<unknown> {
  switch (request.kind) {
    case "artifact":
      return (await readArtifact(urlArtifactSource(request.baseUrl), request.file)).length;
    case "vote":
      return vote(request, onProgress);
    case "globals":
      return request.names.filter((name) => name in globalThis);
    case "eval":
      return new Function("return 1")();
  }
}

/** Everything that a booth does between an invitation and a ballot that is ready to be sent. */
async function vote(
  request: Extract<Request, { kind: "vote" }>,
  onProgress: (progress: ProofProgress) => void,
): Promise<Vote> {
  const files = urlPublicFiles(request.pollUrl);
  const manifest = parseManifest(await files.read(publicPaths.keys));
  const poll = validatePoll({
    pollBytes: await files.read(publicPaths.poll),
    signaturesBytes: await files.read(publicPaths.signatures),
    manifest,
    anchor: { kind: "poll-id", pollId: request.pollId },
    allowDevelopmentKeys: true,
  });
  const identity = importIdentity(fromHex(request.privateKey, 32));
  const { layout, rollRoot: root } = poll;
  const roll = { size: poll.poll.roll.size, root, depth: layout.depth };
  const merklePath = await pathFromFiles({ files, roll, commitment: identity.commitment });
  const keySet = loadManifest(manifest.bytes, poll.poll.keySet.digest);
  const source = urlArtifactSource(request.artifactsUrl);
  const artifacts = await provingArtifacts(source, keySet.manifest, poll.circuit);
  const sums: boolean[] = [];
  const makeThread = () => new Worker(new URL("./thread.ts", import.meta.url), { type: "module" });
  const engine = wasmEngine({ threads: watched(webThreads(makeThread, request.threads), sums) });
  const ballot = await proveBallot({
    poll,
    identity,
    merklePath,
    votes: request.votes,
    artifacts,
    engine,
    onProgress,
  });
  await engine.dispose();
  return { record: toHex(ballot.record), sums };
}

/** The same threads; every sum that one of them computed is noted in `sums`. */
function watched({ count, start }: ThreadOptions, sums: boolean[]): ThreadOptions {
  return {
    count,
    start() {
      const port = start();
      const asked = new Map<unknown, boolean>();
      return {
        ...port,
        post(message, transfer) {
          const { id, scalars } = message as { id: number; scalars?: Uint8Array };
          if (scalars !== undefined) asked.set(id, !(scalars.buffer instanceof ArrayBuffer));
          port.post(message, transfer);
        },
        listen(onMessage, onEnd) {
          port.listen((message) => {
            const { id, kind } = message as { id: number; kind: string };
            if (kind === "sum") sums.push(asked.get(id)!);
            onMessage(message);
          }, onEnd);
        },
      };
    },
  };
}
