// A committee signs a batch of credits, and hands out its attestations.
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  InputError,
  parseSealedAttestation,
  type SealedAttestation,
  sealedAttestationBytes,
} from "@commune-zk/prover";
import { replaceFile } from "@commune-zk/prover/node";
import { creditMembers } from "../shared/credit-members.ts";
import { type Act, appendAct, committeePaths, isBatch, readCommittee, withKeys } from "./committee.ts";
import type { WrittenCredit } from "./credits.ts";

/** What {@link credit} is told. */
export interface CreditOptions {
  readonly directory: string;
  readonly period: number;
  readonly category: string;
  readonly credits: readonly WrittenCredit[];
  /** Which batch the committee means to sign, against signing one twice; any where left out. */
  readonly serial?: number;
  /** Whether members who have a credit for this period and category get another one: in place of a revoked one, or in addition. */
  readonly again?: boolean;
  readonly passphrase: string;
}

/**
 * Signs the next batch and seals its attestations: all of the credits, or none.
 *
 * @returns the batch's serial.
 * @throws InputError - as `creditBatch`, the place that of the written credit; `credit-serial-reused`,
 *   `credit-serial-skipped` - the next batch is another one; `credit-given-before` - to a member, for this period
 *   and category, without `again`; as {@link readCommittee} and `openSecret`;
 *   `issuer-other-key`.
 */
export async function credit(options: CreditOptions): Promise<number> {
  const { directory, period, category, credits, again = false } = options;
  const committee = await readCommittee(directory);
  const { record, roll, acts, nextSerial: serial } = committee;
  checkSerial(options.serial, serial);
  if (!again) await refuseRepeated(directory, acts, options);
  const { batch, sealed } = await withKeys(options, record, async (issuerKeys) => {
    const header = { ledgerId: record.ledgerId, serial, period, category };
    try {
      return await creditMembers({ roll, issuerKeys, header, credits, maxAmount: record.maxAmount });
    } catch (error) {
      throw atWrittenPlace(error, credits);
    }
  });
  const folder = committeePaths(directory).attestations(serial);
  // What an interrupted attempt left belongs to a batch that never was.
  await rm(folder, { recursive: true, force: true });
  for (const [member, attestation] of sealed) {
    await replaceFile(join(folder, `${member}.json`), sealedAttestationBytes(attestation), 0o600);
  }
  // Last: a batch whose attestations are lost would be credits that nobody can use.
  await appendAct(directory, committee, batch);
  return serial;
}

function checkSerial(wanted: number | undefined, next: number): void {
  if (wanted === undefined || wanted === next) return;
  const code = wanted < next ? "credit-serial-reused" : "credit-serial-skipped";
  throw new InputError(code, `the next batch is ${next}`, "serial");
}

async function refuseRepeated(
  directory: string,
  acts: readonly Act[],
  { period, category, credits }: CreditOptions,
): Promise<void> {
  for (const { header } of acts.filter(isBatch)) {
    if (header.period !== period || header.category !== category) continue;
    const given = new Set((await attestationsOf(directory, header.serial)).map(({ member }) => member));
    const repeated = credits.find(({ member }) => given.has(member));
    if (repeated !== undefined) {
      const message = `batch ${header.serial} has a credit of this member's for the same period and category`;
      throw new InputError("credit-given-before", message, repeated.place);
    }
  }
}

/** The error with the place at which its credit was written, where it names one. */
function atWrittenPlace(error: unknown, credits: readonly WrittenCredit[]): unknown {
  if (!(error instanceof InputError)) return error;
  const number = /^credits\.(\d+)/.exec(error.place ?? "")?.[1];
  const written = number === undefined ? undefined : credits[Number(number)];
  if (written === undefined) return error;
  return new InputError(error.code, error.message.slice(`${error.place}: `.length), written.place);
}

/** A member's sealed attestation. */
export interface MemberAttestation {
  /** Position on the roll. */
  readonly member: number;
  readonly sealed: SealedAttestation;
}

/**
 * The attestations of a batch, by position on the roll.
 *
 * @throws InputError - as `parseSealedAttestation`; `file-missing` - no such batch.
 */
export async function attestationsOf(directory: string, serial: number): Promise<MemberAttestation[]> {
  const folder = committeePaths(directory).attestations(serial);
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new InputError("file-missing", "no such batch", folder, { cause });
  });
  const members = names.map((name) => Number(/^(\d+)\.json$/.exec(name)?.[1] ?? Number.NaN));
  return Promise.all(
    members
      .filter((member) => !Number.isNaN(member))
      .sort((a, b) => a - b)
      .map(async (member) => {
        const path = join(folder, `${member}.json`);
        return { member, sealed: parseSealedAttestation(await readFile(path), path) };
      }),
  );
}
