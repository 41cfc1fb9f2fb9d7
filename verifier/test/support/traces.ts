// Looking for what must not have been written, in every form that it could have been written in.
import { createHash } from "node:crypto";

/** Something to look for. */
export interface Trace {
  /** What it is and in which form: what a test prints where it is found. */
  readonly name: string;
  readonly bytes: Buffer;
  /** Whether letters may come in either case. */
  readonly isText: boolean;
}

const text = (name: string, value: string): Trace => ({ name, bytes: Buffer.from(value), isText: true });
const raw = (name: string, bytes: Uint8Array): Trace => ({
  name,
  bytes: Buffer.from(bytes),
  isText: false,
});

/** Hexadecimal, and the parts of base64 that stand whatever bytes come before and after. */
function encoded(name: string, bytes: Buffer): Trace[] {
  const base64 = [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    // Digits that mix in a neighbour's bits are left out.
    const inner = whole.slice(before === 0 ? 0 : before + 1, Math.floor(((before + bytes.length) * 8) / 6));
    return [inner, inner.replace(/\+/g, "-").replace(/\//g, "_")];
  });
  return [
    text(`${name}, hexadecimal`, bytes.toString("hex")),
    ...[...new Set(base64)].map((part) => raw(`${name}, base64`, Buffer.from(part))),
  ];
}

/** A string: as it is in either case, in UTF-16, encoded, and hashed. */
export function tracesOfText(name: string, value: string): Trace[] {
  const bytes = Buffer.from(value);
  const hashes = ["md5", "sha1", "sha256", "sha512"].flatMap((algorithm) => {
    const digest = createHash(algorithm).update(bytes).digest();
    return [raw(`${name}, ${algorithm}`, digest), ...encoded(`${name}, ${algorithm}`, digest)];
  });
  return [
    text(name, value),
    text(`${name}, as JSON`, JSON.stringify(value).slice(1, -1)),
    text(`${name}, URL-encoded`, encodeURIComponent(value)),
    text(`${name}, form-encoded`, new URLSearchParams({ "": value }).toString().slice(1)),
    raw(`${name}, UTF-16`, Buffer.from(value, "utf16le")),
    ...encoded(name, bytes),
    ...hashes,
  ];
}

/** An IPv4 address: as text (also within an IPv6 one), hashed, and as the number it is. */
export function tracesOfAddress(name: string, address: string): Trace[] {
  const bytes = Buffer.from(address.split(".").map(Number));
  const reversed = Buffer.from(bytes).reverse();
  return [
    ...tracesOfText(name, address),
    text(`${name}, hexadecimal`, bytes.toString("hex")),
    text(`${name}, IPv6 hexadecimal`, `${bytes.toString("hex", 0, 2)}:${bytes.toString("hex", 2)}`),
    text(`${name}, decimal`, String(bytes.readUInt32BE())),
    raw(`${name}, 4 bytes`, bytes),
    raw(`${name}, 4 bytes reversed`, reversed),
  ];
}

/** A secret key: as it is, encoded, as a number. */
export function tracesOfKey(name: string, key: Uint8Array): Trace[] {
  const bytes = Buffer.from(key);
  const decimal = BigInt(`0x${bytes.toString("hex")}`).toString();
  return [raw(name, bytes), ...encoded(name, bytes), text(`${name}, decimal`, decimal)];
}

function varint(value: bigint): Buffer {
  const groups: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 7n) groups.push(Number(rest & 0x7fn));
  return Buffer.from(groups.map((group, i) => (i < groups.length - 1 ? group | 0x80 : group)));
}

function big(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
}

function float64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

/** Texts of an instant's date and time. */
function datesOf(seconds: number): Trace[] {
  const date = new Date(seconds * 1000);
  const iso = date.toISOString();
  const [, day, month, year] = date.toUTCString().split(" ") as [string, string, string, string];
  return [
    text("date, ISO", iso.slice(0, 10)),
    text("date, ISO basic", iso.slice(0, 10).replace(/-/g, "")),
    text("date, with slashes", iso.slice(0, 10).replace(/-/g, "/")),
    text("date, RFC 9110", `${day} ${month} ${year}`),
    text("date, common log", `${day}/${month}/${year}`),
    text("date, American", `${date.getUTCMonth() + 1}/${Number(day)}/${year}`),
  ];
}

