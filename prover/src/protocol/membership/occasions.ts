// Where and when a member signs in or passes a gate: the parts that scopes and messages are made of, read strictly.
// docs/spec/membership.md §7.
import { fromHex, utf8 } from "../../formats/bytes.ts";
import { InputError } from "../../formats/errors.ts";
import { parseWith, text } from "../../formats/schema.ts";

/**
 * A verifier's challenge.
 *
 * @param nonce - hexadecimal.
 * @returns 32 bytes.
 * @throws InputError `bad-hex` - not exactly 32 bytes.
 */
export function nonceBytes(nonce: string): Uint8Array {
  return fromHex(nonce, 32, "nonce");
}

/**
 * A web origin in the one form that browsers give (`location.origin`).
 *
 * @returns its bytes.
 * @throws InputError `origin-malformed` - not http or https, a path, a default port, upper case, too long.
 */
export function originBytes(origin: string): Uint8Array {
  let url: URL | undefined;
  try {
    url = new URL(origin);
  } catch {
    // Refused below.
  }
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  if (!isWeb || url?.origin !== origin || origin.length > 300) {
    throw new InputError("origin-malformed", "expected a web origin as browsers write it", "origin");
  }
  return utf8(origin);
}

/**
 * A name of a gate or an epoch: text of 1 … 200 code units as in docs/spec/conventions.md §4.
 *
 * @throws InputError `gate-malformed`.
 */
export function gateText(value: string, place: "gate" | "epoch"): Uint8Array {
  return utf8(parseWith(text(200), value, "gate-malformed", place));
}
