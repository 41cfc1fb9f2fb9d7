// Which rolls this identity asked to join.
import {
  createRegistration,
  type Identity,
  mailboxKeyOf,
  registrationBytes,
  registrationLink,
} from "@commune-zk/prover";
import type { Invitation, Membership } from "./state.ts";
import type { BoothStorage, StoredMembership } from "./storage.ts";

/** Makes the registration that an invitation asks for, and stores it. @throws StorageError */
export async function acceptInvitation(
  storage: BoothStorage,
  identity: Identity,
  invitation: Invitation,
): Promise<StoredMembership> {
  const { registrarKey, rollId, registrarNonce } = invitation;
  const registration = createRegistration({
    identity,
    mailboxKey: mailboxKeyOf(identity),
    registrarKey,
    rollId,
    registrarNonce,
  });
  const serials = (await storage.list("membership")).map(([, { serial }]) => serial);
  const membership = { invitation, registration, serial: Math.max(0, ...serials) + 1 };
  await storage.write([{ store: "membership", key: rollId, value: membership }]);
  return membership;
}

/** The membership whose invitation was opened last; null where there is none. @throws StorageError */
export async function latestMembership(storage: BoothStorage): Promise<StoredMembership | null> {
  const all = (await storage.list("membership")).map(([, membership]) => membership);
  return all.reduce<StoredMembership | null>(
    (latest, each) => (latest === null || each.serial > latest.serial ? each : latest),
    null,
  );
}

/** A membership with what its member hands over. */
export function membershipView({ invitation, registration }: StoredMembership, pageUrl: string): Membership {
  return {
    ...invitation,
    request: {
      link: registrationLink(pageUrl, registration),
      file: registrationBytes(registration),
      fileName: `registration-${invitation.rollId.slice(0, 8)}.json`,
    },
  };
}
