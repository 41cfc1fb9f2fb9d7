// Puts values into sentences, and numbers and times into the reader's form.
import type { Phrase, Plural } from "./messages.ts";

/** The languages there are; BCP 47. */
export type Language = "en" | "es";

/** In the order in which the switch shows them. */
export const LANGUAGES: readonly { readonly code: Language; readonly name: string }[] = [
  { code: "en", name: "English" },
  { code: "es", name: "Español" },
];

/** The first language that the reader asks for and that we have, else English. */
export function preferredLanguage(asked: readonly string[]): Language {
  for (const tag of asked) {
    const found = LANGUAGES.find(({ code }) => tag.toLowerCase().split("-")[0] === code);
    if (found !== undefined) return found.code;
  }
  return "en";
}

/**
 * The sentence with its gaps filled.
 *
 * @throws TypeError - a gap without a value: a fault of the program.
 */
export function fill<Gap extends string>(
  phrase: Phrase<Gap>,
  values: Readonly<Record<Gap, string | number>>,
): string {
  return phrase.replace(/\{(\w+)\}/g, (_, gap: string) => {
    const value = (values as Readonly<Record<string, string | number>>)[gap];
    if (value === undefined) throw new TypeError(`no value for {${gap}} in "${phrase}"`);
    return String(value);
  });
}

/** Sentences, numbers and times of one language. */
export interface Format {
  readonly language: Language;
  number(value: number): string;
  percent(fraction: number): string;
  /** Seconds since 1970, in the reader's time zone, which is named. */
  time(seconds: number): string;
  /** A length of time, in whole minutes or, under two minutes, seconds. */
  duration(milliseconds: number): string;
  /** Minutes as hours and minutes. */
  hours(minutes: number): string;
  /** A period of credits: year and month, where it is one. */
  period(period: number): string;
  /** The form of the sentence for `count` things; the number is put in as the language writes it. */
  count(phrase: Plural, count: number): string;
  count<Gap extends string>(
    phrase: Plural<Gap>,
    count: number,
    values: Readonly<Record<Gap, string | number>>,
  ): string;
  /** "a, b and c". */
  list(items: readonly string[]): string;
}

/** Makes a thing when it is first asked for: a slow phone takes its time over formatters, and few are needed. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The forms of a language, with the reader's own region where it is one of that language. */
export function formatOf(language: Language, asked: readonly string[] = []): Format {
  const locale = asked.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
  const plural = once(() => new Intl.PluralRules(locale));
  const number = once(() => new Intl.NumberFormat(locale));
  const percent = once(() => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }));
  const time = once(
    () =>
      new Intl.DateTimeFormat(locale, {
        weekday: "long",
        day: "numeric",
        month: "long",
        year: "numeric",
        hour: "numeric",
        minute: "2-digit",
        timeZoneName: "short",
      }),
  );
  const list = once(() => new Intl.ListFormat(locale, { type: "conjunction" }));
  const unit = (name: "hour" | "minute" | "second") =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "long" });
  return {
    language,
    number: (value) => number().format(value),
    percent: (fraction) => percent().format(fraction),
    time: (seconds) => time().format(new Date(seconds * 1000)),
    duration: (milliseconds) => {
      const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
      return seconds < 120 ? unit("second").format(seconds) : unit("minute").format(Math.ceil(seconds / 60));
    },
    hours: (minutes) => {
      const rest = minutes % 60;
      const whole = Math.floor(minutes / 60);
      const parts = [
        ...(whole > 0 || rest === 0 ? [unit("hour").format(whole)] : []),
        ...(rest > 0 ? [unit("minute").format(rest)] : []),
      ];
      return parts.join(" ");
    },
    period: (period) => {
      const [year, month] = [Math.floor(period / 100), period % 100];
      if (month < 1 || month > 12) return String(period);
      const options = { month: "long", year: "numeric", timeZone: "UTC" } as const;
      return new Intl.DateTimeFormat(locale, options).format(Date.UTC(year, month - 1));
    },
    count: (phrase: Plural<string>, count: number, values: Readonly<Record<string, string | number>> = {}) =>
      fill(plural().select(count) === "one" ? phrase.one : phrase.other, {
        ...values,
        count: number().format(count),
      }),
    list: (items) => list().format(items),
  };
}
