// What a browser tells of itself and its device, cut down to what a line of measurements holds: model, cores, class
// of memory, name and major version of the browser. No whole user agent string, language, time zone or address.
import type { Machine } from "../results/schema.ts";

/** The parts of `navigator` that are looked at. */
export interface BrowserTells {
  readonly userAgent: string;
  readonly hardwareConcurrency?: number;
  /** GiB, rounded by the browser; Chromium on secure origins alone. */
  readonly deviceMemory?: number;
  /** Chromium on secure origins alone. */
  readonly userAgentData?: {
    readonly brands: readonly { readonly brand: string; readonly version: string }[];
    getHighEntropyValues(hints: readonly string[]): Promise<{ readonly model?: string }>;
  };
}

/** The form of a runtime: a browser's name and at most a major version. The collecting service takes no other. */
export const RUNTIME_FORM = /^[A-Za-z][A-Za-z ]{0,39}( \d{1,4})?$/;

/** Characters; each may be two units of a string, of which a line of measurements takes a hundred. */
const MODEL_LENGTH = 50;
/** The first that fits: each of them also calls itself by the names of those further down. */
const USER_AGENTS: readonly (readonly [name: string, version: RegExp])[] = [
  ["Edge", /\b(?:Edg|EdgA|EdgiOS)\/(\d{1,4})/],
  ["Opera", /\b(?:OPR|OPT)\/(\d{1,4})/],
  ["Samsung Internet", /\bSamsungBrowser\/(\d{1,4})/],
  ["Firefox", /\b(?:Firefox|FxiOS)\/(\d{1,4})/],
  ["Chrome", /\b(?:Chrome|HeadlessChrome|CriOS)\/(\d{1,4})/],
  ["Safari", /\bVersion\/(\d{1,4})[\d.]* (?:Mobile\/\w+ )?Safari\//],
];

/** The device as far as its browser tells; what it does not tell is null, and nothing is guessed. */
export async function describeDevice(
  tells: BrowserTells,
): Promise<{ readonly machine: Machine; readonly runtime: string }> {
  const { hardwareConcurrency: cores, deviceMemory: gib } = tells;
  return {
    machine: {
      model: await modelOf(tells),
      system: null,
      cores: cores !== undefined && Number.isInteger(cores) && cores >= 1 && cores <= 1_024 ? cores : null,
      memoryMiB: gib !== undefined && gib >= 0.0625 && gib <= 1_024 ? Math.round(gib * 1_024) : null,
    },
    runtime: runtimeOf(tells),
  };
}

async function modelOf({ userAgentData }: BrowserTells): Promise<string | null> {
  const told = await userAgentData?.getHighEntropyValues(["model"]).catch(() => undefined);
  const model = told?.model?.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "").trim() ?? "";
  return model === "" ? null : [...model].slice(0, MODEL_LENGTH).join("");
}

function runtimeOf({ userAgent, userAgentData }: BrowserTells): string {
  // "Not;A=Brand" and the like are there to keep pages from taking brands for granted.
  const brands = userAgentData?.brands.filter(({ brand }) => !/not.*brand/i.test(brand)) ?? [];
  const told = brands.find(({ brand }) => brand !== "Chromium") ?? brands[0];
  const named = told && `${told.brand} ${told.version.split(".")[0]}`;
  if (named !== undefined && RUNTIME_FORM.test(named)) return named;
  for (const [name, version] of USER_AGENTS) {
    const found = version.exec(userAgent);
    if (found !== null) return `${name} ${found[1]}`;
  }
  return "unknown browser";
}
