// An election of many real ballots in a directory of its own, made once because its proofs take long.
//
//   rehearsal.json   everybody's secrets: they were made up, and guard nothing
//   ballots/NNNN     records, one for each member, written as they are made
//   public/          the poll's public files; result.json is written last, and says that all is there
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fromHex, type PublicFiles, publicPaths, toHex } from "@commune-zk/prover";
import { directoryPublicFiles } from "@commune-zk/prover/node";
import type { BenchKeys, SamplePoll } from "./sample-poll.ts";
import { choiceOf } from "./sample-poll.ts";

/** What the making of the ballots and of the result goes on from. */
export interface FixtureSecrets {
  /** Digest of the key set that the poll names. */
  readonly keySet: string;
  readonly registrarKey: string;
  /** Ed25519 seed, hexadecimal. */
  readonly boardSecret: string;
  /** In the order of the roll; private key in hexadecimal, commitment in decimals. */
  readonly members: readonly { readonly privateKey: string; readonly commitment: string }[];
  /** In order; signing seed in hexadecimal, share in decimals. */
  readonly trustees: readonly { readonly signingSecret: string; readonly share: string }[];
}

/** Places in a fixture's directory. */
export interface FixturePaths {
  readonly directory: string;
  readonly secrets: string;
  readonly public: string;
  readonly ballot: (index: number) => string;
}

/** An election whose result is published. */
export interface Fixture {
  readonly ballots: number;
  readonly registrarKey: string;
  readonly files: PublicFiles;
  /** What each option has to have. */
  readonly expected: readonly number[];
}

/**
 * @param root - the folder of all fixtures.
 * @param ballots - how many; each number has a directory of its own.
 */
export function fixturePaths(root: string, ballots: number): FixturePaths {
  const directory = join(root, `${ballots}-ballots`);
  return {
    directory,
    secrets: join(directory, "rehearsal.json"),
    public: join(directory, "public"),
    ballot: (index) => join(directory, "ballots", String(index).padStart(4, "0")),
  };
}

/** A finished fixture for these keys; undefined where it is missing, unfinished or of other keys. */
export async function readFixture({
  root,
  ballots,
  keys,
}: {
  root: string;
  ballots: number;
  keys: BenchKeys;
}): Promise<Fixture | undefined> {
  const paths = fixturePaths(root, ballots);
  const secrets = await readSecrets(paths);
  if (secrets === undefined || secrets.keySet !== keys.manifest.digest) return undefined;
  if ((await readIfThere(join(paths.public, publicPaths.result))) === undefined) return undefined;
  return {
    ballots,
    registrarKey: secrets.registrarKey,
    files: directoryPublicFiles(paths.public),
    expected: expectedTotals(ballots),
  };
}

/** What `ballots` voters give to the four options of a compact poll. */
export function expectedTotals(ballots: number): number[] {
  const totals = [0, 0, 0, 0];
  for (let voter = 0; voter < ballots; voter++) totals[choiceOf(voter)]!++;
  return totals;
}

/** The secrets of a sample poll, for {@link readSecrets}. */
export function secretsOf({ rehearsal, board, poll }: SamplePoll): FixtureSecrets {
  return {
    keySet: poll.poll.keySet.digest,
    registrarKey: rehearsal.registrar.publicKey,
    boardSecret: toHex(board.secretKey),
    members: rehearsal.identities.map(({ privateKey, commitment }) => ({
      privateKey: toHex(privateKey),
      commitment: commitment.toString(),
    })),
    trustees: rehearsal.trusteeKeys.map(({ signingSecret }, i) => ({
      signingSecret: toHex(signingSecret),
      share: rehearsal.ceremony.shares[i]!.toString(),
    })),
  };
}

/** Undefined where a fixture has not been begun. */
export async function readSecrets({ secrets }: FixturePaths): Promise<FixtureSecrets | undefined> {
  const bytes = await readIfThere(secrets);
  return bytes === undefined ? undefined : (JSON.parse(bytes.toString()) as FixtureSecrets);
}

/** A file's content, or undefined where there is none. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes a file whole or not at all: whoever is interrupted goes on from what is there. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, content);
  await rename(`${path}.part`, path);
}

/** @throws InputError `bad-hex`. */
export function seed(text: string): Uint8Array {
  return fromHex(text, 32);
}
