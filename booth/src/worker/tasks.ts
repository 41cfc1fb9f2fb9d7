// What the worker does. It logs nothing, and of an error it tells code, place and name alone.
import {
  type ArtifactSource,
  audit,
  concatBytes,
  type Engine,
  type Identity,
  InputError,
  importIdentity,
  type LoadedManifest,
  openSecret,
  type PublicFiles,
  parseManifest,
  proveBallot,
  provingArtifacts,
  SelfCheckError,
  sealSecret,
  type ValidPoll,
  validatePoll,
  WitnessError,
  wasmEngine,
} from "@commune-zk/prover";
import { findOnRoll } from "./find-on-roll.ts";
import { openAll, proveThreshold, standingOf } from "./hours.ts";
import { answerOne, findMember, signOne } from "./membership.ts";
import type {
  FromWorker,
  Need,
  PollMaterial,
  TaskFault,
  TaskName,
  TaskProgress,
  Tasks,
  ToWorker,
} from "./protocol.ts";

/** What a task reads from, and reports to. */
interface Host {
  readonly files: PublicFiles;
  readonly artifacts: ArtifactSource;
  readonly engine: () => Engine;
  report(progress: TaskProgress): void;
}

type Perform = {
  readonly [N in TaskName]: (input: Tasks[N]["input"], host: Host) => Promise<Tasks[N]["output"]>;
};

const perform: Perform = {
  async sealIdentity({ privateKey, passphrase, parameters }) {
    try {
      const secret = { kind: "identity", secret: privateKey, passphrase } as const;
      return await sealSecret({ ...secret, ...(parameters && { parameters }) });
    } finally {
      privateKey.fill(0);
    }
  },

  openIdentity: ({ file, passphrase }) => openSecret({ bytes: file, kind: "identity", passphrase }),

  async findPath({ material, commitment }, { files }) {
    const { poll } = judge(material);
    const roll = { size: poll.poll.roll.size, root: poll.rollRoot, depth: poll.layout.depth };
    return findOnRoll(files, { roll, commitment });
  },

  async prove({ material, privateKey, path, votes, revision }, { artifacts, engine, report }) {
    const { poll, manifest } = judge(material);
    report({ phase: "artifacts" });
    const circuit = await provingArtifacts(artifacts, manifest.manifest, poll.circuit);
    const prover = engine();
    try {
      return await withIdentity(privateKey, (identity) =>
        proveBallot({
          poll,
          identity,
          merklePath: path,
          votes,
          revision,
          artifacts: circuit,
          engine: prover,
          onProgress: ({ phase }) => report({ phase }),
        }),
      );
    } finally {
      await prover.dispose();
    }
  },

  openAttestations: ({ privateKey, sealed }) =>
    withIdentity(privateKey, (identity) => openAll(identity, sealed)),

  standing: ({ material, privateKey, sealed }, { files }) =>
    withIdentity(privateKey, (identity) => standingOf({ material, identity, sealed, files })),

  proveClaim: ({ material, privateKey, sealed, threshold }, { files, artifacts, engine, report }) =>
    withIdentity(privateKey, (identity) =>
      proveThreshold({ material, identity, sealed, files, threshold, artifacts, engine, report }),
    ),

  findMember: ({ material, commitment }, { files }) => findMember(material, { commitment, files }),

  signPetition: ({ material, privateKey, path, manifest }, { artifacts, engine, report }) =>
    withIdentity(privateKey, (identity) =>
      signOne(material, { identity, path, manifest, artifacts, engine, report }),
    ),

  proveSignIn: ({ material, origin, nonce, privateKey, path, manifest }, { artifacts, engine, report }) =>
    withIdentity(privateKey, (identity) =>
      answerOne(material, { origin, nonce }, { identity, path, manifest, artifacts, engine, report }),
    ),

  async audit({ material }, { files, artifacts, report }) {
    const { anchor, allowDevelopmentKeys } = material;
    const { result } = await audit({
      files,
      artifacts,
      anchor,
      allowDevelopmentKeys,
      manifest: parseManifest(material.manifest),
      onProgress: (step, done, total) => report({ step, done, total }),
    });
    return result ?? null;
  },
};

/** Works with an identity, whose keys are gone afterwards. */
async function withIdentity<T>(privateKey: Uint8Array, work: (identity: Identity) => Promise<T>): Promise<T> {
  const identity = importIdentity(privateKey);
  try {
    return await work(identity);
  } finally {
    identity.privateKey.fill(0);
    privateKey.fill(0);
  }
}

function judge(material: PollMaterial): { poll: ValidPoll; manifest: LoadedManifest } {
  const { poll: pollBytes, signatures: signaturesBytes, anchor, allowDevelopmentKeys } = material;
  const manifest = parseManifest(material.manifest);
  return {
    poll: validatePoll({ pollBytes, signaturesBytes, manifest, anchor, allowDevelopmentKeys }),
    manifest,
  };
}

/** What {@link serveTask} may be given instead of the real thing. */
export interface ServeOptions {
  readonly engine?: () => Engine;
}

/**
 * Serves one task.
 *
 * @param post - sends a message to the page.
 * @returns what takes the page's messages.
 */
export function serveTask(
  post: (message: FromWorker) => void,
  { engine = wasmEngine }: ServeOptions = {},
): (message: ToWorker) => void {
  const waiting = new Map<number, (bytes: Uint8Array | null) => void>();
  let needs = 0;
  const ask = (need: Need): Promise<Uint8Array | null> =>
    new Promise((resolve) => {
      const id = needs++;
      waiting.set(id, resolve);
      post({ kind: "need", id, need });
    });
  const host: Host = {
    engine,
    files: {
      async read(path) {
        const bytes = await ask({ file: path });
        if (bytes === null) throw new InputError("file-missing", "no such public file", path);
        return bytes;
      },
    },
    artifacts: {
      async bytes(file) {
        const pieces: Uint8Array[] = [];
        for (;;) {
          const bytes = await ask({ artifact: file, piece: pieces.length });
          if (bytes === null) throw new InputError("artifact-missing", "no such artifact", file.sha256);
          if (bytes.length === 0) return concatBytes(...pieces);
          pieces.push(bytes);
        }
      },
    },
    report: (progress) => post({ kind: "progress", progress }),
  };
  return (message) => {
    if (message.kind === "answer") {
      waiting.get(message.id)?.(message.bytes);
      waiting.delete(message.id);
      return;
    }
    run(message, host).then(
      (output) => post({ kind: "done", output }),
      (error: unknown) => post({ kind: "failed", fault: faultOf(error) }),
    );
  };
}

function run<N extends TaskName>(
  { name, input }: { readonly name: N; readonly input: Tasks[N]["input"] },
  host: Host,
): Promise<Tasks[N]["output"]> {
  return perform[name](input, host);
}

function faultOf(error: unknown): TaskFault {
  const name = error instanceof Error ? error.name : "unknown";
  if (error instanceof InputError) return { code: error.code, place: error.place ?? null, name };
  const told = error instanceof WitnessError || error instanceof SelfCheckError;
  return { code: told ? error.code : null, place: null, name };
}
