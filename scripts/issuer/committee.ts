// A workplace's folder: its committee's key (encrypted), the roll whose members it credits, and what it has signed.
//
//   issuer.json             who it is, in which ledger: public
//   issuer.secret.json      its private key, docs/spec/secret-file.md
//   roll.ndjson             the roll's log, as the registrar gives it out: public
//   acts/NNNN.json          batches and requests to revoke in order: public, for the registry
//   attestations/NNNN/P.json  of batch NNNN, for the member at position P alone, who can open it
//
// Neither amounts nor salts are kept: what the committee credited to whom stands in its own books.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type CreditBatch,
  canonicalBytes,
  createIssuerKeys,
  creditBatchSchema,
  InputError,
  type IssuerKeys,
  importIssuerKeys,
  openSecret,
  parseCanonicalJson,
  pointToJson,
  type RevocationRequest,
  type RollState,
  replayRoll,
  revocationRequestSchema,
  type SecretFileParameters,
  sealSecret,
} from "@commune-zk/prover";
import { replaceFile } from "@commune-zk/prover/node";
import { z } from "zod";
import { exists } from "../shared/exists.ts";

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const recordSchema = z.strictObject({
  type: z.literal("commune-zk/issuer/v1"),
  name: z.string().min(1).max(200),
  key: z.tuple([z.string(), z.string()]),
  ledgerId: hex32,
  registryKey: hex32,
  rollId: hex32,
  registrarKey: hex32,
  maxAmount: z.int().min(1),
});

/** `issuer.json`. `maxAmount`: the most that one credit may be, against slips of the hand. */
export type IssuerRecord = z.infer<typeof recordSchema>;

/** What the committee has signed for the registry. */
export type Act = CreditBatch | RevocationRequest;

const actSchema = z.union([creditBatchSchema, revocationRequestSchema]);

/** A workplace's folder, read. */
export interface Committee {
  readonly record: IssuerRecord;
  readonly roll: RollState;
  /** In their order, which the registry has to keep: a revocation comes before the credit that replaces it. */
  readonly acts: readonly Act[];
  /** Serial of the next batch. */
  readonly nextSerial: number;
}

/** Where everything lies. */
export const committeePaths = (directory: string) => ({
  record: join(directory, "issuer.json"),
  secret: join(directory, "issuer.secret.json"),
  roll: join(directory, "roll.ndjson"),
  acts: join(directory, "acts"),
  act: (number: number) => join(directory, "acts", `${numbered(number)}.json`),
  attestations: (serial: number) => join(directory, "attestations", numbered(serial)),
});

const numbered = (number: number): string => String(number).padStart(4, "0");

/**
 * Makes a committee: a new key, encrypted under the passphrase, which the registry then gives authority.
 *
 * @param rollEvents - untrusted, the roll's log. `parameters`: of the key's file, the default ones unless told.
 * @throws InputError `issuer-exists` - the folder has one; `issuer-malformed` - a name, id or key of another
 *   form; as `replayRoll`; `secret-file-passphrase`.
 */
export async function createCommittee({
  directory,
  rollEvents,
  passphrase,
  parameters,
  ...about
}: Omit<IssuerRecord, "type" | "key"> & {
  directory: string;
  rollEvents: Uint8Array;
  passphrase: string;
  parameters?: SecretFileParameters;
}): Promise<IssuerRecord> {
  const { record, secret, roll } = committeePaths(directory);
  if (await exists(record)) throw new InputError("issuer-exists", "there is a committee already", record);
  const { privateKey, publicKey } = createIssuerKeys();
  const key = [...pointToJson(publicKey)] as [string, string];
  const made = readRecord({ type: "commune-zk/issuer/v1", ...about, key });
  replayRoll(rollEvents, made);
  await replaceFile(
    secret,
    await sealSecret({
      kind: "issuer-key",
      secret: privateKey,
      passphrase,
      ...(parameters && { parameters }),
    }),
    0o600,
  );
  privateKey.fill(0);
  await replaceFile(roll, rollEvents);
  // Last: where it stands, everything else does.
  await replaceFile(record, canonicalBytes(made));
  return made;
}