/**
 * An instant, in seconds since 1970, as clocks write it: text, decimal, hexadecimal; and in binary as u32, u64,
 * SQLite's integers (their bytes are those of the u64 without leading zeros), float64, varint, Julian day; in
 * seconds, milliseconds, microseconds, nanoseconds.
 */
export function tracesOfInstant(seconds: number): Trace[] {
  const units = [
    ["seconds", 1n],
    ["milliseconds", 1000n],
    ["microseconds", 10n ** 6n],
    ["nanoseconds", 10n ** 9n],
  ] as const;
  const numbers = units.flatMap(([unit, factor]) => {
    const value = BigInt(seconds) * factor;
    const float = float64(Number(value));
    return [
      raw(`${unit}, big-endian`, big(value)),
      raw(`${unit}, little-endian`, big(value).reverse()),
      raw(`${unit}, float64 big-endian`, float),
      raw(`${unit}, float64 little-endian`, Buffer.from(float).reverse()),
      raw(`${unit}, varint`, varint(value)),
      text(`${unit}, hexadecimal`, value.toString(16)),
      text(`${unit}, base 36`, value.toString(36)),
    ];
  });
  const julian = float64(seconds / 86_400 + 2_440_587.5);
  // The digits of every finer unit begin with those of the seconds.
  return [
    text("decimal", String(seconds)),
    ...datesOf(seconds),
    ...numbers,
    raw("Julian day, float64", julian),
  ];
}

/** Names of the traces that are in `bytes`. */
export function findTraces(bytes: Uint8Array, traces: readonly Trace[]): string[] {
  const haystack = Buffer.from(bytes);
  const lowered = Buffer.from(haystack.toString("latin1").toLowerCase(), "latin1");
  return traces
    .filter((trace) =>
      trace.isText
        ? lowered.includes(Buffer.from(trace.bytes.toString("latin1").toLowerCase(), "latin1"))
        : haystack.includes(trace.bytes),
    )
    .map(({ name }) => name);
}

/**
 * Where any instant of an interval stands, as far as random bytes do not look like one: dates, decimal seconds,
 * and in binary the forms of at least six bytes. Seconds in four bytes are left out: in 100 kB of hashes and
 * signatures one of a minute's would be found once in some 700 runs.
 */
export function findInstants(bytes: Uint8Array, [from, to]: readonly [number, number]): string[] {
  const found = findTraces(bytes, [...datesOf(from), ...datesOf(to)]);
  // Eight bytes more, so that what ends with the last byte is read too.
  const haystack = Buffer.concat([bytes, Buffer.alloc(8)]);
  const latin1 = haystack.toString("latin1");
  for (let seconds = from; seconds <= to; seconds++) {
    if (latin1.includes(String(seconds))) found.push("decimal");
  }
  const within = (value: number, factor: number): boolean =>
    value >= from * factor && value < (to + 1) * factor;
  for (let i = 0; i + 8 <= haystack.length; i++) {
    if (within(haystack.readUIntBE(i, 6), 1000)) found.push("milliseconds, big-endian");
    if (within(haystack.readUIntLE(i, 6), 1000)) found.push("milliseconds, little-endian");
    for (const [endian, float, integer] of [
      ["big", haystack.readDoubleBE(i), haystack.readBigUInt64BE(i)],
      ["little", haystack.readDoubleLE(i), haystack.readBigUInt64LE(i)],
    ] as const) {
      if (within(float, 1) || within(float, 1000)) found.push(`float64 ${endian}-endian`);
      if (within(Number(integer), 1)) found.push(`seconds, u64 ${endian}-endian`);
      if (within(Number(integer), 1e6)) found.push(`microseconds, u64 ${endian}-endian`);
      if (within(Number(integer), 1e9)) found.push(`nanoseconds, u64 ${endian}-endian`);
    }
  }
  return [...new Set(found)];
}
