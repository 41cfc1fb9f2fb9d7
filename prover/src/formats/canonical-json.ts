// Canonical JSON (RFC 8785) of documents that are hashed or signed. docs/spec/conventions.md §4.
import canonicalize from "canonicalize";
import { equalBytes, fromUtf8, utf8 } from "./bytes.ts";
import { InputError } from "./errors.ts";

/**
 * RFC 8785 bytes of a JSON value.
 *
 * @throws TypeError - the value has no JSON form.
 */
export function canonicalBytes(value: unknown): Uint8Array {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("value has no JSON form");
  return utf8(text);
}

/**
 * The value of bytes that are already canonical: one document, one byte string.
 *
 * @throws InputError `bad-utf8`, `bad-json`, `not-canonical-json` (white space, another order of keys, a
 *   repeated key, another form of a number or string).
 */
export function parseCanonicalJson(bytes: Uint8Array, place?: string): unknown {
  const value = parseJson(bytes, place);
  let canonical: Uint8Array;
  try {
    canonical = canonicalBytes(value);
  } catch (cause) {
    // Nested so deeply that writing it overflows the stack: no document of ours is.
    throw new InputError("not-canonical-json", "cannot be written in canonical form", place, { cause });
  }
  if (!equalBytes(canonical, bytes)) {
    throw new InputError("not-canonical-json", "not in canonical form (RFC 8785)", place);
  }
  return value;
}

/**
 * Any JSON value.
 *
 * @throws InputError `bad-utf8`, `bad-json`.
 */
export function parseJson(bytes: Uint8Array, place?: string): unknown {
  const text = fromUtf8(bytes, place);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError("bad-json", "not JSON", place, { cause });
  }
}
