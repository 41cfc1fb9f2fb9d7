// Members made up in memory, and the roll they join.
import { concatBytes, toHex } from "../formats/bytes.ts";
import type { Ed25519KeyPair } from "../formats/ed25519.ts";
import { createIdentity, type Identity } from "../protocol/identity.ts";
import { createRegistration, mailboxKeyOf } from "../protocol/registration.ts";
import { appendBatch, emptyRoll, type RollEvent, type RollState } from "../protocol/roll-log.ts";

/** A roll of made-up members. */
export interface RehearsedRoll {
  /** In the order of the roll; secret. */
  readonly identities: readonly Identity[];
  readonly roll: RollState;
  /** `roll/events.ndjson`. */
  readonly rollEvents: Uint8Array;
}

const BATCH = 100;

/**
 * Makes one identity for each entry and admits it with its proof of possession, a hundred to a batch.
 *
 * @param tiers - the tier of each member.
 */
export function rehearseRoll(tiers: readonly string[], registrar: Ed25519KeyPair): RehearsedRoll {
  const rollId = randomHex();
  let roll = emptyRoll({ rollId, registrarKey: registrar.publicKey });
  const identities: Identity[] = [];
  const lines: Uint8Array[] = [];
  for (let start = 0; start < tiers.length; start += BATCH) {
    const events = tiers.slice(start, start + BATCH).map((tier): RollEvent => {
      const identity = createIdentity();
      identities.push(identity);
      const context = { registrarKey: registrar.publicKey, rollId, registrarNonce: randomHex() };
      const registration = createRegistration({ identity, mailboxKey: mailboxKeyOf(identity), ...context });
      return { kind: "join", tier, registration };
    });
    const appended = appendBatch(roll, events, registrar.secretKey);
    roll = appended.state;
    lines.push(appended.line);
  }
  return { identities, roll, rollEvents: concatBytes(...lines) };
}

/** 32 bytes of the CSPRNG, hexadecimal. */
export function randomHex(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(32)));
}
