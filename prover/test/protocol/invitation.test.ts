// Links between registrar and member. docs/spec/invitation.md.
import { createPrivateKey, createPublicKey } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { toBase64Url, utf8 } from "../../src/formats/bytes.ts";
import { canonicalBytes } from "../../src/formats/canonical-json.ts";
import { createIdentity, importIdentity } from "../../src/protocol/identity.ts";
import {
  attestationLink,
  type Invitation,
  invitationLink,
  MAX_LINK_LENGTH,
  parseLink,
  parseRegistration,
  petitionLink,
  policyLink,
  pollLink,
  registrationBytes,
  registrationLink,
  signInLink,
} from "../../src/protocol/invitation.ts";
import {
  type Attestation,
  openAttestation,
  parseSealedAttestation,
  sealAttestation,
  sealedAttestationBytes,
} from "../../src/protocol/ledger/attestation.ts";
import { createRegistration, mailboxKeyOf, verifyRegistration } from "../../src/protocol/registration.ts";
import { randomHex } from "../../src/rehearsal.ts";
import { readExample, shownValues } from "../spec/support/pages.ts";
import { hashBySpec, inputError } from "../trustees/support.ts";

const PAGE = "https://booth.example/";
const invitation: Invitation = {
  organisation: "Comuna de la Vega",
  registrarKey: randomHex(),
  rollId: randomHex(),
  registrarNonce: randomHex(),
};
const identity = createIdentity();
const registration = createRegistration({ identity, mailboxKey: mailboxKeyOf(identity), ...invitation });
const attestation: Attestation = {
  type: "commune-zk/attestation/v1",
  ledgerId: randomHex(),
  issuer: ["1", "2"],
  serial: 0,
  period: 202601,
  category: "hours",
  amount: 90,
  salt: randomHex().slice(2),
};
const document = { type: "commune-zk/invitation/v1", ...invitation };

/** A link with this document as its payload. */
function linkOf(key: string, value: unknown): string {
  return `${PAGE}#${key}=${toBase64Url(canonicalBytes(value))}`;
}

function refusal(link: string): { code: string; place: string | undefined } {
  const { code, place } = inputError(() => parseLink(link));
  return { code, place };
}

/** What the page shows in the place of a sealed attestation: a real one would fill it. */
const SHORT = { type: "commune-zk/sealed-attestation/v1" };

const MALFORMED = { code: "link-malformed", place: "link" };

describe("a link", () => {
  test("brings an invitation, a registration and a poll across", () => {
    expect(parseLink(invitationLink(PAGE, invitation))).toEqual({ kind: "invitation", invitation });
    const handed = parseLink(registrationLink(PAGE, registration));
    expect(handed).toEqual({ kind: "registration", registration });
    expect(verifyRegistration(registration, invitation).commitment).toBe(identity.commitment);
    const pollId = randomHex().slice(2);
    expect(parseLink(pollLink(PAGE, pollId))).toEqual({ kind: "poll", pollId });
    expect(parseLink(policyLink(PAGE, pollId))).toEqual({ kind: "policy", claimScope: pollId });
    expect(parseLink(petitionLink(PAGE, pollId))).toEqual({ kind: "petition", petitionId: pollId });
  });

  test("leads to where members sign in, and says nothing else", () => {
    expect(signInLink(`${PAGE}#poll=old`)).toBe(`${PAGE}#sign-in`);
    expect(parseLink(signInLink(PAGE))).toEqual({ kind: "sign-in" });
    expect(parseLink("#sign-in")).toEqual({ kind: "sign-in" });
  });

  test("brings a sealed attestation across, byte for byte, for whoever can open it", async () => {
    const sealed = sealedAttestationBytes(await sealAttestation(attestation, mailboxKeyOf(identity)));
    const link = parseLink(attestationLink(PAGE, sealed));
    expect(link).toEqual({ kind: "attestation", sealed });
    if (link.kind !== "attestation") throw new Error("another kind of link");
    expect(await openAttestation(identity, parseSealedAttestation(link.sealed))).toEqual(attestation);
  });

  test("holds everything in the fragment, which no browser sends", () => {
    for (const link of [invitationLink(PAGE, invitation), registrationLink(PAGE, registration)]) {
      const url = new URL(link);
      url.hash = "";
      expect(url.href).toBe(PAGE);
    }
  });

  test("is made from a page that has a fragment already, without it", () => {
    const link = invitationLink(`${PAGE}index.html?a=1#poll=old`, invitation);
    expect(link.startsWith(`${PAGE}index.html?a=1#join=`)).toBe(true);
    expect(link.split("#")).toHaveLength(2);
  });

  test("is read with white space around it, and from its fragment alone", () => {
    const link = invitationLink(PAGE, invitation);
    expect(parseLink(`\n  ${link} \n`)).toEqual({ kind: "invitation", invitation });
    expect(parseLink(new URL(link).hash)).toEqual({ kind: "invitation", invitation });
  });

  test("does not carry what is not of an invitation", () => {
    const link = invitationLink(PAGE, { ...invitation, secret: "s" } as Invitation);
    expect(parseLink(link)).toEqual({ kind: "invitation", invitation });
  });
});