/**
 * A committee's folder.
 *
 * @throws InputError - as `replayRoll`; `issuer-malformed`; `issuer-wrong-serial` - a batch is missing, or one of
 *   another issuer or ledger lies among them; the place names the file.
 */
export async function readCommittee(directory: string): Promise<Committee> {
  const { record: path, roll, acts: folder } = committeePaths(directory);
  const record = readRecord(JSON.parse(await readFile(path, "utf8")));
  const acts: Act[] = [];
  let nextSerial = 0;
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.filter((file) => file.endsWith(".json")).sort()) {
    const place = join(folder, name);
    const parsed = actSchema.safeParse(parseCanonicalJson(await readFile(place), place));
    if (!parsed.success) throw new InputError("issuer-malformed", "no batch and no request", place);
    const act = parsed.data;
    const of = isBatch(act) ? act.header : act;
    const isOurs = of.ledgerId === record.ledgerId && of.issuer.join() === record.key.join();
    const isNext = !isBatch(act) || act.header.serial === nextSerial;
    if (!isOurs || !isNext || place !== committeePaths(directory).act(acts.length)) {
      throw new InputError("issuer-wrong-serial", "not what comes after the ones before it", place);
    }
    if (isBatch(act)) nextSerial++;
    acts.push(act);
  }
  return { record, roll: replayRoll(await readFile(roll), record), acts, nextSerial };
}

/**
 * Takes a newer log of the same roll: members who joined can be credited then.
 *
 * @param rollEvents - untrusted.
 * @throws InputError - as `replayRoll`; `roll-broken-link` - the log does not begin with the one that is there.
 */
export async function updateRoll(directory: string, rollEvents: Uint8Array): Promise<RollState> {
  const { record } = await readCommittee(directory);
  const { roll: path } = committeePaths(directory);
  const known = await readFile(path);
  const roll = replayRoll(rollEvents, record);
  if (!known.equals(rollEvents.subarray(0, known.length))) {
    throw new InputError("roll-broken-link", "not a continuation of the roll that is here", path);
  }
  await replaceFile(path, rollEvents);
  return roll;
}

/**
 * Opens the committee's key for a piece of work, and wipes it afterwards.
 *
 * @throws InputError - as `openSecret`; `issuer-other-key` - not the key of `issuer.json`.
 */
export async function withKeys<T>(
  { directory, passphrase }: { directory: string; passphrase: string },
  { key }: IssuerRecord,
  work: (keys: IssuerKeys) => T | Promise<T>,
): Promise<T> {
  const { secret } = committeePaths(directory);
  const opened = await openSecret({ kind: "issuer-key", bytes: await readFile(secret), passphrase });
  const keys = importIssuerKeys(opened);
  try {
    if (pointToJson(keys.publicKey).join() !== key.join()) {
      throw new InputError("issuer-other-key", "the key is not that of issuer.json", secret);
    }
    return await work(keys);
  } finally {
    opened.fill(0);
    keys.privateKey.fill(0);
  }
}

/** Writes down what was signed last; durable when this resolves. */
export async function appendAct(directory: string, { acts }: Committee, act: Act): Promise<void> {
  await replaceFile(committeePaths(directory).act(acts.length), canonicalBytes(act));
}

/** Whether an act is a batch of credits. */
export function isBatch(act: Act): act is CreditBatch {
  return act.type === "commune-zk/credit-batch/v1";
}

function readRecord(value: unknown): IssuerRecord {
  const parsed = recordSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const place = `issuer.json ${parsed.error.issues[0]!.path.join(".")}`;
  throw new InputError("issuer-malformed", "a name, id, key or number of another form", place);
}
