// Bodies of requests and answers that only HTTP knows. The rest are schemas of the prover.
import { InputError, parseJson, utf8 } from "@commune-zk/prover";
import { z } from "zod";
import type { PollFiles } from "../service/election-service.ts";

/** Body of a poll's registration: each file as text. */
export const registrationBody = z.strictObject({
  poll: z.string(),
  signatures: z.string(),
  rollEvents: z.string(),
  dkg: z.string(),
});

/** Answer to a registration. */
export const registrationAnswer = z.strictObject({ pollId: z.string() });

/** Answer to a closing or share. */
export const emptyAnswer = z.strictObject({});

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.int().min(0);

/** Body of a ledger's registration. */
export const ledgerBody = z.strictObject({
  ledgerId: hex32,
  boardName: z.string().regex(/^[a-z0-9.-]{1,64}$/),
});
/** Answer to a ledger's registration. */
export const ledgerAnswer = z.strictObject({ ledgerId: hex32, registryKey: hex32 });

/** Body of an issuer's authority; the ledger's own schema judges text and number further. */
export const issuerBody = z.strictObject({
  key: z.tuple([z.string().max(78), z.string().max(78)]),
  name: z.string().min(1).max(200),
  until: time,
});
/** Body of a period. */
export const periodBody = z.strictObject({ period: z.int().min(1), closes: time });
/** Body of a revocation by the registry. */
export const strikesBody = z.strictObject({ positions: z.array(z.int().min(0)).min(1).max(4096) });
/** Answer to a change of a ledger: the entry that holds it. */
export const entryAnswer = z.strictObject({ serial: z.int().min(0) });

/** Body of a policy's registration: each file as text. */
export const policyBody = z.strictObject({
  policy: z.string(),
  signature: z.string(),
  rollEvents: z.string(),
});
/** Answer to a policy's registration. */
export const policyAnswer = z.strictObject({ claimScope: z.string() });

/** Body of a petition's registration: each file as text. */
export const petitionBody = z.strictObject({ petition: z.string(), rollEvents: z.string() });
/** Answer to a petition's registration. */
export const petitionAnswer = z.strictObject({ petitionId: z.string() });

/** Body of a snapshot's registration: each file as text. */
export const snapshotBody = z.strictObject({ snapshot: z.string(), rollEvents: z.string() });
/** Answer to a snapshot's registration. */
export const snapshotAnswer = z.strictObject({ rollId: z.string() });

/** Body of the wish to sign in. */
export const challengeBody = z.strictObject({});
/** Answer to it. */
export const challengeAnswer = z.strictObject({ nonce: hex32 });
/** Body of a sign-in; the proof is judged by its own schema. */
export const signInBody = z.strictObject({ nonce: hex32, proof: z.unknown() });
/** Answer to a sign-in. */
export const signInAnswer = z.strictObject({ member: z.literal(true) });

/** RFC 9457 problem document. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
});

/**
 * The files of a registration.
 *
 * @throws InputError `registration-body-malformed`, `bad-json`, `bad-utf8`.
 */
export function parseRegistration(bytes: Uint8Array): PollFiles {
  const parsed = registrationBody.safeParse(parseJson(bytes, "body"));
  if (!parsed.success)
    throw new InputError("registration-body-malformed", "expected poll, signatures, rollEvents and dkg");
  const { poll, signatures, rollEvents, dkg } = parsed.data;
  return { poll: utf8(poll), signatures: utf8(signatures), rollEvents: utf8(rollEvents), dkg: utf8(dkg) };
}
