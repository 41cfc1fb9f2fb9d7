// Client of the verifier service for petitions, snapshots and sign-ins. docs/spec/http.md §10, §11.
import { fromHex } from "../formats/bytes.ts";
import { InputError } from "../formats/errors.ts";
import type { OperatorOptions } from "./client-ledger.ts";
import {
  type PetitionReceipt,
  parsePetitionReceipt,
  petitionRecord,
  type SemaphoreProof,
  type ValidPetition,
  verifyPetitionReceipt,
} from "./membership/index.ts";
import { type ClientOptions, handIn, type Outcome, submit, texts } from "./request.ts";

/**
 * Registers a signed petition with its roll.
 *
 * @param registration - `petition`: bytes of `petition.json`; `rollEvents`: `roll/events.ndjson`.
 * @throws InputError - the service refused; `code` is its problem code.
 */
export async function registerPetition(
  registration: { readonly petition: Uint8Array; readonly rollEvents: Uint8Array },
  options: OperatorOptions,
): Promise<void> {
  const { petition, rollEvents } = registration;
  await handIn("/v1/petitions", texts({ petition, rollEvents }), options);
}

/**
 * Registers the registrar's newest snapshot of a roll: what sign-ins are checked against.
 *
 * @param registration - `snapshot`: bytes of `snapshot.json`; `rollEvents`: `roll/events.ndjson`.
 * @throws InputError - the service refused; `code` is its problem code.
 */
export async function registerSnapshot(
  registration: { readonly snapshot: Uint8Array; readonly rollEvents: Uint8Array },
  options: OperatorOptions,
): Promise<void> {
  const { snapshot, rollEvents } = registration;
  await handIn("/v1/snapshots", texts({ snapshot, rollEvents }), options);
}

/**
 * Sends a petition's signature until it is answered, always the same bytes, and checks the receipt.
 *
 * The caller stores `signature` before calling; `petitionRecord(signature)` is what the receipt proves.
 *
 * @throws BadReceiptError, Error, DOMException - as `submitClaim`.
 */
export async function submitPetitionSignature(
  { petition, signature }: { readonly petition: ValidPetition; readonly signature: SemaphoreProof },
  options: ClientOptions,
): Promise<Outcome<PetitionReceipt>> {
  const record = petitionRecord(signature);
  return submit(
    {
      path: `/v1/petitions/${petition.petitionId}/signatures`,
      value: signature,
      receiptOf(json) {
        const receipt = parsePetitionReceipt(json);
        verifyPetitionReceipt({ receipt, record, petition });
        return receipt;
      },
    },
    options,
  );
}

/**
 * Asks for a challenge to sign in with. An answer that holds anything beside a nonce is refused: what is proven for,
 * the client says itself.
 *
 * @returns 32 bytes, hexadecimal; good once, for five minutes.
 * @throws InputError - the service refused, or `unexpected-answer`.
 */
export async function requestSignIn(options: ClientOptions): Promise<string> {
  const answer = (await handIn("/v1/sign-ins/challenges", {}, options)) as { nonce?: unknown } | null;
  const nonce = answer?.nonce;
  if (typeof nonce !== "string" || Object.keys(answer ?? {}).length !== 1) {
    throw new InputError("unexpected-answer", "expected a nonce and nothing else");
  }
  fromHex(nonce, 32, "nonce");
  return nonce;
}

/**
 * Answers a challenge. A request without an answer is not repeated: the challenge may be spent.
 *
 * @param answer - `proof` of `proveSignIn` for this nonce and the page's own origin.
 * @returns that the service took the prover for a member.
 * @throws InputError - the service refused, `code` is its problem code; or `unexpected-answer`.
 */
export async function signIn(
  answer: { readonly nonce: string; readonly proof: SemaphoreProof },
  options: ClientOptions,
): Promise<{ readonly member: true }> {
  const { nonce, proof } = answer;
  const said = await handIn("/v1/sign-ins", { nonce, proof }, { ...options, retries: 0 });
  if ((said as { member?: unknown } | null)?.member !== true) {
    throw new InputError("unexpected-answer", "the answer does not say that this is a member");
  }
  return { member: true };
}
