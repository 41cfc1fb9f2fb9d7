// docs/spec/errors.md lists exactly the codes that the sources can give, with the service's statuses.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { statusOf } from "../../../verifier/src/http/problem.ts";
import { readPage, tableRows } from "./support/pages.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Sources that throw, return or send codes, below these folders. */
function sources(folders: readonly string[]): Map<string, string> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => join(folder, name)),
  );
  return new Map(files.map((path) => [path, readFileSync(join(ROOT, path), "utf8")]));
}

const CODE = '"([a-z0-9]+(?:-[a-z0-9]+)+)"';
/** Where nothing but a code can stand, a single word is one too. */
const WORD = '"([a-z0-9-]+)"';
/** Where a code stands in the sources. */
const PLACES = [
  `InputError\\(\\s*${WORD}`,
  `refuse\\(\\s*${CODE}`,
  `problemOf\\(\\s*${WORD}`,
  // Schemas and wrappers take the code that a misfit gets: the call's first literal in kebab case.
  `parse(?:With|Wrapper)\\([^;]*?${CODE}`,
  `\\b(?:code|reason|fault)\\??[:=] *${CODE}`,
  `\\bcode = ${CODE}`,
  `UNEXPECTED = ${CODE}`,
  // Unions of codes as types.
  `\\|\\s*"((?:dkg|closing|share)-[a-z0-9-]+)"`,
].map((pattern) => new RegExp(pattern, "g"));

const audit = "scripts/audit.ts";
const library = sources(["prover/src", "verifier/src"]);
const texts = new Map([
  ...library,
  ...sources(["booth/src"]),
  [audit, readFileSync(join(ROOT, audit), "utf8")],
]);

function codesOf(all: ReadonlyMap<string, string>): Set<string> {
  const found = [...all.values()].flatMap((text) => PLACES.flatMap((place) => [...text.matchAll(place)]));
  return new Set(found.map(([, code]) => code!));
}

const statusTable = texts.get("verifier/src/http/problem.ts")!.match(/const STATUS[^{]*\{([^}]*)\}/)![1]!;
const codesWithStatus = [...statusTable.matchAll(/"?([a-z-]+)"?: \d{3}/g)].map(([, code]) => code!);

interface Row {
  readonly code: string;
  readonly http: string;
  readonly retry: string;
}
const rows = tableRows(readPage("errors")).map(
  ([code, _, http, retry]): Row => ({ code: code!.replaceAll("`", ""), http: http!, retry: retry! }),
);
const listed = new Set(rows.map(({ code }) => code));

test("every code of the sources stands on the page", () => {
  const codes = [...codesOf(texts), ...codesWithStatus];
  expect(codes.length).toBeGreaterThan(100);
  expect(codes.filter((code) => !listed.has(code))).toEqual([]);
});

test("every literal that reads like a refusal stands on the page", () => {
  // A net under PLACES: a code that is handed around in another way is one of these words all the same.
  const word =
    /(^|-)(malformed|mismatch|missing|invalid|unknown|duplicate|bad|wrong|other|too|refused|used)(-|$)/;
  const literals = [...library.values()].flatMap((text) => [...text.matchAll(new RegExp(CODE, "g"))]);
  const odd = literals.map(([, literal]) => literal!).filter((literal) => word.test(literal));
  expect(odd.length).toBeGreaterThan(60);
  expect(odd.filter((literal) => !listed.has(literal))).toEqual([]);
});

test("every code of the page stands in the sources, once on the page", () => {
  const codes = new Set([...codesOf(texts), ...codesWithStatus]);
  expect(rows.map(({ code }) => code).filter((code) => !codes.has(code))).toEqual([]);
  expect(rows).toHaveLength(listed.size);
});

describe("statuses", () => {
  test("are those that the service sends", () => {
    const sent = rows.filter(({ http }) => http !== "–");
    // What is no refusal of the input is sent with 500, whatever the table says.
    const expected = sent.map(({ code }) => [code, code === "internal" ? "500" : String(statusOf(code))]);
    expect(sent.map(({ code, http }) => [code, http])).toEqual(expected);
  });

  test("are given for every code that the service's table names", () => {
    const none = new Set(rows.filter(({ http }) => http === "–").map(({ code }) => code));
    expect(codesWithStatus.filter((code) => none.has(code))).toEqual([]);
  });
});

test("each row says whether a retry makes sense", () => {
  expect(rows.filter(({ retry }) => !["no", "later", "yes"].includes(retry))).toEqual([]);
});
