// docs/spec/identity.md §4: identity, signature and registration, computed again from the page's words and by
// Semaphore's own library.
import { expect, test } from "@jest/globals";
import { Identity } from "@semaphore-protocol/identity";
import { parsePoint } from "../../src/formats/point.ts";
import { parseEddsa, verifyEddsa } from "../../src/protocol/eddsa-poseidon.ts";
import { verifyRegistration } from "../../src/protocol/registration.ts";
import { testExample } from "./support/checks.ts";
import { identityExample } from "./support/examples.ts";
import {
  bytes,
  canonical,
  combination,
  integer,
  oracle,
  pair,
  point,
  publicKeyOf,
  S,
} from "./support/independent.ts";
import { readExample } from "./support/pages.ts";

interface Signature {
  readonly r8: unknown;
  readonly s: string;
}
interface IdentityExample extends Record<"privateKey" | "secret" | "commitment", string> {
  readonly publicKey: unknown;
  readonly eddsa: { readonly message: string; readonly signature: Signature };
  readonly registration: Record<
    "registrarKey" | "rollId" | "registrarNonce" | "mailboxKey" | "message" | "document",
    string
  >;
}

const example = readExample("identity") as unknown as IdentityExample;
const semaphore = new Identity(bytes(example.privateKey));

/** identity.md §2: whether S·Base8 = R8 + 8·e·A. */
function satisfies({ r8, s }: Signature, message: bigint): boolean {
  const [r, a] = [pair(r8), pair(example.publicKey)];
  const e = oracle.poseidon([...r, ...a, message]);
  const left = oracle.multiply(oracle.base8, BigInt(s));
  return (
    `${left}` ===
    `${combination([
      [1n, r],
      [8n * e, a],
    ])}`
  );
}

testExample("identity", identityExample);

test("Semaphore's library and the page's words give the identity", () => {
  expect(semaphore.secretScalar).toBe(BigInt(example.secret));
  expect(semaphore.publicKey).toEqual(pair(example.publicKey));
  expect(semaphore.commitment).toBe(BigInt(example.commitment));
  const publicKey = oracle.multiply(oracle.base8, BigInt(example.secret));
  expect(publicKey).toEqual(pair(example.publicKey));
  expect(oracle.poseidon(publicKey)).toBe(BigInt(example.commitment));
});

test("Semaphore's library makes the same signature, which satisfies the page's equation", () => {
  const { message, signature } = example.eddsa;
  const { R8, S: scalar } = semaphore.signMessage(BigInt(message));
  expect([R8, scalar]).toEqual([pair(signature.r8), BigInt(signature.s)]);
  expect(satisfies(signature, BigInt(message))).toBe(true);
  expect(satisfies(signature, BigInt(message) + 1n)).toBe(false);
  const publicKey = parsePoint(example.publicKey);
  expect(verifyEddsa(publicKey, BigInt(message), parseEddsa(signature, "signature"))).toBe(true);
});

test("the page's words give the registration's message, and its document is of the page's form", () => {
  const { document, message, ...given } = example.registration;
  const { registrarKey, rollId, registrarNonce, mailboxKey } = given;
  const parts = [registrarKey, rollId, registrarNonce].map(bytes);
  const made = S("possession", ...parts, point(pair(example.publicKey)), bytes(mailboxKey));
  expect(made.toString("hex")).toBe(message);
  expect(registrarKey).toBe(publicKeyOf(bytes("01".repeat(32))));

  const { r8, s } = (JSON.parse(document) as { signature: Signature }).signature;
  const type = "commune-zk/registration/v1";
  const { publicKey } = example;
  expect(document).toBe(canonical({ type, ...given, publicKey, signature: { r8, s } }));
  expect(satisfies({ r8, s }, integer(made))).toBe(true);
  const { R8, S: scalar } = semaphore.signMessage(integer(made));
  expect([R8, scalar]).toEqual([pair(r8), BigInt(s)]);
});

test("the code admits the registration, and computes the commitment itself", () => {
  const { document, registrarKey, rollId } = example.registration;
  const { commitment } = verifyRegistration(JSON.parse(document), { registrarKey, rollId });
  expect(commitment).toBe(BigInt(example.commitment));
});