describe("a link is refused", () => {
  const good = invitationLink(PAGE, invitation);
  const [front, payload] = good.split("=") as [string, string];

  test.each<[string, string]>([
    ["that is empty", ""],
    ["without a fragment", PAGE],
    ["whose fragment has no sign before it", good.slice(good.indexOf("#") + 1)],
    ["with another key", good.replace("#join=", "#Join=")],
    ["with no payload", `${front}=`],
    ["with a second parameter", `${good}&poll=${"a".repeat(62)}`],
    ["with a second fragment", `${good}#x`],
    ["with padding", `${good}==`],
    ["in base64 for other purposes", `${front}=+/${payload.slice(2)}`],
    ["with a space in it", `${front}=${payload.slice(0, 9)} ${payload.slice(9)}`],
    ["that is percent-encoded", `${front}=${payload.replace("e", "%65")}`],
    ["with a length that no bytes have", `${front}=${payload.slice(0, 4 * Math.floor(payload.length / 4))}A`],
    ["with spare bits that are not 0", `${front}=e31`],
    [
      "longer than the limit",
      `${PAGE.padEnd(MAX_LINK_LENGTH + 1 - good.length + PAGE.length, "x")}${good.slice(PAGE.length)}`,
    ],
    ["to a poll by too few digits", pollLink(PAGE, "a".repeat(61))],
    ["to a poll by too many digits", pollLink(PAGE, "a".repeat(63))],
    ["to a poll in upper case", pollLink(PAGE, "A".repeat(62))],
    ["to a policy by too few digits", policyLink(PAGE, "a".repeat(61))],
    ["to a policy by too many digits", policyLink(PAGE, "a".repeat(63))],
    ["to a petition by too few digits", petitionLink(PAGE, "a".repeat(61))],
    ["to a petition in upper case", petitionLink(PAGE, "A".repeat(62))],
    ["to sign in at another origin", `${signInLink(PAGE)}=https://elsewhere.example`],
    ["to sign in for a nonce", `${signInLink(PAGE)}=${"ab".repeat(32)}`],
    ["to sign in without the fragment's sign", "sign-in"],
    ["with an attestation in another encoding", attestationLink(PAGE, utf8("{}")).replace("e30", "e31")],
  ])("%s", (_name, link) => {
    expect(refusal(link)).toEqual(MALFORMED);
  });

  test("only beyond the limit", () => {
    const link = `${PAGE.padEnd(MAX_LINK_LENGTH - good.length + PAGE.length, "x")}${good.slice(PAGE.length)}`;
    expect(link).toHaveLength(MAX_LINK_LENGTH);
    expect(parseLink(link).kind).toBe("invitation");
  });

  test("that is cut short", () => {
    for (let length = good.length - 1; length > front.length + 1; length--) {
      expect(["link-malformed", "bad-json", "bad-utf8"]).toContain(refusal(good.slice(0, length)).code);
    }
  });

  test("whose document is not canonical", () => {
    const spaced = toBase64Url(utf8(JSON.stringify(document, null, 1)));
    expect(refusal(`${front}=${spaced}`)).toEqual({ code: "not-canonical-json", place: "invitation" });
  });

  test("whose bytes are not UTF-8", () => {
    const bytes = toBase64Url(Uint8Array.of(0xff));
    expect(refusal(`${front}=${bytes}`)).toEqual({ code: "bad-utf8", place: "invitation" });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["with another type", { type: "commune-zk/invitation/v2" }, "type"],
    ["with a field more", { server: PAGE }, ""],
    ["without a nonce", { registrarNonce: undefined }, "registrarNonce"],
    ["with a short key", { registrarKey: "ab" }, "registrarKey"],
    ["with an upper-case roll", { rollId: "AB".repeat(32) }, "rollId"],
    ["with a nameless organisation", { organisation: "" }, "organisation"],
    ["with too long a name", { organisation: "x".repeat(201) }, "organisation"],
    ["with a line break in the name", { organisation: "a\nb" }, "organisation"],
  ])("whose invitation comes %s", (_name, changes, path) => {
    const { registrarNonce, ...rest } = { ...document, ...changes };
    const value = registrarNonce === undefined ? rest : { ...rest, registrarNonce };
    const place = path === "" ? "invitation" : `invitation: ${path}`;
    expect(refusal(linkOf("join", value))).toEqual({ code: "invitation-malformed", place });
  });

  test("that hands over an invitation as a registration, or the reverse", () => {
    expect(refusal(linkOf("registration", document)).code).toBe("registration-malformed");
    expect(refusal(linkOf("join", registration)).code).toBe("invitation-malformed");
  });
});

