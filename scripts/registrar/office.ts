// A registrar's folder: its key (encrypted), the invitations it gave out, and the roll's log.
//
//   registrar.json          who it is, public
//   registrar.secret.json   its Ed25519 seed, docs/spec/secret-file.md
//   invitations.json        nonces that were given out
//   events.ndjson           the roll: signed admission batches, public
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  appendBatch,
  canonicalBytes,
  concatBytes,
  ed25519KeyPair,
  ed25519PublicKey,
  fromUtf8,
  InputError,
  type Invitation,
  openSecret,
  parseLink,
  parseRegistration,
  type Registration,
  type RollEvent,
  type RollState,
  replayRoll,
  sealSecret,
} from "@commune-zk/prover";
import { replaceFile } from "@commune-zk/prover/node";
import { randomHex } from "@commune-zk/prover/rehearsal";
import { z } from "zod";
import { exists } from "../shared/exists.ts";

const recordSchema = z.strictObject({
  type: z.literal("commune-zk/registrar/v1"),
  organisation: z.string(),
  rollId: z.string(),
  registrarKey: z.string(),
});

/** `registrar.json`. */
export type RegistrarRecord = z.infer<typeof recordSchema>;

const paths = (directory: string) => ({
  record: join(directory, "registrar.json"),
  secret: join(directory, "registrar.secret.json"),
  invitations: join(directory, "invitations.json"),
  events: join(directory, "events.ndjson"),
});

/**
 * Makes a registrar: a new key, encrypted under the passphrase, and an empty roll.
 *
 * @throws InputError `office-exists` - the folder has a registrar; `secret-file-passphrase`.
 */
export async function createOffice({
  directory,
  organisation,
  passphrase,
}: {
  directory: string;
  organisation: string;
  passphrase: string;
}): Promise<RegistrarRecord> {
  const { record, secret, invitations, events } = paths(directory);
  if (await exists(record)) throw new InputError("office-exists", "there is a registrar already", record);
  const { secretKey, publicKey } = ed25519KeyPair();
  const made: RegistrarRecord = {
    type: "commune-zk/registrar/v1",
    organisation,
    rollId: randomHex(),
    registrarKey: publicKey,
  };
  await replaceFile(
    secret,
    await sealSecret({ kind: "registrar-key", secret: secretKey, passphrase }),
    0o600,
  );
  secretKey.fill(0);
  await replaceFile(invitations, "[]");
  await replaceFile(events, "");
  // Last: where it stands, everything else does.
  await replaceFile(record, canonicalBytes(made));
  return made;
}

/**
 * A registrar's record and roll, replayed.
 *
 * @throws InputError - as `replayRoll`.
 */
export async function readOffice(directory: string): Promise<{ record: RegistrarRecord; roll: RollState }> {
  const record = recordSchema.parse(JSON.parse(await readFile(paths(directory).record, "utf8")));
  return { record, roll: replayRoll(await readFile(paths(directory).events), record) };
}

/** Invitations with fresh nonces, one for each member to be; remembered before they are returned. */
export async function invite(directory: string, count: number): Promise<Invitation[]> {
  const { organisation, rollId, registrarKey } = (await readOffice(directory)).record;
  const made = Array.from({ length: count }, () => ({
    organisation,
    rollId,
    registrarKey,
    registrarNonce: randomHex(),
  }));
  const nonces = [...(await givenOut(directory)), ...made.map(({ registrarNonce }) => registrarNonce)];
  await replaceFile(paths(directory).invitations, `${JSON.stringify(nonces, null, 1)}\n`);
  return made;
}

/**
 * Admits members in one signed batch: all of the requests, or none.
 *
 * @param requests - each a registration's link, or the bytes of its file; untrusted.
 * @returns the positions that they got.
 * @throws InputError `registration-not-invited` - a nonce that this registrar did not give out; as
 *   `parseLink`, `parseRegistration`, `appendBatch` (the place names the event: the request's number from 0);
 *   `secret-file-wrong-passphrase`.
 */
export async function admit({
  directory,
  tier,
  requests,
  passphrase,
}: {
  directory: string;
  tier: string;
  requests: readonly Uint8Array[];
  passphrase: string;
}): Promise<number[]> {
  const { record, roll } = await readOffice(directory);
  const { secret, events: log } = paths(directory);
  const nonces = new Set(await givenOut(directory));
  const events = requests.map((bytes, i): RollEvent => {
    const registration = readRequest(bytes);
    if (!nonces.has(registration.registrarNonce)) {
      throw new InputError("registration-not-invited", "made with no invitation of ours", `request ${i}`);
    }
    return { kind: "join", tier, registration };
  });
  const seed = await openSecret({ kind: "registrar-key", bytes: await readFile(secret), passphrase });
  try {
    if (ed25519PublicKey(seed) !== record.registrarKey) {
      throw new InputError("office-other-key", "the key is not that of registrar.json", secret);
    }
    const { line, state } = appendBatch(roll, events, seed);
    await replaceFile(log, concatBytes(await readFile(log), line));
    return events.map((_, i) => state.positions.length - events.length + i);
  } finally {
    seed.fill(0);
  }
}

function readRequest(bytes: Uint8Array): Registration {
  if (bytes[0] === 0x7b) return parseRegistration(bytes);
  const link = parseLink(fromUtf8(bytes, "request"));
  if (link.kind !== "registration") throw new InputError("link-malformed", "no registration", "request");
  return link.registration;
}

async function givenOut(directory: string): Promise<string[]> {
  return z.array(z.string()).parse(JSON.parse(await readFile(paths(directory).invitations, "utf8")));
}
