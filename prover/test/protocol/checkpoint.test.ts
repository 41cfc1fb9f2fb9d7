// Signed tree heads: C2SP tlog-checkpoint in a signed note. docs/spec/board.md §2.
import { createHash, createPublicKey, verify } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { fromBase64, toBase64, toHex, utf8 } from "../../src/formats/bytes.ts";
import {
  checkpointOrigin,
  MAX_NOTE_LENGTH,
  signCheckpoint,
  verifyCheckpoint,
} from "../../src/formats/checkpoint.ts";
import { ed25519KeyPair, signBytes } from "../../src/formats/ed25519.ts";
import { inputError } from "../trustees/support.ts";

const keys = ed25519KeyPair();
const pollId = "ab".repeat(31);
const origin = checkpointOrigin("board.test", pollId);
const expected = { origin, publicKey: keys.publicKey };
const head = { size: 67, root: new Uint8Array(32).map((_, i) => 200 - i) };
const good = signCheckpoint(origin, head, keys.secretKey);
const [name, size, root, , line] = good.split("\n") as [string, string, string, string, string];

/** Code with which a reader refuses, or "accepted". */
function outcome(text: string, by = expected): string {
  let code = "accepted";
  try {
    verifyCheckpoint(text, by);
  } catch {
    const error = inputError(() => verifyCheckpoint(text, by));
    expect(error.place).toBe("board/checkpoint");
    code = error.code;
  }
  return code;
}

/** A note of any text, signed by the board as it signs its own. */
function note(text: string): string {
  const id = fromBase64(line.split(" ")[2]!).subarray(0, 4);
  const signature = signBytes(utf8(text), keys.secretKey);
  return `${text}\n— ${origin} ${toBase64(new Uint8Array([...id, ...signature]))}\n`;
}

/** A line of another signer, who signs nothing that we could check. */
const cosigner = (by: string) => `— ${by} ${toBase64(new Uint8Array(76).fill(3))}\n`;

describe("a checkpoint", () => {
  test("gives back the head that was signed", () => {
    expect(verifyCheckpoint(good, expected)).toEqual(head);
    for (const large of [0, 1, 999_999_999_999_999]) {
      const text = signCheckpoint(origin, { ...head, size: large }, keys.secretKey);
      expect(verifyCheckpoint(text, expected).size).toBe(large);
    }
  });

  test("is the signed note of C2SP, as Node's own Ed25519 verifies it", () => {
    expect(name).toBe(`board.test/${pollId}`);
    expect(size).toBe("67");
    expect(root).toBe(Buffer.from(head.root).toString("base64"));
    const [dash, signer, encoded] = line.split(" ") as [string, string, string];
    expect([dash, signer]).toEqual(["—", origin]);
    const blob = Buffer.from(encoded, "base64");
    expect(blob).toHaveLength(68);
    // Key id: the first four bytes of SHA-256(name ‖ 0A ‖ 01 ‖ key).
    const publicKey = Buffer.from(keys.publicKey, "hex");
    const id = createHash("sha256").update(`${origin}\n`).update(Uint8Array.of(1)).update(publicKey).digest();
    expect(toHex(blob.subarray(0, 4))).toBe(toHex(id.subarray(0, 4)));
    const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), publicKey]);
    const key = createPublicKey({ key: spki, format: "der", type: "spki" });
    expect(verify(null, Buffer.from(`${name}\n${size}\n${root}\n`), key, blob.subarray(4))).toBe(true);
  });

  test("may carry lines of cosigners, before the board's and after it", () => {
    const others = cosigner("witness.example/w1") + cosigner("witness.example/w2");
    expect(verifyCheckpoint(good + others, expected)).toEqual(head);
    const [text, own] = good.split("\n\n") as [string, string];
    expect(verifyCheckpoint(`${text}\n\n${others}${own}`, expected)).toEqual(head);
  });

  test("may be as long as a note may be, and no longer", () => {
    const room = MAX_NOTE_LENGTH - good.length - "—  AAAA\n".length;
    const filled = `${good}— ${"w".repeat(room)} AAAA\n`;
    expect(filled).toHaveLength(MAX_NOTE_LENGTH);
    expect(outcome(filled)).toBe("accepted");
    expect(outcome(`${good}— ${"w".repeat(room + 1)} AAAA\n`)).toBe("checkpoint-malformed");
  });
});

