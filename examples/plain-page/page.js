// The page encrypts a vote, and proves that it is one valid ballot of somebody on the roll.
import { onPress, show } from "../shared/press.js";
import {
  fromUtf8,
  inventPoll,
  parseManifest,
  pathFromFiles,
  proveBallot,
  provingArtifacts,
  publicPaths,
  urlArtifactSource,
  urlPublicFiles,
  validatePoll,
  wasmEngine,
  webThreads,
} from "./prover.js";

const server = urlPublicFiles(location.origin);
const artifacts = urlArtifactSource("/artifacts");
const threads = webThreads(() => new Worker(new URL("./thread.js", import.meta.url), { type: "module" }));

const form = document.querySelector("form");
const choices = [...form.querySelectorAll("input")];

onPress(form, async ({ signal, begin }) => {
  const { manifest, digest, bytes } = parseManifest(await server.read(publicPaths.keys, { signal }));
  const { identity, registrarKey, files } = inventPoll({
    title: form.querySelector("legend").textContent,
    options: choices.map(({ value }) => value),
    keySet: { digest, kind: manifest.kind },
  });
  // The one judge of polls: nothing is encrypted to a key that registrar and trustees did not sign.
  const pollBytes = await files.read(publicPaths.poll);
  const signaturesBytes = await files.read(publicPaths.signatures);
  const poll = validatePoll({
    pollBytes,
    signaturesBytes,
    manifest: { manifest, digest, bytes },
    anchor: { kind: "registrar", key: registrarKey },
    // The keys of this repository are for rehearsals: whoever made them could forge proofs.
    allowDevelopmentKeys: true,
  });
  const roll = { size: poll.poll.roll.size, root: poll.rollRoot, depth: poll.layout.depth };
  const engine = wasmEngine({ threads });
  try {
    const ballot = await proveBallot({
      poll,
      identity,
      merklePath: await pathFromFiles({ files, roll, commitment: identity.commitment }),
      votes: choices.map(({ checked }) => (checked ? 1 : 0)),
      artifacts: await provingArtifacts(artifacts, manifest, poll.circuit, { signal }),
      engine,
      signal,
      onProgress: ({ phase }) => begin(phase),
    });
    show("sent", ballot.submission);
    show("poll", fromUtf8(pollBytes));
    show("signatures", fromUtf8(signaturesBytes));
    return "Your ballot is encrypted, and proven to be a valid one. Only the sum of all ballots would ever be opened.";
  } finally {
    await engine.dispose();
  }
});
