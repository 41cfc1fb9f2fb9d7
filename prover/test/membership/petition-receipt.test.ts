// Receipts of petition signatures: docs/spec/membership.md §9, on the record of its example.
import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import {
  BoardTree,
  checkpointOrigin,
  decodeRecord,
  encodeRecord,
  fromHex,
  makePetitionReceipt,
  parsePetitionReceipt,
  petitionReceiptBytes,
  readPetitionStatement,
  signCheckpoint,
  signPetition,
  utf8,
  validatePetition,
  verifyPetitionReceipt,
} from "../../src/index.ts";
import { boardKeys } from "../support/polls.ts";
import { makeMembers, petitionOf } from "./support.ts";

const example = JSON.parse(
  await readFile(new URL("../../../docs/spec/examples/membership.json", import.meta.url), "utf8"),
) as { petition: string; record: string; proof: unknown };
const read = validatePetition(utf8(example.petition), { kind: "none" });
// The example's board key is the specification's; here a board of the tests signs.
const petition = {
  ...read,
  petition: { ...read.petition, board: { ...read.petition.board, key: boardKeys.publicKey } },
};
const record = fromHex(example.record, 419);

function fresh() {
  const tree = new BoardTree();
  tree.append(utf8("another record"));
  tree.append(record);
  const origin = checkpointOrigin(petition.petition.board.name, petition.petitionId);
  const checkpoint = signCheckpoint(origin, { size: 2, root: tree.root() }, boardKeys.secretKey);
  const inclusion = tree.inclusion(1, 2);
  return makePetitionReceipt({ petition, record, index: 1, checkpoint, inclusion });
}

test("a receipt proves that the record stands on the board, also after it was written and read", () => {
  const receipt = parsePetitionReceipt(JSON.parse(new TextDecoder().decode(petitionReceiptBytes(fresh()))));
  expect(() => verifyPetitionReceipt({ receipt, record, petition })).not.toThrow();
  const said = readPetitionStatement(example.proof);
  expect([receipt.nullifier, receipt.statementHash]).toEqual([said.nullifier.toString(), said.statementHash]);
});

const foreign = makeMembers(2);
const other = validatePetition(signPetition(petitionOf(foreign.roll), foreign.registrar.secretKey), {
  kind: "none",
});

test.each([
  ["of another petition", { petitionId: other.petitionId }, "receipt-other-petition"],
  ["of another nullifier", { nullifier: "1" }, "receipt-other-record"],
  ["of another statement", { statementHash: "00".repeat(32) }, "receipt-other-record"],
  ["at another index", { index: 0 }, "receipt-not-included"],
  ["with another path", { inclusion: ["00".repeat(32)] }, "receipt-not-included"],
])("a receipt %s is refused", (_what, changes, code) => {
  const receipt = { ...fresh(), ...changes };
  expect(() => verifyPetitionReceipt({ receipt, record, petition })).toThrow(
    expect.objectContaining({ code }),
  );
});

test("a receipt has no field more, and none is made for a record of another petition", () => {
  expect(() => parsePetitionReceipt({ ...fresh(), at: 1 })).toThrow(
    expect.objectContaining({ code: "receipt-malformed" }),
  );
  const { publicSignals, proof } = decodeRecord(record);
  const elsewhere = encodeRecord({ publicSignals: [...publicSignals.slice(0, 4), 1n], proof });
  const { index, checkpoint } = fresh();
  expect(() =>
    makePetitionReceipt({ petition, record: elsewhere, index, checkpoint, inclusion: [] }),
  ).toThrow(expect.objectContaining({ code: "membership-other-scope" }));
});