describe("a checkpoint is refused", () => {
  test("as that of another board, poll or name", () => {
    for (const other of [
      checkpointOrigin("board.test", "cd".repeat(31)),
      checkpointOrigin("other.test", pollId),
      `${origin} `,
      origin.toUpperCase(),
    ]) {
      expect(outcome(good, { ...expected, origin: other })).toBe("checkpoint-other-board");
    }
    expect(outcome(signCheckpoint(checkpointOrigin("other.test", pollId), head, keys.secretKey))).toBe(
      "checkpoint-other-board",
    );
  });

  test("under another key", () => {
    const other = ed25519KeyPair();
    expect(outcome(good, { ...expected, publicKey: other.publicKey })).toBe("checkpoint-bad-signature");
    expect(outcome(signCheckpoint(origin, head, other.secretKey))).toBe("checkpoint-bad-signature");
  });

  const otherRoot = toBase64(new Uint8Array(32));
  test.each<[string, string]>([
    ["another size", good.replace("\n67\n", "\n68\n")],
    ["another root", good.replace(root, otherRoot)],
    ["no bytes for a signature", good.replace(line, `— ${origin} AAAA`)],
  ])("with %s", (_name, text) => {
    expect(text).not.toBe(good);
    expect(outcome(text)).toBe("checkpoint-bad-signature");
  });

  test("with any byte of the signature blob changed", () => {
    const blob = fromBase64(line.split(" ")[2]!);
    for (const at of blob.keys()) {
      const changed = `— ${origin} ${toBase64(blob.with(at, blob[at]! ^ 1))}`;
      expect([at, outcome(good.replace(line, changed))]).toEqual([at, "checkpoint-bad-signature"]);
    }
    for (const length of [67, 69]) {
      const resized = new Uint8Array(length);
      resized.set(blob.subarray(0, Math.min(length, 68)));
      expect(outcome(good.replace(line, `— ${origin} ${toBase64(resized)}`))).toBe(
        "checkpoint-bad-signature",
      );
    }
  });

  test("with a key id of another key, over a good signature", () => {
    const blob = fromBase64(line.split(" ")[2]!);
    blob.set([1, 2, 3, 4]);
    expect(outcome(good.replace(line, `— ${origin} ${toBase64(blob)}`))).toBe("checkpoint-bad-signature");
  });

  test.each<[string, string]>([
    ["nothing", ""],
    ["no line of the board", good.replace(line, cosigner("witness.example/w1").trimEnd())],
    ["two lines of the board", `${good}${line}\n`],
    ["a second, false line under the board's name", `${good}${cosigner(origin)}`],
    ["no signature at all", `${name}\n${size}\n${root}\n\n`],
    ["no newline at the end", good.slice(0, -1)],
    ["a newline more at the end", `${good}\n`],
    ["carriage returns", good.replaceAll("\n", "\r\n")],
    ["a hyphen for the dash", good.replace("—", "-")],
    ["a space more in the signature line", good.replace("— ", "—  ")],
    ["text before it", `x\n${good}`],
  ])("with %s, as malformed", (_name, text) => {
    expect(outcome(text)).toBe("checkpoint-malformed");
  });

  test.each<[string, string]>([
    ["a leading zero in the size", `${name}\n067\n${root}\n`],
    ["a sign before the size", `${name}\n+67\n${root}\n`],
    ["a size in hexadecimal", `${name}\n0x43\n${root}\n`],
    ["a size of 10^15", `${name}\n1000000000000000\n${root}\n`],
    ["no size", `${name}\n\n${root}\n`],
    ["a short root", `${name}\n67\n${toBase64(new Uint8Array(30))}\n`],
    ["a root of 31 bytes", `${name}\n67\n${toBase64(new Uint8Array(31))}\n`],
    ["a root of 33 bytes", `${name}\n67\n${toBase64(new Uint8Array(33))}\n`],
    ["a root in hexadecimal", `${name}\n67\n${toHex(head.root)}\n`],
    ["an extension line", `${name}\n67\n${root}\nextension\n`],
    ["no root", `${name}\n67\n`],
  ])("with %s, as malformed, though the board has signed it", (_name, text) => {
    expect(outcome(note(text))).toBe("checkpoint-malformed");
  });

  test("control: the board's own text passes through the same signer", () => {
    expect(outcome(note(`${name}\n67\n${root}\n`))).toBe("accepted");
  });

  test("with a root whose base64 is not canonical, though the board has signed it", () => {
    // 32 bytes leave two bits of the last digit unused; they are zero in the one canonical form.
    const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const last = digits[digits.indexOf(root[42]!) + 1]!;
    const sloppy = `${root.slice(0, 42)}${last}=`;
    expect(outcome(note(`${name}\n67\n${sloppy}\n`))).toBe("bad-base64");
  });
});
