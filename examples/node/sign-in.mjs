// A member of a roll signs in to a service, which learns that it is a member and not which one.
import { readFile } from "node:fs/promises";
import {
  createIdentity,
  membershipDepth,
  membershipPath,
  membershipVerifier,
  parseSemaphoreManifest,
  proveSignIn,
  semaphoreProvingArtifacts,
  validateSnapshot,
  verifySignIn,
  wasmEngine,
} from "@commune-zk/prover";
import { directoryArtifactSource, nodeThreads, semaphorePackageDirectory } from "@commune-zk/prover/node";
import { randomHex } from "@commune-zk/prover/rehearsal";
import { inventRoll } from "../shared/invented-roll.js";

const MEMBERS_PATIENCE_MS = 60_000;

// Both sides have the keys of Semaphore's public ceremony: the manifest, whose digest the prover pins, and the files,
// which npm installed and whose digests the manifest pins.
const keys = parseSemaphoreManifest(await readFile(new URL("../../keys/semaphore.json", import.meta.url)));
const artifacts = directoryArtifactSource(semaphorePackageDirectory());

// The member, once. In earnest the identity is kept, encrypted by `sealSecret`.
const identity = createIdentity();
const { registrarKey, snapshot, files } = inventRoll(identity);

// The service: a challenge for this one sign-in.
const challenge = { origin: "https://service.example", nonce: randomHex() };

// The member: believes the registrar's signature only, finds itself on the roll, and answers.
async function answer(signal) {
  const { roll } = validateSnapshot(snapshot, { kind: "registrar", key: registrarKey });
  const engine = wasmEngine({ threads: nodeThreads() });
  try {
    return await proveSignIn({
      ...challenge,
      identity,
      roll,
      path: await membershipPath({ files, roll, commitment: identity.commitment }),
      artifacts: await semaphoreProvingArtifacts(artifacts, keys, membershipDepth(roll), { signal }),
      engine,
      signal,
      onProgress: ({ phase, done, total }) => console.log(`step ${done + 1} of ${total}: ${phase}`),
    });
  } finally {
    // Ends the threads, whatever happened.
    await engine.dispose();
  }
}
const sent = JSON.stringify(await answer(AbortSignal.timeout(MEMBERS_PATIENCE_MS)));

// The service: from what it was sent, its own challenge, and the roll as the registrar signed it. What does not hold
// throws an InputError, whose `code` says why.
const { roll } = validateSnapshot(snapshot, { kind: "registrar", key: registrarKey });
await verifySignIn({
  ...challenge,
  rolls: [roll],
  proof: JSON.parse(sent),
  verifier: membershipVerifier(artifacts, keys),
});
console.log(`One of ${roll.members} members has signed in. Which one, the ${sent.length} bytes do not tell.`);
