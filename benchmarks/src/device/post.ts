// Handing a run to the collecting service: always the same bytes, so that a repeated post records nothing twice.
import type { MeasurementLine } from "../results/schema.ts";

/** What became of a post. */
export type PostOutcome =
  | { readonly kind: "recorded"; readonly lines: number }
  /** It will be refused again, unless `retryAfterSeconds` says when not. */
  | {
      readonly kind: "refused";
      readonly code: string;
      /** The service's words, in English. */
      readonly reason: string;
      readonly retryAfterSeconds: number | null;
    }
  /** No answer, or none that tells what happened: the same bytes may be posted again. */
  | { readonly kind: "unreachable" };

/** Longer, and the network is as good as none. */
const PATIENCE_MS = 30_000;

/** The very text that is shown, saved, shared and posted. */
export function postText(lines: readonly MeasurementLine[]): string {
  return `${JSON.stringify(lines, null, 1)}\n`;
}

/**
 * Posts a run.
 *
 * @param text - of {@link postText}, and the same for every try.
 */
export async function postRun(
  text: string,
  { fetch: send, url }: { readonly fetch: typeof fetch; readonly url: string },
): Promise<PostOutcome> {
  let response: Response;
  let answer: unknown;
  // Browsers of old phones lack AbortSignal.timeout.
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    response = await send(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: text,
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: patience.signal,
    });
    answer = await response.json();
  } catch {
    return { kind: "unreachable" };
  } finally {
    clearTimeout(timer);
  }
  const { recorded, code, title } = (answer ?? {}) as Partial<Record<string, unknown>>;
  if (response.ok && typeof recorded === "number") return { kind: "recorded", lines: recorded };
  if (
    response.status < 400 ||
    response.status >= 500 ||
    typeof code !== "string" ||
    typeof title !== "string"
  ) {
    return { kind: "unreachable" };
  }
  const after = Number(response.headers.get("retry-after"));
  return { kind: "refused", code, reason: title, retryAfterSeconds: after > 0 ? after : null };
}
