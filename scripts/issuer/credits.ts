// Credits as a workplace writes them down: a table in a CSV file, or MEMBER=AMOUNT on the command line.
import { fromUtf8, InputError, type RollState } from "@commune-zk/prover";
import type { MemberCredit } from "../shared/credit-members.ts";

/** A credit as it was written, and where: for whoever has to correct it. */
export interface WrittenCredit extends MemberCredit {
  /** A line of the file, or the argument's number. */
  readonly place: string;
}

const HEAD = /^member([,;])amount$/;

/**
 * Credits from a CSV file: the head `member,amount`, then one line for each member. Semicolons do as well, as
 * office programs write them where the comma is a decimal sign. Empty lines are left out.
 *
 * @param file - untrusted.
 * @param name - of the file, for places.
 * @throws InputError `credits-malformed`, `credits-unknown-member`, `amount-invalid`, `bad-utf8`; the place names
 *   the line from 1. Nothing of a line is quoted.
 */
export function creditsOfCsv(file: Uint8Array, name: string, roll: RollState): WrittenCredit[] {
  // The mark that some programs begin a file with is no part of the head.
  const [head, ...rows] = fromUtf8(file, name)
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/);
  const separator = HEAD.exec(head!)?.[1];
  if (separator === undefined) {
    throw new InputError("credits-malformed", "the first line has to be member,amount", `${name} line 1`);
  }
  const credits: WrittenCredit[] = [];
  for (const [i, row] of rows.entries()) {
    if (row.trim() === "") continue;
    credits.push(readCredit(row.split(separator), `${name} line ${i + 2}`, roll));
  }
  return credits;
}

/**
 * Credits from arguments `MEMBER=AMOUNT`.
 *
 * @throws InputError - as {@link creditsOfCsv}; the place names the argument from 1.
 */
export function creditsOfArguments(written: readonly string[], roll: RollState): WrittenCredit[] {
  return written.map((text, i) => readCredit(text.split("="), `credit ${i + 1}`, roll));
}

function readCredit(fields: readonly string[], place: string, roll: RollState): WrittenCredit {
  const [member, amount, ...more] = fields.map((field) => field.trim());
  if (member === undefined || amount === undefined || more.length > 0) {
    throw new InputError("credits-malformed", "expected a member and an amount", place);
  }
  if (!/^[1-9][0-9]{0,8}$/.test(amount)) {
    throw new InputError("amount-invalid", "expected whole minutes in digits, at least 1", place);
  }
  return { member: memberPosition(member, place, roll), amount: Number(amount), place };
}

/**
 * A member's position on the roll, from the position itself (from 0) or the member's commitment in decimals.
 *
 * @throws InputError `credits-malformed`, `credits-unknown-member`.
 */
function memberPosition(text: string, place: string, { positions }: RollState): number {
  if (!/^(0|[1-9][0-9]{0,77})$/.test(text)) {
    throw new InputError("credits-malformed", "a member is a position or a commitment", place);
  }
  const value = BigInt(text);
  const found = value < 2 ** 31 ? Number(value) : positions.findIndex((held) => held?.commitment === value);
  if ((positions[found] ?? null) === null) {
    throw new InputError("credits-unknown-member", "no member of the roll", place);
  }
  return found;
}
