// What the stock circuit accepts that a verifier must not, and what it refuses. docs/spec/membership.md §3.
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { verifyProof } from "@semaphore-protocol/proof";
import { IDENTITY } from "../../src/formats/point.ts";
import {
  type CircuitInputs,
  commitmentOf,
  createIdentity,
  FIELD_ORDER,
  SUBGROUP_ORDER as L,
  type LeanRoll,
  type ProvingArtifacts,
  semaphoreProvingArtifacts,
  verifySignIn,
} from "../../src/index.ts";
import { rootOfLeanPath } from "../../src/protocol/membership/lean-imt.ts";
import { semaphoreProofToJson } from "../../src/protocol/membership/semaphore-proof.ts";
import { signInPurpose } from "../../src/protocol/membership/sign-in.ts";
import { signalHash } from "../../src/protocol/membership/statement.ts";
import { randomHex } from "../../src/rehearsal.ts";
import { inputRejection } from "../trustees/support.ts";
import {
  artifacts,
  asStock,
  endStockThreads,
  engine,
  frozen,
  makeMembers,
  manifest,
  verifier,
} from "./support.ts";

let depth2: ProvingArtifacts;
beforeAll(async () => {
  depth2 = await semaphoreProvingArtifacts(artifacts, manifest, 2);
  // The witness calculator says why it refuses.
  jest.spyOn(console, "error").mockImplementation(() => undefined);
});
afterAll(endStockThreads);

const { secret, commitment } = createIdentity();
const siblings = [11n, 12n];

/** Inputs of a path of two siblings, with changes. */
const inputs = (changes: CircuitInputs = {}): CircuitInputs => ({
  secret,
  merkleProofLength: 2n,
  merkleProofIndex: 0n,
  merkleProofSiblings: siblings,
  scope: 5n,
  message: 6n,
  ...changes,
});

/** Public signals [root, nullifier, message, scope] that the circuit gives; undefined where it refuses. */
async function signals(changes: CircuitInputs): Promise<readonly bigint[] | undefined> {
  // The witness alone would do; a proof is the only thing that the engine gives.
  return engine.prove({ artifacts: depth2, inputs: inputs(changes) }).then(
    ({ publicSignals }) => publicSignals,
    (error: { code?: string }) => {
      expect(error.code).toBe("witness-unsatisfied");
      return undefined;
    },
  );
}

describe("the secret", () => {
  // One public key, one nullifier for each scope: no other number than the secret itself opens the commitment.
  test.each<[string, bigint]>([
    ["s + l", secret + L],
    ["s + 2l", secret + 2n * L],
    ["s + 7l", secret + 7n * L],
    ["l", L],
    // LessThan(251) takes numbers from r − (2²⁵¹ − l) up for small ones; the 253 bits of the key's
    // multiplication cannot hold them.
    ["r − 1", FIELD_ORDER - 1n],
    ["r − (2²⁵¹ − l)", FIELD_ORDER - (2n ** 251n - L)],
    ["the secret's alias below r", secret + L * ((FIELD_ORDER - 1n - secret) / L)],
  ])("cannot be %s", async (_name, alias) => {
    expect(await signals({ secret: alias })).toBeUndefined();
  });

  test("can be 0, whose commitment no registration has", async () => {
    const [root] = (await signals({ secret: 0n }))!;
    expect(root).toBe(rootOfLeanPath(commitmentOf(IDENTITY), { index: 0, siblings }));
  });
});

describe("a path longer than the circuit is deep", () => {
  test("gives root 0 to anybody: the stock verifier takes the proof, no roll of ours does", async () => {
    const members = makeMembers(3);
    const { roll } = frozen(members, members.roll);
    const challenge = { origin: "https://commune.example", nonce: randomHex() };
    const purpose = signInPurpose(challenge);
    const { proof, publicSignals } = await engine.prove({
      artifacts: depth2,
      inputs: inputs({
        merkleProofLength: 3n,
        scope: signalHash(purpose.scope),
        message: signalHash(purpose.message),
      }),
    });
    expect(publicSignals[0]).toBe(0n);
    expect(rootOfLeanPath(commitment, { index: 0, siblings })).not.toBe(0n);
    const statement = { depth: 2, root: 0n, nullifier: publicSignals[1]!, ...purpose };
    const forged = semaphoreProofToJson(statement, proof);
    expect(await verifyProof(asStock(forged))).toBe(true);
    const verify = (rolls: readonly LeanRoll[]) =>
      verifySignIn({ ...challenge, rolls, proof: forged, verifier });
    expect(await inputRejection(verify([roll]))).toMatchObject({ code: "membership-other-roll" });
    // Had a document frozen root 0, an outsider would be in: documents.test.ts sees it refused.
    expect((await verify([{ ...roll, root: 0n }])).nullifier).toBe(publicSignals[1]);
  });

  test("is the only way to a root without its leaf: an index beyond the circuit is refused", async () => {
    expect(await signals({ merkleProofIndex: 4n })).toBeUndefined();
    expect(await signals({ merkleProofIndex: FIELD_ORDER - 1n })).toBeUndefined();
  });
});
