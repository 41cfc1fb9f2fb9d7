// Passkeys with the PRF extension of WebAuthn: the authenticator computes a secret that it never shows before.
import type { Passkeys } from "./core/surroundings.ts";

/** What the secret is computed from; it is public, and another application's would give another secret. */
const PRF_INPUT = new TextEncoder().encode("commune-zk booth: unlock the identity, v1");
const NAME = "commune-zk booth";
/** ES256, and RS256 for authenticators that know no other. */
const ALGORITHMS = [-7, -257];

/** The browser's authenticators. */
export function browserPasskeys(): Passkeys {
  return {
    async create() {
      const credential = await navigator.credentials.create({
        publicKey: {
          rp: { name: NAME },
          // Nobody looks the member up by it.
          user: { id: randomBytes(16), name: NAME, displayName: NAME },
          // No server checks an answer: the secret alone matters.
          challenge: randomBytes(32),
          pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
          authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
          extensions: { prf: { eval: { first: PRF_INPUT } } },
        },
      });
      if (!(credential instanceof PublicKeyCredential)) throw new Error("no passkey was made");
      const credentialId = new Uint8Array(credential.rawId);
      // Some authenticators compute the secret only when they are used.
      const secret = secretIn(credential) ?? (await secretOf(credentialId));
      return { credentialId, secret };
    },
    secretOf,
  };
}

async function secretOf(credentialId: Uint8Array): Promise<Uint8Array> {
  const credential = await navigator.credentials.get({
    publicKey: {
      challenge: randomBytes(32),
      allowCredentials: [{ type: "public-key", id: credentialId.slice() }],
      userVerification: "required",
      extensions: { prf: { eval: { first: PRF_INPUT } } },
    },
  });
  const secret = credential instanceof PublicKeyCredential ? secretIn(credential) : null;
  if (secret === null) throw new Error("the authenticator has no PRF");
  return secret;
}

function secretIn(credential: PublicKeyCredential): Uint8Array | null {
  const first = credential.getClientExtensionResults().prf?.results?.first;
  if (first === undefined) return null;
  return ArrayBuffer.isView(first)
    ? new Uint8Array(first.buffer, first.byteOffset, first.byteLength).slice()
    : new Uint8Array(first);
}

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}
