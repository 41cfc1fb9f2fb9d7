// Logs of signed lines, of rolls and ledgers: `{ "<name>": …, "signature": hex64 }` and a newline each.
// docs/spec/roll.md §1, docs/spec/ledger.md §2.
import { concatBytes, utf8 } from "../formats/bytes.ts";
import { canonicalBytes } from "../formats/canonical-json.ts";
import { type SignatureRole, signDocument } from "../formats/ed25519.ts";
import type { InputError } from "../formats/errors.ts";

const NEWLINE = 0x0a;

/**
 * The lines of a log, without their newlines.
 *
 * @param truncated - what to throw where the last line, of this index, has no newline.
 */
export function* logLines(
  ndjson: Uint8Array,
  truncated: (index: number) => InputError,
): Generator<Uint8Array> {
  let start = 0;
  for (let index = 0; start < ndjson.length; index++) {
    const end = ndjson.indexOf(NEWLINE, start);
    if (end < 0) throw truncated(index);
    yield ndjson.subarray(start, end);
    start = end + 1;
  }
}

/**
 * A signed line, without its newline.
 *
 * @param name - what the document is called in the line.
 * @param secretKey - Ed25519 seed.
 */
export function signedLine(
  { name, role, document }: { name: string; role: SignatureRole; document: unknown },
  secretKey: Uint8Array,
): Uint8Array {
  const signature = signDocument(role, canonicalBytes(document), secretKey);
  return canonicalBytes({ [name]: document, signature });
}

/** A line with its newline. */
export function withNewline(line: Uint8Array): Uint8Array {
  return concatBytes(line, utf8("\n"));
}
