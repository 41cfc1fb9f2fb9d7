// Figures as people read them: three digits, a unit, no exponent.

const MIB = 2 ** 20;
const DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});

/** At least three digits, without an exponent. */
export function significant(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Milliseconds in seconds, without the unit: for tables and axes that name it. */
export function inSeconds(ms: number): string {
  return significant(ms / 1_000);
}

/** A duration in words: `2.10 s`, and below a second `310 ms`. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${inSeconds(ms)} s`;
}

/** Bytes in MiB. */
export function toMib(bytes: number): number {
  return bytes / MIB;
}

/** A share as a signed percentage: 0.123 is `+12 %`. */
export function signedPercent(share: number): string {
  return `${Math.round(share * 100) > 0 ? "+" : ""}${percent(share)}`;
}

/** A share as a percentage: 0.123 is `12 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** The day, in UTC. @param seconds - since 1970. */
export function day(seconds: number): string {
  return DAY.format(new Date(seconds * 1_000));
}

/** `1 proof`, `2 proofs`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`;
}
