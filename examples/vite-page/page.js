// The page proves that its reader is on a roll. Nothing here or in ./thread.js is for Vite alone.
import "../shared/no-code-from-strings.js";
import {
  createIdentity,
  fromUtf8,
  membershipDepth,
  membershipPath,
  parseSemaphoreManifest,
  proveSignIn,
  semaphoreProvingArtifacts,
  urlArtifactSource,
  urlPublicFiles,
  validateSnapshot,
  wasmEngine,
  webThreads,
} from "@commune-zk/prover";
import { randomHex } from "@commune-zk/prover/rehearsal";
import { inventRoll } from "../shared/invented-roll.js";
import { onPress, show } from "../shared/press.js";

const server = urlPublicFiles(location.origin);
const artifacts = urlArtifactSource("/artifacts");
// Bundlers find the thread's module by this very form of words.
const threads = webThreads(() => new Worker(new URL("./thread.js", import.meta.url), { type: "module" }));

// In earnest the identity is kept, encrypted by `sealSecret`, and the rest is fetched from the organisation.
const identity = createIdentity();
const { registrarKey, snapshot, files } = inventRoll(identity);

onPress(document.querySelector("form"), async ({ signal, begin }) => {
  const { roll } = validateSnapshot(snapshot, { kind: "registrar", key: registrarKey });
  // The origin is the page's own, never what a server says it is; the nonce comes from the service.
  const challenge = { origin: location.origin, nonce: randomHex() };
  const keys = parseSemaphoreManifest(await server.read("semaphore.json", { signal }));
  const engine = wasmEngine({ threads });
  try {
    const proof = await proveSignIn({
      ...challenge,
      identity,
      roll,
      path: await membershipPath({ files, roll, commitment: identity.commitment }),
      artifacts: await semaphoreProvingArtifacts(artifacts, keys, membershipDepth(roll), { signal }),
      engine,
      signal,
      onProgress: ({ phase }) => begin(phase),
    });
    show("sent", { ...challenge, proof });
    show("snapshot", fromUtf8(snapshot));
    return `Proven: you are one of the ${roll.members} members. The service would let you in, and not know who you are.`;
  } finally {
    await engine.dispose();
  }
});
