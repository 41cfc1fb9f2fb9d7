// Afterwards: the result in a sentence, then its details, and what can be done with it.
import { postRun, postText } from "../../src/device/post.ts";
import type { DeviceRun } from "../../src/device/record.ts";
import { type Verdict, verdictsOf } from "../../src/device/verdict.ts";
import { median } from "../../src/measure.ts";
import type { MeasurementLine } from "../../src/results/schema.ts";
import { h } from "./dom.ts";
import { fill, type formats, purposeOf } from "./words/speak.ts";
import type { Words } from "./words/words.ts";

/** Less than this is how proofs differ anyway. */
const NO_DRIFT = 0.05;
const FILE_TYPE = "application/json";
/** A shorter wait has been seen to cancel a download. */
const REVOKE_MS = 10_000;

interface Parts {
  readonly words: Words;
  readonly format: ReturnType<typeof formats>;
  readonly run: DeviceRun;
  readonly lines: readonly MeasurementLine[];
}

/** The last screen. */
export function resultScreen({
  onRecorded,
  onAnother,
  ...parts
}: Parts & { readonly onRecorded: () => void; readonly onAnother: () => void }): Node[] {
  const { words, run, lines } = parts;
  const { result } = words;
  const another = h("button", { type: "button", click: onAnother }, result.another);
  if (lines.length === 0) return [h("p", { class: "lead" }, result.nothing), another];
  const text = postText(lines);
  const verdicts = verdictsOf(run, lines);
  const whole = run.interrupted === null && verdicts.every(({ complete }) => complete);
  return [
    ...verdicts.map((verdict) => verdictSection(parts, verdict, verdicts.length > 1)),
    !whole && h("p", { class: "notice" }, result.incomplete),
    batteryWords(parts),
    details(parts),
    ...sending(parts, text, onRecorded),
    h("h2", {}, result.keepTitle),
    keeping(parts, text),
    another,
  ].filter((node): node is HTMLElement => Boolean(node));
}

function verdictSection({ words, format }: Parts, verdict: Verdict, isNamed: boolean): HTMLElement {
  const { result } = words;
  const { workload, typicalMs, cold, drift, failures } = verdict;
  const failed = failures.filter((reason) => reason !== "stopped");
  return h(
    "section",
    {},
    isNamed && h("h2", {}, words.workloads[workload]),
    typicalMs !== null &&
      h(
        "p",
        { class: "verdict" },
        fill(result.makes[purposeOf(workload)], { time: format.seconds(typicalMs) }),
      ),
    ...failed.map((reason) =>
      h("p", { class: "verdict bad" }, fill(result.failed, { reason: result.reasons[reason] })),
    ),
    drift !== null && h("p", {}, driftWords(words, format, drift)),
    cold !== null &&
      h(
        "p",
        {},
        fill(result.cold, {
          size: format.megabytes(cold.downloadedBytes ?? 0),
          time: format.seconds(cold.totalMs),
        }),
      ),
  );
}

function driftWords(
  { result }: Words,
  format: ReturnType<typeof formats>,
  { proofs, change }: NonNullable<Verdict["drift"]>,
): string {
  if (Math.abs(change) < NO_DRIFT) return fill(result.same, { proofs });
  const percent = format.percent(Math.abs(change));
  return fill(change > 0 ? result.longer : result.shorter, { proofs, percent });
}

function batteryWords({ words: { result }, format, run: { battery } }: Parts): HTMLElement | null {
  if (battery === null) return null;
  const [before, after] = [format.percent(battery.before), format.percent(battery.after)];
  const charging = battery.charging ? ` ${result.charging}` : "";
  return h("p", {}, fill(result.battery, { before, after }) + charging);
}

function details({ words, format, run, lines }: Parts): HTMLElement {
  const { result } = words;
  const score = run.scores.length === 0 ? null : format.number(median(run.scores));
  const tables = run.workloads.map(({ name, cold, warm }) =>
    h(
      "table",
      {},
      h("caption", {}, words.workloads[name]),
      h(
        "thead",
        {},
        h("tr", {}, h("th", { scope: "col" }, result.proof), h("th", { scope: "col" }, result.time)),
      ),
      h(
        "tbody",
        {},
        ...[
          ...cold.samples.map((sample) => [result.coldProof, sample] as const),
          ...warm.samples.map((sample, i) => [String(i + 1), sample] as const),
        ].map(([label, { totalMs }]) =>
          h("tr", {}, h("th", { scope: "row" }, label), h("td", {}, format.seconds(totalMs))),
        ),
      ),
    ),
  );
  const [{ machine, environment }] = lines as [MeasurementLine];
  const device = [machine.model, environment.runtime].filter((part) => part !== null).join(", ");
  return h(
    "details",
    {},
    h("summary", {}, result.details),
    h("p", {}, device),
    score !== null && h("p", {}, fill(result.score, { score })),
    ...tables,
  );
}

function sending({ words: { result } }: Parts, text: string, onRecorded: () => void): HTMLElement[] {
  const status = h("p", { class: "answer", role: "status" });
  const consent = h("input", { type: "checkbox", id: "consent" });
  const button = h("button", { class: "main", type: "button", click: () => void send() }, result.post);
  let isSending = false;
  const send = async (): Promise<void> => {
    if (isSending) return;
    consent.removeAttribute("aria-invalid");
    if (!consent.checked) {
      status.textContent = result.consentMissing;
      consent.setAttribute("aria-invalid", "true");
      consent.focus();
      return;
    }
    isSending = true;
    button.setAttribute("aria-disabled", "true");
    status.textContent = result.posting;
    const outcome = await postRun(text, { fetch: (url, init) => fetch(url, init), url: "/measurements" });
    isSending = false;
    if (outcome.kind === "recorded") {
      status.textContent = result.recorded;
      onRecorded();
      return;
    }
    button.removeAttribute("aria-disabled");
    if (outcome.kind === "unreachable") {
      status.textContent = result.unreachable;
      return;
    }
    const seconds = outcome.retryAfterSeconds;
    const later = seconds === null ? "" : ` ${fill(result.refusedLater, { seconds })}`;
    status.textContent = fill(result.refused, { reason: outcome.reason }) + later;
  };
  return [
    h("h2", {}, result.sendTitle),
    h("p", {}, result.send),
    h("h3", { id: "exact" }, result.exact),
    h("pre", { tabindex: 0, role: "region", "aria-labelledby": "exact" }, text),
    h("label", { class: "line" }, consent, h("span", {}, result.consent)),
    button,
    status,
  ];
}

function keeping({ words: { result }, run }: Parts, text: string): HTMLElement {
  const name = `phone-${run.runId.slice(0, 8)}.json`;
  const file = new File([text], name, { type: FILE_TYPE });
  const status = h("span", { role: "status" });
  const share = (): void => {
    status.textContent = "";
    navigator.share({ files: [file] }).catch((error: Error) => {
      // Whoever closes the dialog did not fail.
      if (error.name !== "AbortError") status.textContent = result.shareFailed;
    });
  };
  const canShare = typeof navigator.canShare === "function" && navigator.canShare({ files: [file] });
  return h(
    "p",
    { class: "buttons" },
    h("button", { type: "button", click: () => save(file) }, result.save),
    canShare && h("button", { type: "button", click: share }, result.share),
    status,
  );
}

function save(file: File): void {
  const url = URL.createObjectURL(file);
  h("a", { href: url, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_MS);
}
