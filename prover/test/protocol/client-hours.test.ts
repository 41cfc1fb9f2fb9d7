// The clients of claims and petitions: never "accepted" without a receipt that proves this very record.
// What they share with the client of ballots (repetition, aborts, refusals), client.test.ts shows.
import { describe, expect, test } from "@jest/globals";
import {
  BadReceiptError,
  BoardTree,
  type ClientOptions,
  checkpointOrigin,
  claimStatementHash,
  decodeRecord,
  ed25519KeyPair,
  encodeRecord,
  InputError,
  makeClaimReceipt,
  makePetitionReceipt,
  petitionNullifier,
  petitionRecord,
  proofToJson,
  registerLedger,
  requestSignIn,
  type SealedClaim,
  type SemaphoreProof,
  signCheckpoint,
  signIn,
  submitClaim,
  submitPetitionSignature,
  utf8,
} from "../../src/index.ts";
import { petitionPurpose } from "../../src/protocol/membership/petition.ts";
import { openPetition } from "../membership/support.ts";
import { board, newLedger } from "../support/ledgers.ts";
import { claimSignals, judgePolicy, policyOf, policyRoll, signedPolicy } from "../support/policies.ts";
import { boardKeys, emptyProof } from "../support/polls.ts";

const roll = policyRoll(3);
const policyWith = (title: string) =>
  judgePolicy(signedPolicy(policyOf(roll, newLedger().name, { title }), roll.registrar));
const policy = policyWith("Who worked ten hours?");
const otherPolicy = policyWith("Who worked at night?");
const petition = openPetition(roll, roll.roll);
const otherPetition = openPetition(roll, roll.roll, { title: "A third oven" });

/** The record of a member's claim, which nobody proved. */
const claimRecord = (member: number, of = policy): Uint8Array => {
  const signals = claimSignals(of, { member: roll.identities[member]!, ledgerRoot: 7n });
  return encodeRecord({ publicSignals: signals, proof: emptyProof() });
};

/** A member's signature of a petition, which nobody proved. */
function signatureOf(member: number, of = petition): SemaphoreProof {
  const { scope, message } = petitionPurpose(of);
  const { a, b, c } = emptyProof();
  return {
    merkleTreeDepth: 2,
    merkleTreeRoot: of.roll.root.toString(),
    nullifier: petitionNullifier(roll.identities[member]!, of).toString(),
    message: message.toString(),
    scope: scope.toString(),
    points: [...a, b[0][1], b[0][0], b[1][1], b[1][0], ...c].map(String),
  };
}

/** Where a record stands on a board of these, under a checkpoint of the given key. */
function standing(scope: string, records: readonly Uint8Array[], index: number, key = boardKeys) {
  const tree = new BoardTree();
  for (const record of records) tree.append(record);
  const head = { size: tree.size, root: tree.root() };
  return {
    record: records[index]!,
    index,
    checkpoint: signCheckpoint(checkpointOrigin(board.name, scope), head, key.secretKey),
    inclusion: tree.inclusion(index),
  };
}

const foreign = ed25519KeyPair();

/** One way to submit something: its own record stands at index 1 of an honest board. */
interface Submission {
  readonly scope: string;
  readonly records: readonly Uint8Array[];
  readonly receiptOf: (at: ReturnType<typeof standing>) => object;
  readonly otherScope: object;
  readonly otherScopeCode: string;
  readonly submit: (options: ClientOptions) => Promise<unknown>;
}

function claims(): Submission {
  const records = [0, 1, 2].map((member) => claimRecord(member));
  const record = records[1]!;
  const { publicSignals, proof } = decodeRecord(record);
  const { claimScope } = policy;
  const claim: SealedClaim = {
    claimScope,
    record,
    submission: {
      type: "commune-zk/claim/v1",
      claimScope,
      publicSignals: publicSignals.map(String),
      proof: proofToJson(proof),
    },
    nullifier: publicSignals[0]!,
    threshold: 600,
    ledgerRoot: 7n,
    statementHash: claimStatementHash(publicSignals),
  };
  return {
    scope: claimScope,
    records,
    receiptOf: (at) => makeClaimReceipt({ policy, ...at }),
    otherScope: { claimScope: otherPolicy.claimScope },
    otherScopeCode: "receipt-other-policy",
    submit: (options) => submitClaim({ policy, claim }, options),
  };
}

function signatures(): Submission {
  const all = [0, 1, 2].map((member) => signatureOf(member));
  return {
    scope: petition.petitionId,
    records: all.map(petitionRecord),
    receiptOf: (at) => makePetitionReceipt({ petition, ...at }),
    otherScope: { petitionId: otherPetition.petitionId },
    otherScopeCode: "receipt-other-petition",
    submit: (options) => submitPetitionSignature({ petition, signature: all[1]! }, options),
  };
}

/** A service with one answer, and how often it was asked. */
function service(status: number, answer: string): { options: ClientOptions; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    options: {
      baseUrl: "http://service.test",
      retries: 0,
      async fetch(input) {
        asked.push(String(input));
        return new Response(answer, { status });
      },
    },
  };
}

