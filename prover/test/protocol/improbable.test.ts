// Checks that no input known to anybody reaches: a key whose scalar is 0, a commitment that is 0. The hashes that
// would have to give them are replaced. docs/spec/identity.md §1, §3.
import { expect, jest, test } from "@jest/globals";

const hashes = await import("../../src/formats/poseidon.ts");
const eddsa = await import("../../src/protocol/eddsa-poseidon.ts");
const { createIdentity } = await import("../../src/protocol/identity.ts");
const { createRegistration } = await import("../../src/protocol/registration.ts");

const context = { registrarKey: "01".repeat(32), rollId: "02".repeat(32), registrarNonce: "03".repeat(32) };

test("a public key whose commitment is 0, the empty leaf, is not registered", async () => {
  const registration = createRegistration({
    identity: createIdentity(),
    mailboxKey: "04".repeat(32),
    ...context,
  });
  jest.resetModules();
  jest.unstable_mockModule("../../src/formats/poseidon.ts", () => ({
    ...hashes,
    poseidon: (inputs: readonly bigint[]) => (inputs.length === 2 ? 0n : hashes.poseidon(inputs)),
  }));
  const { verifyRegistration } = await import("../../src/protocol/registration.ts");
  // The errors of a fresh module graph are of a fresh class.
  expect(() => verifyRegistration(registration, context)).toThrow(
    expect.objectContaining({ code: "registration-zero-commitment", place: "registration" }),
  );
});

test("a private key whose scalar is 0 is no identity", async () => {
  jest.resetModules();
  jest.unstable_mockModule("../../src/protocol/eddsa-poseidon.ts", () => ({
    ...eddsa,
    deriveSecretScalar: () => 0n,
  }));
  const { importIdentity } = await import("../../src/protocol/identity.ts");
  expect(() => importIdentity(new Uint8Array(32))).toThrow(
    expect.objectContaining({ code: "identity-malformed" }),
  );
});
