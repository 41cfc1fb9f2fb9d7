// Counters for operators. No default metrics: they tell when the process started and how busy it is.
import { Counter, Registry } from "prom-client";

/** What is counted: totals since the process started, by outcome. */
export interface Metrics {
  pollRegistered(isNew: boolean): void;
  ballotAccepted(isNew: boolean): void;
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
  const ballots = new Counter({
    name: "commune_ballots_total",
    help: "Ballots answered with a receipt.",
    labelNames: ["kind"],
    registers: [registry],
  });
  const refusals = new Counter({
    name: "commune_refusals_total",
    help: "Requests refused, by problem code.",
    labelNames: ["code"],
    registers: [registry],
  });
  return {
    pollRegistered: (isNew) => polls.inc(isNew ? 1 : 0),
    ballotAccepted: (isNew) => ballots.inc({ kind: isNew ? "recorded" : "repeated" }),
    refused: (code) => refusals.inc({ code }),
    text: () => registry.metrics(),
  };
}
