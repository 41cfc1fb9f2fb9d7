// What the type of the messages cannot say: nothing is empty, gaps agree, nothing was left in English, and every
// code that a member can meet has words.
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { faultKey, KNOWN_CODES } from "../../src/i18n/faults.ts";
import { fill, formatOf, LANGUAGES, preferredLanguage } from "../../src/i18n/format.ts";
import { MESSAGES } from "../../src/i18n/index.ts";

/** Every sentence of a language by its path. */
function sentencesOf(value: unknown, path: string, into = new Map<string, string>()): Map<string, string> {
  if (typeof value === "string") into.set(path, value);
  else for (const [key, part] of Object.entries(value as object)) sentencesOf(part, `${path}.${key}`, into);
  return into;
}

const en = sentencesOf(MESSAGES.en, "");
const es = sentencesOf(MESSAGES.es, "");
const gapsOf = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, gap]) => gap!).sort();

test("both languages say the same things", () => {
  expect([...es.keys()]).toEqual([...en.keys()]);
  expect(en.size).toBeGreaterThan(300);
});

test.each(LANGUAGES.map(({ code }) => code))("no sentence is empty or has stray space (%s)", (language) => {
  const bad = [...sentencesOf(MESSAGES[language], "")].filter(
    ([, text]) => text === "" || text !== text.trim() || /\s{2}/.test(text),
  );
  expect(bad).toEqual([]);
});

test("the gaps of a sentence are the same in both languages", () => {
  const differing = [...en].filter(([path, text]) => gapsOf(text).join() !== gapsOf(es.get(path)!).join());
  expect(differing).toEqual([]);
});

test("nothing was left in English", () => {
  // "No" is "No"; what a member must find again as it is spelt may stand in both.
  const same = [...en].filter(([path, text]) => text === es.get(path)).map(([path]) => path);
  expect(same).toEqual([".check.bad"]);
});

test("Spanish addresses the reader in one way, and names nobody by a masculine form", () => {
  const formal = [...es].filter(([, text]) => /\b(usted|ustedes|su voto|su papeleta)\b/i.test(text));
  expect(formal).toEqual([]);
  const gendered =
    /\b(votantes?|socios?|miembros|usuarios?|trabajadores|compañeros|todos los|los demás|bienvenidos?|registrador|organizadores)\b/i;
  expect([...es].filter(([, text]) => gendered.test(text))).toEqual([]);
});

test("Spanish questions and quotations are written as Spanish ones", () => {
  const bad = [...es].filter(([, text]) => {
    const count = (mark: string): number => text.split(mark).length - 1;
    return count("?") !== count("¿") || count("!") !== count("¡") || /[“”]|\s…/.test(text);
  });
  expect(bad).toEqual([]);
});

test("every code that a member can meet has words of its own", () => {
  const spec = readFileSync(new URL("../../../docs/spec/errors.md", import.meta.url), "utf8");
  const codes = [...spec.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, code]) => code!);
  expect(codes.length).toBeGreaterThan(100);
  // Of operators, issuers, trustees and closers alone; a member's page could only repeat the code.
  const others =
    /^(poll-still-open|closing-(too-early|already-signed|missing)|unauthorized|registration-body-malformed|dkg-(missing|equivocation|malformed|bad-point|wrong-degree|bad-commitment|bad-possession|bad-share|false-complaint|bad-complaint|transcript-differs)|(credit|amount|revocation|disclosure|mailbox-key)-.+)$/;
  const without = codes.filter((code) => faultKey(code) === "generic" && !others.test(code));
  expect(without).toEqual([]);
  // And no words for codes that there are not.
  expect(KNOWN_CODES.filter((code) => !codes.includes(code))).toEqual([]);
  expect(new Set(KNOWN_CODES).size).toBe(KNOWN_CODES.length);
});

test("an unknown code falls into the general sentence", () => {
  expect(faultKey("no-such-code")).toBe("generic");
  expect(faultKey("toString")).toBe("generic");
});

test("a gap without a value is a fault of the program, not of the reader", () => {
  expect(fill("{a} of {b}", { a: 1, b: 2 })).toBe("1 of 2");
  expect(() => fill("{a} of {b}", { a: 1 } as Record<"a" | "b", number>)).toThrow(TypeError);
});

test("the language is the first one asked for that there is", () => {
  expect(preferredLanguage(["eu-ES", "es-AR", "en"])).toBe("es");
  expect(preferredLanguage(["EN-gb", "es"])).toBe("en");
  expect(preferredLanguage(["fr"])).toBe("en");
  expect(preferredLanguage([])).toBe("en");
});

test("numbers and times are written as the reader's own region does", () => {
  expect(formatOf("es", ["es-ES"]).percent(0.625)).toMatch(/^62,5\s%$/);
  expect(formatOf("en", ["es", "en-GB"]).percent(0.625)).toBe("62.5%");
  const { time } = formatOf("es", ["es-ES"]);
  expect(time(Date.UTC(2027, 3, 18, 18, 0) / 1000)).toMatch(/domingo, 18 de abril de 2027/);
  expect(formatOf("en").count(MESSAGES.en.review.points, 1)).toBe("1 point");
  expect(formatOf("es").count(MESSAGES.es.review.points, 0)).toBe("0 puntos");
  expect(formatOf("en").duration(119_000)).toBe("119 seconds");
  expect(formatOf("es").duration(121_000)).toBe("3 minutos");
  const written = [0, 59, 60, 1_230].map((minutes) => formatOf("en").hours(minutes));
  expect(written).toEqual(["0 hours", "59 minutes", "1 hour", "20 hours 30 minutes"]);
  expect(formatOf("es").period(202603)).toBe("marzo de 2026");
  expect(formatOf("en").period(202613)).toBe("202613");
});
