// npm run audit -- DIRECTORY|URL --poll-id ID | --claim-scope ID | --registrar KEY [--checkpoint FILE]
//   [--ledger DIRECTORY|URL] [--ledger-checkpoint FILE] [--allow-development-keys]
// Audits a poll, or an hours policy with its ledger.
// Exit: 0 good; 1 a fault, named; 2 wrong use; 3 consistent, but no trust anchor was given.
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { InputError, policyPaths, readOptional } from "@commune-zk/prover";
import { publicFilesAt } from "./audit/place.ts";
import { auditHoursPolicy } from "./audit/policy.ts";
import { auditPoll } from "./audit/poll.ts";

const USAGE = `usage: npm run audit -- DIRECTORY|URL [--allow-development-keys] [--checkpoint FILE]
  of a poll:    --poll-id ID | --registrar KEY
  of a policy:  --claim-scope ID | --registrar KEY
                [--ledger DIRECTORY|URL]    ../../ledgers/ID unless told
                [--ledger-checkpoint FILE]`;

/** Options as they were given; undefined where the use is wrong. */
function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        "poll-id": { type: "string" },
        "claim-scope": { type: "string" },
        registrar: { type: "string" },
        checkpoint: { type: "string" },
        ledger: { type: "string" },
        "ledger-checkpoint": { type: "string" },
        "allow-development-keys": { type: "boolean", default: false },
      },
    });
    const [place] = positionals;
    const ofPolicy = [values["claim-scope"], values.ledger, values["ledger-checkpoint"]];
    const mixed = values["poll-id"] !== undefined && ofPolicy.some((value) => value !== undefined);
    if (place === undefined || positionals.length > 1 || mixed) return undefined;
    return { ...values, place, ofPolicy: ofPolicy.some((value) => value !== undefined) };
  } catch {
    // An option that does not exist, or one without its value.
    return undefined;
  }
}

type Options = NonNullable<ReturnType<typeof readOptions>>;

async function main(): Promise<number> {
  const options = readOptions();
  if (options === undefined) {
    console.error(USAGE);
    return 2;
  }
  try {
    const anchored = (await isPolicy(options)) ? await policyAt(options) : await pollAt(options);
    const missing = "internally consistent, not authenticated: no id and no --registrar was given";
    console.log(`\n${anchored ? "Every check passed." : missing}`);
    return anchored ? 0 : 3;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(`FAULT ${error.code}\n${error.message}`);
    return 1;
  }
}

/** Options say what is to be audited; without any, what lies there does. */
async function isPolicy(options: Options): Promise<boolean> {
  if (options.ofPolicy) return true;
  if (options["poll-id"] !== undefined) return false;
  return (await readOptional(publicFilesAt(options.place), policyPaths.policy)) !== undefined;
}

async function pollAt({ place, registrar, ...options }: Options): Promise<boolean> {
  const pollId = options["poll-id"];
  return auditPoll({
    place,
    anchor:
      pollId !== undefined
        ? { kind: "poll-id", pollId }
        : registrar !== undefined
          ? { kind: "registrar", key: registrar }
          : { kind: "none" },
    checkpoint: await textOf(options.checkpoint),
    allowDevelopmentKeys: options["allow-development-keys"],
  });
}

async function policyAt({ place, registrar, ledger, ...options }: Options): Promise<boolean> {
  const claimScope = options["claim-scope"];
  return auditHoursPolicy({
    place,
    ledgerPlace: ledger,
    anchor:
      claimScope !== undefined
        ? { kind: "claim-scope", claimScope }
        : registrar !== undefined
          ? { kind: "registrar", key: registrar }
          : { kind: "none" },
    checkpoint: await textOf(options.checkpoint),
    ledgerCheckpoint: await textOf(options["ledger-checkpoint"]),
    allowDevelopmentKeys: options["allow-development-keys"],
  });
}

async function textOf(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : readFile(path, "utf8");
}

process.exitCode = await main();
