// npm run issuer -- init DIR --name NAME --ledger ID --registry KEY --roll FILE --roll-id ID --registrar KEY
//                   roll DIR FILE                        (a newer log of the roll)
//                   credit DIR --period N (FILE.csv | MEMBER=AMOUNT...) [--category NAME] [--serial N] [--again]
//                   export DIR FOLDER [--serial N] [--page URL]
//                   revoke DIR --ledger DIRECTORY|URL (POSITION... | --serial N)
//                   send DIR --service URL
//                   list DIR
// The passphrase of the issuer's key comes from COMMUNE_PASSPHRASE, or is asked for.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { attestationLink, canonicalBytes, InputError, sealedAttestationBytes } from "@commune-zk/prover";
import { replaceFile } from "@commune-zk/prover/node";
import { publicFilesAt } from "./audit/place.ts";
import { createCommittee, isBatch, readCommittee, updateRoll } from "./issuer/committee.ts";
import { attestationsOf, credit } from "./issuer/crediting.ts";
import { creditsOfArguments, creditsOfCsv } from "./issuer/credits.ts";
import { revoke } from "./issuer/revoking.ts";
import { send } from "./issuer/sending.ts";
import { askPassphrase } from "./shared/ask.ts";

const USAGE = `usage: npm run issuer -- init DIR --name NAME --ledger ID --registry KEY --roll FILE --roll-id ID --registrar KEY [--max N]
                         roll DIR FILE
                         credit DIR --period N (FILE.csv | MEMBER=AMOUNT...) [--category NAME] [--serial N] [--again]
                         export DIR FOLDER [--serial N] [--page URL]
                         revoke DIR --ledger DIRECTORY|URL (POSITION... | --serial N)
                         send DIR --service URL
                         list DIR`;

/** Ten days of minutes. */
const DEFAULT_MAXIMUM = "14400";

const options = {
  name: { type: "string" },
  ledger: { type: "string" },
  registry: { type: "string" },
  roll: { type: "string" },
  "roll-id": { type: "string" },
  registrar: { type: "string" },
  max: { type: "string", default: DEFAULT_MAXIMUM },
  period: { type: "string" },
  category: { type: "string", default: "hours" },
  serial: { type: "string" },
  again: { type: "boolean", default: false },
  page: { type: "string" },
  service: { type: "string" },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

/** How the command was used wrongly; nothing was done. */
class UsageError extends Error {}

type Command = (directory: string, values: Values, rest: readonly string[]) => Promise<void>;

const COMMANDS = {
  async init(directory, values) {
    const about = {
      name: given(values.name),
      ledgerId: given(values.ledger),
      registryKey: given(values.registry),
      rollId: given(values["roll-id"]),
      registrarKey: given(values.registrar),
      maxAmount: number(values.max),
      rollEvents: await readFile(given(values.roll)),
    };
    const passphrase = await askPassphrase("passphrase for the issuer's key");
    const record = await createCommittee({ ...about, directory, passphrase });
    console.log(`issuer ${record.key.join(",")}`);
    console.log("The registry has to give this key authority before it takes a batch.");
  },

  async roll(directory, _values, [file, ...more]) {
    if (more.length > 0) throw new UsageError();
    const roll = await updateRoll(directory, await readFile(given(file)));
    console.log(`roll of ${roll.batches} batches, ${roll.positions.length} positions`);
  },

  async credit(directory, values, written) {
    const { roll } = await readCommittee(directory);
    const period = number(values.period);
    const [file] = written;
    if (file === undefined) throw new UsageError();
    const isFile = written.length === 1 && !file.includes("=");
    const credits = isFile
      ? creditsOfCsv(await readFile(file), file, roll)
      : creditsOfArguments(written, roll);
    const passphrase = await askPassphrase("passphrase of the issuer's key");
    const { category, again } = values;
    const serial = values.serial === undefined ? {} : { serial: number(values.serial) };
    const signed = await credit({ directory, period, category, credits, again, passphrase, ...serial });
    console.log(`batch ${signed}: ${credits.length} credits of "${category}" for ${period}`);
  },

  async export(directory, { serial, page }, [folder, ...more]) {
    if (folder === undefined || more.length > 0) throw new UsageError();
    const { acts } = await readCommittee(directory);
    const wanted = acts.filter(isBatch).filter(({ header }) => {
      return serial === undefined || header.serial === number(serial);
    });
    if (wanted.length === 0) throw new InputError("file-missing", "no such batch", "serial");
    for (const batch of wanted) {
      const target = join(folder, `batch-${batch.header.serial}`);
      const attestations = await attestationsOf(directory, batch.header.serial);
      for (const { member, sealed } of attestations) {
        const bytes = sealedAttestationBytes(sealed);
        await replaceFile(join(target, `member-${member}.json`), bytes, 0o600);
        if (page === undefined) continue;
        await replaceFile(join(target, `member-${member}.link`), `${attestationLink(page, bytes)}\n`, 0o600);
      }
      await replaceFile(join(folder, `batch-${batch.header.serial}.json`), canonicalBytes(batch));
      console.log(`batch ${batch.header.serial}: ${attestations.length} attestations in ${target}`);
    }
  },

  async revoke(directory, { ledger, serial }, written) {
    if ((serial === undefined) === (written.length === 0)) throw new UsageError();
    const revoked = serial === undefined ? { positions: written.map(number) } : { serial: number(serial) };
    const files = publicFilesAt(given(ledger));
    const passphrase = await askPassphrase("passphrase of the issuer's key");
    const positions = await revoke({ directory, ledger: files, revoked, passphrase });
    console.log(`request to revoke ${positions.join(", ")}`);
  },

  async send(directory, { service }) {
    const acts = await send(directory, { baseUrl: given(service).replace(/\/$/, "") });
    console.log(`the registry has all ${acts}`);
  },

  async list(directory) {
    const { record, roll, acts } = await readCommittee(directory);
    console.log(`${record.name}\nissuer ${record.key.join(",")}\nledger ${record.ledgerId}`);
    console.log(`roll   ${record.rollId}, ${roll.positions.filter((held) => held !== null).length} members`);
    for (const act of acts) {
      console.log(
        isBatch(act)
          ? `batch ${act.header.serial}: ${act.inner.length} credits of "${act.header.category}" for ${act.header.period}`
          : `request to revoke ${act.positions.join(", ")}`,
      );
    }
  },
} satisfies Readonly<Record<string, Command>>;

function given(value: string | undefined): string {
  if (value === undefined) throw new UsageError();
  return value;
}

function number(value: string | undefined): number {
  if (value === undefined || !/^(0|[1-9][0-9]{0,8})$/.test(value)) throw new UsageError();
  return Number(value);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [name, directory, ...rest] = positionals;
  const command: Command | undefined = new Map<string, Command>(Object.entries(COMMANDS)).get(given(name));
  if (command === undefined) throw new UsageError();
  await command(given(directory), values, rest);
}

try {
  await main();
} catch (error) {
  if (error instanceof UsageError) {
    console.error(USAGE);
    process.exitCode = 2;
  } else if (error instanceof InputError) {
    console.error(`REFUSED ${error.code}\n${error.message}`);
    process.exitCode = 1;
  } else throw error;
}
