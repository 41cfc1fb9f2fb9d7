// Pieces of schemas and the one way to apply one to untrusted JSON. docs/spec/conventions.md §1, §4.
import { z } from "zod";
import { InputError } from "./errors.ts";

/** Lowercase hexadecimal of exactly `bytes` bytes. */
export function hex(bytes: number) {
  return z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`), `expected ${2 * bytes} lowercase hexadecimal digits`);
}

/** The shape of a decimal number: its decoder looks at the rest. */
export const fieldText = z.string().max(78);

/** The shape of a point: `parsePoint` looks at the rest. */
export const pointJson = z.tuple([fieldText, fieldText]);

/** A name or sentence for people: NFC, no control characters, 1 … `max` UTF-16 units, no space at its ends. */
export function text(max: number) {
  return z
    .string()
    .min(1)
    .max(max)
    .refine((value) => value === value.normalize("NFC"), "not in Unicode normalisation form C")
    .refine((value) => !/\p{Cs}/u.test(value), "has a lone surrogate")
    .refine(
      (value) => !/\p{Cc}/u.test(value) && value.trim() === value,
      "has control characters or outer spaces",
    );
}

/** A count, index or bound: 0 … 2⁵³−1. */
export const count = z.int().min(0);

/** Seconds since 1970-01-01T00:00:00Z. */
export const time = z.int().min(0);

/**
 * The value in the shape of the schema.
 *
 * @throws InputError `code` - it has another shape; the place is extended by the path of the first fault.
 */
export function parseWith<T extends z.ZodType>(
  schema: T,
  value: unknown,
  code: string,
  place: string,
): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).map(String).join(".");
  // zod's messages quote no values; `received` does not occur in them for strings.
  throw new InputError(code, issue?.message ?? "not in shape", path === "" ? place : `${place}: ${path}`);
}
