// The languages the page speaks. Both are in the bundle: switching must work offline, and asks nobody.
import { en } from "./en.ts";
import { es } from "./es.ts";
import type { Language } from "./format.ts";
import type { Messages } from "./messages.ts";

/** Everything the page says, by language. */
export const MESSAGES: Readonly<Record<Language, Messages>> = { en, es };
