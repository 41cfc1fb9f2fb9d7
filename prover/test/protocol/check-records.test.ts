// Records in order: the first bad one is named, whatever is bad about it, and nothing after it is told as good.
import { describe, expect, test } from "@jest/globals";
import { InputError } from "../../src/index.ts";
import { checkRecords } from "../../src/protocol/check-records.ts";
import { emptyProof } from "../support/polls.ts";
import { verifierOf } from "../support/verifiers.ts";

const PROOF = emptyProof();

/** Records of one byte: what is wrong with each. */
type Fault = "none" | "unreadable" | "unproven";
const FAULTS: readonly Fault[] = ["none", "unreadable", "unproven"];

interface Seen {
  readonly read: string[];
  readonly verified: number[];
  readonly told: [number, number][];
}

async function run(faults: readonly Fault[], signal?: AbortSignal) {
  const seen: Seen = { read: [], verified: [], told: [] };
  const entries = faults.map((fault) => Uint8Array.of(FAULTS.indexOf(fault)));
  const contents = checkRecords<string>({
    entries,
    read(entry, place) {
      seen.read.push(place);
      if (FAULTS[entry[0]!] === "unreadable") throw new InputError("record-malformed", "unreadable", place);
      return { publicSignals: [BigInt(entry[0]!)], proof: PROOF, content: place };
    },
    verifier: verifierOf(1, async ([kind]) => {
      seen.verified.push(Number(kind));
      return FAULTS[Number(kind)] === "none";
    }),
    onProgress: (done, total) => seen.told.push([done, total]),
    ...(signal && { signal }),
  });
  return { contents: await contents.catch((error: InputError) => [error.code, error.place]), seen };
}

const good = (count: number): Fault[] => Array.from({ length: count }, () => "none");

describe("a board's records", () => {
  test.each([0, 1, 63, 64, 65, 130])(
    "%i good ones are read, verified and told once each, in order",
    async (count) => {
      const { contents, seen } = await run(good(count));
      const places = good(count).map((_, i) => `board entry ${i}`);
      expect(contents).toEqual(places);
      expect(seen.read).toEqual(places);
      expect(seen.verified).toHaveLength(count);
      expect(seen.told).toEqual(places.map((_, i) => [i + 1, count]));
    },
  );

  test.each([0, 5, 63, 64, 70, 129])("the record at %i is named, unreadable or unproven", async (at) => {
    const faults = good(130);
    expect((await run(faults.with(at, "unreadable"))).contents).toEqual([
      "record-malformed",
      `board entry ${at}`,
    ]);
    const { contents, seen } = await run(faults.with(at, "unproven"));
    expect(contents).toEqual(["proof-invalid", `board entry ${at}`]);
    // Nothing is told as good that comes after it.
    expect(Math.max(0, ...seen.told.map(([done]) => done))).toBeLessThanOrEqual(at);
  });

  test("of two bad ones the first is named", async () => {
    const faults = good(70);
    expect((await run(faults.with(7, "unproven").with(9, "unreadable"))).contents).toEqual([
      "proof-invalid",
      "board entry 7",
    ]);
    expect(
      (await run(faults.with(7, "unreadable").with(3, "unproven").with(9, "unproven"))).contents,
    ).toEqual(["proof-invalid", "board entry 3"]);
    expect((await run(faults.with(7, "unreadable").with(9, "unproven"))).contents).toEqual([
      "record-malformed",
      "board entry 7",
    ]);
  });

  test("are not looked at once a signal has fired", async () => {
    const { contents, seen } = await run(good(3), AbortSignal.abort());
    expect(contents).toEqual([20, undefined]);
    expect(seen.read).toEqual([]);
  });
});
