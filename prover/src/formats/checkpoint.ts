// Signed tree heads: C2SP tlog-checkpoint in a C2SP signed-note. docs/spec/board.md §2.
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, equalBytes, fromBase64, fromHex, toBase64, utf8 } from "./bytes.ts";
import { ed25519PublicKey, signBytes, verifyBytes } from "./ed25519.ts";
import { InputError } from "./errors.ts";

/** A tree head: how many entries, and their root. */
export interface TreeHead {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/**
 * First line of a log's checkpoints, and the name of its signing key.
 *
 * @param logId - which log of the board this is: a poll's or policy's scope, or a ledger's id.
 */
export function checkpointOrigin(boardName: string, logId: string): string {
  return `${boardName}/${logId}`;
}

/** Most characters of a signed note, cosigners' lines and all. */
export const MAX_NOTE_LENGTH = 16_384;

const ED25519_NOTE = Uint8Array.of(1);

/** C2SP signed-note key id: 4 bytes. */
function keyId(name: string, publicKey: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8(`${name}\n`), ED25519_NOTE, publicKey)).slice(0, 4);
}

/**
 * A signed checkpoint.
 *
 * @param secretKey - Ed25519 seed of the board.
 */
export function signCheckpoint(origin: string, { size, root }: TreeHead, secretKey: Uint8Array): string {
  const text = `${origin}\n${size}\n${toBase64(root)}\n`;
  const publicKey = fromHex(ed25519PublicKey(secretKey), 32);
  const signature = concatBytes(keyId(origin, publicKey), signBytes(utf8(text), secretKey));
  return `${text}\n— ${origin} ${toBase64(signature)}\n`;
}

/**
 * The head of a checkpoint that the board's key has signed. Lines of other signers are kept by nobody and
 * checked by nobody here.
 *
 * @param text - untrusted.
 * @param expected - origin, and the board's Ed25519 key in hexadecimal.
 * @throws InputError `checkpoint-malformed`, `checkpoint-other-board`, `checkpoint-bad-signature`.
 */
export function verifyCheckpoint(
  text: string,
  expected: { readonly origin: string; readonly publicKey: string },
  place = "board/checkpoint",
): TreeHead {
  const malformed = (message: string) => new InputError("checkpoint-malformed", message, place);
  if (text.length > MAX_NOTE_LENGTH) throw malformed("longer than any checkpoint");
  const match =
    /^([^\n]+)\n(0|[1-9][0-9]{0,14})\n([A-Za-z0-9+/]{43}=)\n\n((?:— [^\n ]+ [A-Za-z0-9+/=]+\n)+)$/.exec(text);
  if (match === null) throw malformed("not a signed checkpoint");
  const [, origin, size, root, lines] = match as unknown as [string, string, string, string, string];
  if (origin !== expected.origin)
    throw new InputError("checkpoint-other-board", "origin of another board", place);
  const publicKey = fromHex(expected.publicKey, 32, place);
  const signed = utf8(text.slice(0, text.indexOf("\n\n") + 1));
  const own = lines
    .trimEnd()
    .split("\n")
    .map((line) => line.slice(2).split(" ") as [string, string])
    .filter(([name]) => name === origin);
  if (own.length !== 1) throw malformed("not exactly one line of the board's key");
  const signature = fromBase64(own[0]![1], place);
  if (
    signature.length !== 68 ||
    !equalBytes(signature.subarray(0, 4), keyId(origin, publicKey)) ||
    !verifyBytes(signed, signature.subarray(4), publicKey)
  ) {
    throw new InputError("checkpoint-bad-signature", "not signed by the board's key", place);
  }
  return { size: Number(size), root: fromBase64(root, place) };
}