describe.each<[string, () => Submission, string]>([
  ["a claim", claims, "policies/SCOPE/claims"],
  ["a petition's signature", signatures, "petitions/SCOPE/signatures"],
])("%s", (_what, make, path) => {
  const { scope, records, receiptOf, otherScope, otherScopeCode, submit } = make();
  const good = () => receiptOf(standing(scope, records, 1));

  test("with its receipt is accepted, and goes to its own scope", async () => {
    const { options, asked } = service(201, JSON.stringify(good()));
    expect(await submit(options)).toEqual({ accepted: true, receipt: good() });
    expect(asked).toEqual([`http://service.test/v1/${path.replace("SCOPE", scope)}`]);
  });

  test.each<[string, () => unknown, string]>([
    ["of another record of the board", () => receiptOf(standing(scope, records, 2)), "receipt-other-record"],
    ["of another scope", () => ({ ...good(), ...otherScope }), otherScopeCode],
    ["with another nullifier", () => ({ ...good(), nullifier: "1" }), "receipt-other-record"],
    ["with another statement", () => ({ ...good(), statementHash: "00".repeat(32) }), "receipt-other-record"],
    ["with another index", () => ({ ...good(), index: 0 }), "receipt-not-included"],
    ["with an index beyond the board", () => ({ ...good(), index: 3 }), "receipt-not-included"],
    ["with no path", () => ({ ...good(), inclusion: [] }), "receipt-not-included"],
    [
      "on a board without the record",
      () => ({ ...good(), ...pick(receiptOf(standing(scope, records.toSpliced(1, 1), 1))) }),
      "receipt-not-included",
    ],
    [
      "under another key's checkpoint",
      () => receiptOf(standing(scope, records, 1, foreign)),
      "checkpoint-bad-signature",
    ],
    [
      "under a checkpoint of another board",
      () => receiptOf(standing("ab".repeat(31), records, 1)),
      "checkpoint-other-board",
    ],
    ["with a field more", () => ({ ...good(), at: 1 }), "receipt-malformed"],
    ["that is null", () => null, "receipt-malformed"],
  ])("with a receipt %s is not accepted: the receipt is thrown, and kept", async (_name, receipt, code) => {
    const answer = JSON.stringify(receipt());
    const { options, asked } = service(201, answer);
    const error = await submit(options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BadReceiptError);
    expect(error).toMatchObject({ code, answer });
    expect(asked).toHaveLength(1);
  });

  test("that is refused is a value, with status and reason", async () => {
    const { options } = service(409, JSON.stringify({ code: "nullifier-used" }));
    expect(await submit(options)).toEqual({ accepted: false, reason: "nullifier-used", status: 409 });
  });
});

/** The part of a receipt that says where. */
function pick(receipt: object): object {
  const { checkpoint, inclusion } = receipt as { checkpoint: string; inclusion: string[] };
  return { checkpoint, inclusion };
}

describe("signing in", () => {
  test.each([
    ["no object", "null", "unexpected-answer"],
    ["no nonce", "{}", "unexpected-answer"],
    ["a number", '{"nonce":1}', "unexpected-answer"],
    ["a short nonce", `{"nonce":"${"ab".repeat(31)}"}`, "bad-hex"],
    ["a long nonce", `{"nonce":"${"ab".repeat(33)}"}`, "bad-hex"],
    ["a nonce in capitals", `{"nonce":"${"AB".repeat(32)}"}`, "bad-hex"],
  ])("takes no challenge from an answer with %s", async (_what, answer, code) => {
    const error = await requestSignIn(service(201, answer).options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ code });
  });

  test("is never sent twice by itself: the challenge may be spent", async () => {
    let asked = 0;
    const offline: typeof fetch = async () => {
      asked++;
      throw new TypeError("fetch failed");
    };
    const options = { baseUrl: "http://service.test", retries: 5, backoffMs: 1, fetch: offline };
    const answer = { nonce: "ab".repeat(32), proof: signatureOf(0) };
    await expect(signIn(answer, options)).rejects.toThrow();
    expect(asked).toBe(1);
  });

  test("that is refused is an error with the service's code; what says nothing is no membership", async () => {
    const answer = { nonce: "ab".repeat(32), proof: signatureOf(0) };
    const refused = service(403, JSON.stringify({ code: "sign-in-nonce-unknown" }));
    await expect(signIn(answer, refused.options)).rejects.toMatchObject({ code: "sign-in-nonce-unknown" });
    for (const odd of ["{}", '{"member":false}', "null", "welcome"]) {
      const said = signIn(answer, service(200, odd).options);
      await expect(said).rejects.toMatchObject({ code: "unexpected-answer" });
    }
    expect(await signIn(answer, service(200, '{"member":true}').options)).toEqual({ member: true });
  });
});

test.each([
  ["null", "null"],
  ["no key", "{}"],
  ["a key of another length", '{"registryKey":"ab"}'],
])("an answer to a ledger's registration with %s names no registry key", async (_what, answer) => {
  const options = { ...service(201, answer).options, operatorToken: "token" };
  const registered = registerLedger({ ledgerId: "ab".repeat(32), boardName: board.name }, options);
  await expect(registered).rejects.toMatchObject({ code: "unexpected-answer" });
});

test("what is sent holds nothing but the proof's own fields", async () => {
  const bodies: unknown[] = [];
  const options: ClientOptions = {
    baseUrl: "http://service.test",
    retries: 0,
    async fetch(_input, init) {
      bodies.push(JSON.parse(String(init?.body)));
      return new Response(JSON.stringify({ member: true }), { status: 200 });
    },
  };
  const proof = signatureOf(0);
  await signIn({ nonce: "ab".repeat(32), proof, ...{ origin: "https://elsewhere.example" } }, options);
  expect(bodies).toEqual([{ nonce: "ab".repeat(32), proof }]);
  expect(utf8(JSON.stringify(bodies)).length).toBeLessThan(4096);
});
