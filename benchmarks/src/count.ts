// Tally and audit of an election of many ballots, from its public files.
import {
  type AuditReport,
  audit,
  equalBytes,
  parseCanonicalJson,
  publicPaths,
  readOptional,
  resultBytes,
  type TallyOutcome,
  tally,
} from "@commune-zk/prover";
import { type Fixture, readFixture } from "./fixture-files.ts";
import { expect, measure, type Outcome } from "./measure.ts";
import type { BenchKeys } from "./sample-poll.ts";

/** Which election is counted, and how often. */
export interface CountOptions {
  readonly keys: BenchKeys;
  readonly runs: number;
  /** The folder of all fixtures. */
  readonly fixtures: string;
  readonly ballots: number;
  /** The command that makes what is missing. */
  readonly makeCommand: string;
}

/** From audited board, closing and three shares to the result; the audit before it is not timed. */
export async function* measureTally(options: CountOptions): AsyncGenerator<Outcome> {
  const { keys, runs, ballots } = options;
  const name = `tally, ${ballots} ballots`;
  const fixture = await findFixture(options);
  if (fixture === undefined) {
    yield missing(name, options);
    return;
  }
  const { files } = fixture;
  const { poll, board, closing } = await auditOf(fixture, keys);
  expect(closing !== undefined, "the fixture has no closing");
  const shares: unknown[] = [];
  for (const [i] of poll.poll.trustees.entries()) {
    const path = publicPaths.share(i + 1);
    const bytes = await readOptional(files, path);
    if (bytes !== undefined) shares.push(parseCanonicalJson(bytes, path));
  }
  const published = await files.read(publicPaths.result);
  const samples = await measure({
    runs,
    work: () => tally({ poll, board, closing, shares }),
    check: (outcome: TallyOutcome) => {
      expect(outcome.complete, "the tally is not complete");
      expect(equalBytes(resultBytes(outcome.result), published), "another result than the published one");
    },
  });
  yield { name, unit: "ms", samples };
}

/** Every check of an auditor who starts with the public files on a disk and the registrar's key. */
export async function* measureAudit(options: CountOptions): AsyncGenerator<Outcome> {
  const { keys, runs, ballots } = options;
  const name = `audit, ${ballots} ballots`;
  const fixture = await findFixture(options);
  if (fixture === undefined) {
    yield missing(name, options);
    return;
  }
  const samples = await measure({
    runs,
    work: () => auditOf(fixture, keys),
    check: (report) => checkReport(report, fixture),
  });
  yield { name, unit: "ms", samples };
}

function findFixture({ fixtures, ballots, keys }: CountOptions): Promise<Fixture | undefined> {
  return readFixture({ root: fixtures, ballots, keys });
}

function missing(name: string, { makeCommand }: CountOptions): Outcome {
  return { name, notMeasured: `run ${makeCommand}` };
}

function auditOf({ files, registrarKey }: Fixture, { artifacts }: BenchKeys): Promise<AuditReport> {
  const anchor = { kind: "registrar", key: registrarKey } as const;
  return audit({ files, artifacts, anchor, allowDevelopmentKeys: true });
}

function checkReport({ anchored, board, result }: AuditReport, { ballots, expected }: Fixture): void {
  expect(anchored, "the audit was not anchored");
  expect(board.counted.ballots.length === ballots, "the audit counted another number of ballots");
  expect(result?.options.join() === expected.join(), `the audited result is not ${expected.join()}`);
}
