// In place of an organisation of yours: a registrar who admits five members and signs who they are. In earnest its key
// never leaves the registrar, and a member's client is given the registrar's public key by another way than the rest.
import {
  appendBatch,
  createIdentity,
  createRegistration,
  ed25519KeyPair,
  emptyRoll,
  leanRollFiles,
  leanRollOf,
  mailboxKeyOf,
  memoryPublicFiles,
  signSnapshot,
} from "@commune-zk/prover";
import { randomHex } from "@commune-zk/prover/rehearsal";

const TIER = "member";

/**
 * A roll of five.
 *
 * @param identity - of one of them.
 * @returns what anybody may read: the registrar's key, what it signed, and the files in which a member finds itself.
 */
export function inventRoll(identity) {
  const { publicKey: registrarKey, secretKey } = ed25519KeyPair();
  const rollId = randomHex();
  const members = [createIdentity(), createIdentity(), identity, createIdentity(), createIdentity()];
  const joining = members.map((member) => {
    // Each proves that it can open its commitment. The registrar's nonce says for which invitation.
    const context = { registrarKey, rollId, registrarNonce: randomHex() };
    const registration = createRegistration({
      identity: member,
      mailboxKey: mailboxKeyOf(member),
      ...context,
    });
    return { kind: "join", tier: TIER, registration };
  });
  const { state } = appendBatch(emptyRoll({ rollId, registrarKey }), joining, secretKey);
  const { roll, tree } = leanRollOf(state, [TIER]);
  const snapshot = {
    type: "commune-zk/roll-snapshot/v1",
    organisation: { name: "Invented commune", key: registrarKey },
    nonce: randomHex(),
    roll,
    takenAt: Math.floor(Date.now() / 1_000),
  };
  return {
    registrarKey,
    snapshot: signSnapshot(snapshot, secretKey),
    files: memoryPublicFiles(leanRollFiles(tree)),
  };
}
