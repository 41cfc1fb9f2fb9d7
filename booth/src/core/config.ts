// `config.json` beside the page: where the service is, and whether development keys will do.
import { InputError, parseJson } from "@commune-zk/prover";

/** How a page was set up by whoever serves it. It is trusted as far as the page's own scripts are. */
export interface BoothConfig {
  /** Root of service and public files, without trailing slash. */
  readonly baseUrl: string;
  /** True only for samples and rehearsals. */
  readonly allowDevelopmentKeys: boolean;
}

/**
 * The content of `config.json`: `{ "baseUrl": text, "allowDevelopmentKeys": bool }`.
 *
 * @param pageUrl - what a relative `baseUrl` is relative to; `""` is the page's own folder.
 * @throws InputError `config-malformed`.
 */
export function parseConfig(bytes: Uint8Array, pageUrl: string): BoothConfig {
  const malformed = (message: string, cause?: unknown) =>
    new InputError("config-malformed", message, "config.json", { cause });
  let value: unknown;
  try {
    value = parseJson(bytes, "config.json");
  } catch (cause) {
    throw malformed("not JSON", cause);
  }
  if (typeof value !== "object" || value === null) throw malformed("not an object");
  const { baseUrl, allowDevelopmentKeys, ...rest } = value as Record<string, unknown>;
  if (typeof baseUrl !== "string" || typeof allowDevelopmentKeys !== "boolean") {
    throw malformed("expected baseUrl and allowDevelopmentKeys");
  }
  if (Object.keys(rest).length > 0) throw malformed("an unknown field");
  const url = urlOf(baseUrl === "" ? "." : baseUrl, pageUrl);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    throw malformed("baseUrl is no URL of a service");
  }
  return { baseUrl: url.href.replace(/\/+$/, ""), allowDevelopmentKeys };
}

function urlOf(text: string, base: string): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

/**
 * Reads `config.json` beside the page.
 *
 * @throws InputError `config-malformed`.
 * @throws Error - it could not be read; safe to retry.
 */
export async function readConfig(get: typeof fetch, pageUrl: string): Promise<BoothConfig> {
  const response = await get(new URL("config.json", pageUrl));
  if (!response.ok) throw new Error(`config.json: status ${response.status}`);
  return parseConfig(new Uint8Array(await response.arrayBuffer()), pageUrl);
}
