// Counters for operators. No default metrics: they tell when the process started and how busy it is.
import { Counter, Registry } from "prom-client";

/** What a receipt is for. */
export type RecordKind = "ballot" | "claim" | "signature";

/** What is counted: totals since the process started, by outcome. */
export interface Metrics {
  pollRegistered(isNew: boolean): void;
  accepted(kind: RecordKind, isNew: boolean): void;
  /** By stable code. */
  refused(code: string): void;
  /** Prometheus text format. */
  text(): Promise<string>;
}

/** Metrics in a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const polls = new Counter({
    name: "commune_polls_registered_total",
    help: "Polls registered.",
    registers: [registry],
  });
  const receipts = (name: string, help: string): Counter<"kind"> =>
    new Counter({ name, help, labelNames: ["kind"], registers: [registry] });
  const accepted = {
    ballot: receipts("commune_ballots_total", "Ballots answered with a receipt."),
    claim: receipts("commune_claims_total", "Claims answered with a receipt."),
    signature: receipts("commune_petition_signatures_total", "Signatures answered with a receipt."),
  };
  const refusals = new Counter({
    name: "commune_refusals_total",
    help: "Requests refused, by problem code.",
    labelNames: ["code"],
    registers: [registry],
  });
  return {
    pollRegistered: (isNew) => polls.inc(isNew ? 1 : 0),
    accepted: (kind, isNew) => accepted[kind].inc({ kind: isNew ? "recorded" : "repeated" }),
    refused: (code) => refusals.inc({ code }),
    text: () => registry.metrics(),
  };
}
