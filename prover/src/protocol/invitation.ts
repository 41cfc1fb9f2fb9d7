// Links that people hand each other: invitations, registrations, polls, policies, petitions, attestations; and the
// way to sign in.
// docs/spec/invitation.md.
//
// Everything stands in the URL's fragment, which browsers do not send: the host of the page that a link names
// learns neither who was invited nor who registers.
import { z } from "zod";
import { fromBase64Url, toBase64Url } from "../formats/bytes.ts";
import { canonicalBytes, parseCanonicalJson } from "../formats/canonical-json.ts";
import { InputError } from "../formats/errors.ts";
import { hex, parseWith, text } from "../formats/schema.ts";
import { type Registration, registrationSchema } from "./registration.ts";

/** What a registrar hands one member, once, by another way than the server. */
export interface Invitation {
  /** For people; whoever made the link wrote it, so it proves nothing. */
  readonly organisation: string;
  /** Ed25519, 32 bytes, hexadecimal. */
  readonly registrarKey: string;
  /** 32 bytes, hexadecimal. */
  readonly rollId: string;
  /** 32 random bytes, hexadecimal; good for one registration. */
  readonly registrarNonce: string;
}

/** A link, read. Nothing in it is authenticated but by the way that it came. */
export type Link =
  | { readonly kind: "invitation"; readonly invitation: Invitation }
  | { readonly kind: "poll"; readonly pollId: string }
  | { readonly kind: "policy"; readonly claimScope: string }
  | { readonly kind: "petition"; readonly petitionId: string }
  /** To where members sign in. It names no service: the page asks the one that it belongs to. */
  | { readonly kind: "sign-in" }
  /** As bytes: `parseSealedAttestation` says whether they are one. */
  | { readonly kind: "attestation"; readonly sealed: Uint8Array }
  /** Its shape alone was looked at: `verifyRegistration` says whether it is one. */
  | { readonly kind: "registration"; readonly registration: Registration };

/** Most characters of a link. */
export const MAX_LINK_LENGTH = 8_192;

const invitationSchema = z.strictObject({
  type: z.literal("commune-zk/invitation/v1"),
  organisation: text(200),
  registrarKey: hex(32),
  rollId: hex(32),
  registrarNonce: hex(32),
});

/** What a fragment is called that holds a link of a kind. */
const KEYS = {
  invitation: "join",
  poll: "poll",
  registration: "registration",
  policy: "policy",
  petition: "petition",
  attestation: "attestation",
} as const;

/** The whole fragment of a link to where members sign in. */
const SIGN_IN = "sign-in";

/** A link to an invitation. `page` is any URL; its own fragment is left out. */
export function invitationLink(page: string, invitation: Invitation): string {
  const { organisation, registrarKey, rollId, registrarNonce } = invitation;
  const document = { organisation, registrarKey, rollId, registrarNonce, type: "commune-zk/invitation/v1" };
  return link(page, "invitation", toBase64Url(canonicalBytes(document)));
}

/** A link to a poll: its `pollId`, which is a trust anchor where the link came from somebody trusted. */
export function pollLink(page: string, pollId: string): string {
  return link(page, "poll", pollId);
}

/** A link to an hours policy: its `claimScope`, a trust anchor as a poll's id is. */
export function policyLink(page: string, claimScope: string): string {
  return link(page, "policy", claimScope);
}

/** A link to a petition: its `petitionId`, a trust anchor as a poll's id is. */
export function petitionLink(page: string, petitionId: string): string {
  return link(page, "petition", petitionId);
}

/** A link to where members sign in, on the page itself. */
export function signInLink(page: string): string {
  return `${withoutFragment(page)}#${SIGN_IN}`;
}

/**
 * A link that hands a member a sealed attestation: only the member can open it.
 *
 * @param sealed - canonical bytes, `sealedAttestationBytes`.
 */
export function attestationLink(page: string, sealed: Uint8Array): string {
  return link(page, "attestation", toBase64Url(sealed));
}

/** A link that hands a registration to the registrar. */
export function registrationLink(page: string, registration: Registration): string {
  return link(page, "registration", toBase64Url(registrationBytes(registration)));
}

function link(page: string, kind: keyof typeof KEYS, payload: string): string {
  return `${withoutFragment(page)}#${KEYS[kind]}=${payload}`;
}

function withoutFragment(page: string): string {
  return page.replace(/#.*$/s, "");
}

/** Canonical bytes of a registration: what a link or file holds. */
export function registrationBytes(registration: Registration): Uint8Array {
  return canonicalBytes(registration);
}

/**
 * An invitation from untrusted canonical bytes.
 *
 * @throws InputError `invitation-malformed`, `not-canonical-json`, `bad-json`, `bad-utf8`.
 */
export function parseInvitation(bytes: Uint8Array): Invitation {
  const value = parseCanonicalJson(bytes, "invitation");
  const { type: _, ...invitation } = parseWith(invitationSchema, value, "invitation-malformed", "invitation");
  return invitation;
}

/**
 * A registration from untrusted canonical bytes, by its shape alone.
 *
 * @throws InputError `registration-malformed`, `not-canonical-json`, `bad-json`, `bad-utf8`.
 */
export function parseRegistration(bytes: Uint8Array): Registration {
  const value = parseCanonicalJson(bytes, "registration");
  return parseWith(registrationSchema, value, "registration-malformed", "registration");
}

/**
 * What a link says: a whole URL or its fragment alone, with white space around it allowed.
 *
 * @throws InputError `link-malformed` - too long, no fragment, another fragment than those of the kinds, or a
 *   payload in another encoding; `invitation-malformed`, `registration-malformed`, `not-canonical-json`,
 *   `bad-json`, `bad-utf8`.
 */
export function parseLink(untrusted: string): Link {
  const malformed = (message: string) => new InputError("link-malformed", message, "link");
  if (untrusted.length > MAX_LINK_LENGTH) throw malformed("longer than any link");
  const trimmed = untrusted.trim();
  const hash = trimmed.indexOf("#");
  const fragment = trimmed.slice(hash + 1);
  if (hash >= 0 && fragment === SIGN_IN) return { kind: "sign-in" };
  const match = /^(join|poll|registration|policy|petition|attestation)=([A-Za-z0-9_-]+)$/.exec(fragment);
  if (hash < 0 || match === null) throw malformed("no fragment of a kind that we know");
  const [, key, payload] = match as unknown as [string, string, string];
  if (key === KEYS.poll || key === KEYS.policy || key === KEYS.petition) {
    if (!/^[0-9a-f]{62}$/.test(payload)) throw malformed("not a scope");
    if (key === KEYS.poll) return { kind: "poll", pollId: payload };
    return key === KEYS.policy
      ? { kind: "policy", claimScope: payload }
      : { kind: "petition", petitionId: payload };
  }
  const bytes = payloadBytes(payload);
  if (key === KEYS.attestation) return { kind: "attestation", sealed: bytes };
  return key === KEYS.invitation
    ? { kind: "invitation", invitation: parseInvitation(bytes) }
    : { kind: "registration", registration: parseRegistration(bytes) };
}

function payloadBytes(payload: string): Uint8Array {
  try {
    return fromBase64Url(payload, "link");
  } catch (cause) {
    throw new InputError("link-malformed", "not base64 for URLs", "link", { cause });
  }
}
