// A device that opened an invitation, as its storage holds it.
import { createRegistration, type Identity, mailboxKeyOf } from "@commune-zk/prover";

/** What is stored after a registrar's invitation to a roll; by a stranger's unless told. */
export function invitedTo(
  rollId: string,
  { identity, registrarKey = "ab".repeat(32) }: { identity: Identity; registrarKey?: string },
) {
  const invitation = {
    organisation: "As the link says",
    registrarKey,
    rollId,
    registrarNonce: "cd".repeat(32),
  };
  const registration = createRegistration({
    identity,
    mailboxKey: mailboxKeyOf(identity),
    ...invitation,
  });
  return { store: "membership", key: rollId, value: { invitation, registration, serial: 1 } } as const;
}
