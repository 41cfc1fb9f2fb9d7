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