test("a registration's file holds the bytes of its link", () => {
  expect(parseRegistration(registrationBytes(registration))).toEqual(registration);
  const { code } = inputError(() => parseRegistration(utf8("{}")));
  expect(code).toBe("registration-malformed");
});

test("the mailbox key is the X25519 key that the specification derives, as Node computes it", () => {
  for (const { privateKey } of [importIdentity(Uint8Array.from({ length: 32 }, (_, i) => i)), identity]) {
    const secret = hashBySpec("mailbox-secret", [Buffer.from(privateKey).toString("hex")]);
    const der = Buffer.from(`302e020100300506032b656e04220420${secret}`, "hex");
    const { x } = createPublicKey(createPrivateKey({ key: der, format: "der", type: "pkcs8" })).export({
      format: "jwk",
    });
    expect(mailboxKeyOf(importIdentity(privateKey))).toBe(Buffer.from(x!, "base64url").toString("hex"));
  }
  expect(mailboxKeyOf(createIdentity())).not.toBe(mailboxKeyOf(identity));
});

test("invitation.md shows what the code makes", () => {
  const { registration: shown, privateKey } = readExample("identity") as {
    registration: { registrarKey: string; rollId: string; registrarNonce: string; document: string };
    privateKey: string;
  } & ReturnType<typeof readExample>;
  const { registrarKey, rollId, registrarNonce } = shown;
  const example = { organisation: "Comuna de la Vega", registrarKey, rollId, registrarNonce };
  const values = shownValues("invitation");
  expect(values).toEqual({
    invitation: new TextDecoder().decode(canonicalBytes({ type: document.type, ...example })),
    invitationLink: invitationLink(PAGE, example),
    registrationLink: registrationLink(PAGE, parseRegistration(utf8(shown.document))),
    pollLink: pollLink(PAGE, String(readExample("poll").pollId)),
    policyLink: policyLink(PAGE, String(readExample("hours").claimScope)),
    petitionLink: petitionLink(PAGE, String(readExample("membership").petitionId)),
    signInLink: signInLink(PAGE),
    attestationLink: attestationLink(PAGE, utf8(JSON.stringify(SHORT))),
    mailboxKey: mailboxKeyOf(importIdentity(Buffer.from(privateKey, "hex"))),
  });
});
