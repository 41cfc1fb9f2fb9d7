// npm run registrar -- init DIR --organisation NAME
//                      invite DIR --page URL [--count N]
//                      admit DIR --tier TIER REQUEST...        (links, or files that hold a link or a request)
//                      list DIR
// The passphrase of the registrar's key comes from COMMUNE_PASSPHRASE, or is asked for.
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { InputError, invitationLink, rollHead, utf8 } from "@commune-zk/prover";
import { renderUnicodeCompact } from "uqr";
import { admit, createOffice, invite, readOffice } from "./registrar/office.ts";
import { askPassphrase } from "./shared/ask.ts";

const USAGE = `usage: npm run registrar -- init DIR --organisation NAME
                            invite DIR --page URL [--count N]
                            admit DIR --tier TIER REQUEST...
                            list DIR`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      organisation: { type: "string" },
      page: { type: "string" },
      count: { type: "string", default: "1" },
      tier: { type: "string", default: "member" },
    },
  });
  const [command, directory, ...rest] = positionals;
  if (directory === undefined) return usage();
  if (command === "init" && values.organisation !== undefined) {
    const passphrase = await askPassphrase("passphrase for the registrar's key");
    const record = await createOffice({ directory, organisation: values.organisation, passphrase });
    console.log(`registrar ${record.registrarKey}\nroll      ${record.rollId}`);
    return 0;
  }
  if (command === "invite" && values.page !== undefined) {
    const count = Number(values.count);
    if (!Number.isInteger(count) || count < 1) return usage();
    for (const invitation of await invite(directory, count)) {
      const link = invitationLink(values.page, invitation);
      console.log(`${link}\n\n${renderUnicodeCompact(link)}\n`);
    }
    return 0;
  }
  if (command === "admit" && rest.length > 0) {
    const requests = await Promise.all(rest.map(readRequest));
    const passphrase = await askPassphrase("passphrase of the registrar's key");
    const positions = await admit({ directory, tier: values.tier, requests, passphrase });
    console.log(`admitted to tier ${values.tier}, positions ${positions.join(", ")}`);
    return 0;
  }
  if (command === "list") {
    const { record, roll } = await readOffice(directory);
    console.log(`${record.organisation}\nregistrar ${record.registrarKey}\nroll      ${record.rollId}`);
    console.log(`head      ${rollHead(roll)}, ${roll.batches} batches`);
    const tiers = new Map<string, number>();
    for (const position of roll.positions)
      if (position !== null) tiers.set(position.tier, (tiers.get(position.tier) ?? 0) + 1);
    for (const [tier, n] of tiers) console.log(`${tier}: ${n}`);
    return 0;
  }
  return usage();
}

function usage(): number {
  console.error(USAGE);
  return 2;
}

async function readRequest(argument: string): Promise<Uint8Array> {
  if (argument.includes("#")) return utf8(argument);
  return readFile(argument);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(`REFUSED ${error.code}\n${error.message}`);
  process.exitCode = 1;
}
