// Where public files are read from: a directory, or a URL.
import { join } from "node:path";
import { type PublicFiles, urlPublicFiles } from "@commune-zk/prover";
import { directoryPublicFiles } from "@commune-zk/prover/node";

const URL_START = /^https?:\/\//;

/** The public files at a directory or URL. */
export function publicFilesAt(place: string): PublicFiles {
  return URL_START.test(place) ? urlPublicFiles(place.replace(/\/$/, "")) : directoryPublicFiles(place);
}

/** Where the ledger of a policy lies that is served or exported together with it: `../../ledgers/<id>`. */
export function ledgerBeside(place: string, ledgerId: string): string {
  const ledger = `../ledgers/${ledgerId}`;
  return URL_START.test(place) ? new URL(ledger, place.replace(/\/$/, "")).href : join(place, "..", ledger);
}
