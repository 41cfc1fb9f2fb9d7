// Which language is spoken, and how numbers are put into its sentences.
import type { Workload } from "../../../src/results/schema.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import type { Language, Purpose, Words } from "./words.ts";

/** In the order in which the switch shows them. */
export const LANGUAGES: readonly { readonly code: Language; readonly name: string }[] = [
  { code: "en", name: "English" },
  { code: "es", name: "Español" },
];

/** Everything the page says, by language. */
export const WORDS: Readonly<Record<Language, Words>> = { en, es };

/** The first language that the reader asks for and that there is, else English. */
export function preferredLanguage(asked: readonly string[]): Language {
  for (const tag of asked) {
    const found = LANGUAGES.find(({ code }) => tag.toLowerCase().split("-")[0] === code);
    if (found !== undefined) return found.code;
  }
  return "en";
}

/** The sentence with its gaps filled. @throws TypeError - a gap without a value: a fault of the program. */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (_, gap: string) => {
    const value = values[gap];
    if (value === undefined) throw new TypeError(`no value for {${gap}} in "${sentence}"`);
    return String(value);
  });
}

/** What a workload is for. */
export function purposeOf(workload: Workload): Purpose {
  if (workload.startsWith("ballot-")) return "ballot";
  return workload.startsWith("hours-") ? "hours" : "membership";
}

/** Numbers as a language writes them. */
export function formats(language: Language) {
  const number = (value: number, digits: number): string =>
    new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
  const share = (value: number, digits: number): string =>
    new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: digits }).format(value);
  return {
    /** "2.1 s", "0.35 s": as exact as it is worth. */
    seconds: (ms: number): string => `${number(ms / 1_000, ms < 1_000 ? 2 : 1)} s`,
    percent: (fraction: number): string => share(fraction, 0),
    megabytes: (bytes: number): string => `${number(bytes / 1e6, 1)} MB`,
    number: (value: number): string => number(value, 1),
  };
}
