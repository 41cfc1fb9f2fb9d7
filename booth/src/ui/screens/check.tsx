// Four questions, answered from the public files.
import type { Result } from "@commune-zk/prover";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { BoothState, CheckState, Finding, PollSession } from "../../core/state.ts";
import { fill } from "../../i18n/format.ts";
import { useAction, usePage } from "../page.ts";
import {
  Button,
  Copyable,
  Counterfoil,
  Failed,
  FaultDetails,
  Field,
  Form,
  Heading,
  Progress,
} from "../parts.tsx";
import { saveFile } from "../save.ts";

/** My ballot, the board, the result, and whether it is right. */
export function Check({
  state: { session, check },
}: {
  readonly state: Extract<BoothState, { at: "check" }>;
}) {
  const { booth, m } = usePage();
  return (
    <>
      <Counterfoil organisation={session.poll.poll.organisation.name}>
        <span>{session.poll.poll.title}</span>
      </Counterfoil>
      <Heading>{m.check.title}</Heading>
      <p class="lead">{m.check.text}</p>
      <div class="questions">
        <MyBallot check={check} />
        <Board check={check} />
        <ResultPart session={session} check={check} />
        <Audit check={check} />
      </div>
      <div class="actions">
        <Button onPress={() => booth.backToPoll()}>{m.receipt.poll}</Button>
      </div>
    </>
  );
}

function Question({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="question">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** A finding as a mark and a sentence, or the fault; `open` says why it could not be looked at. */
function Answer<T>({
  finding,
  good,
  open,
  unknown,
}: {
  readonly finding: Finding<T>;
  readonly good: (value: T) => string;
  readonly open?: string;
  readonly unknown?: string;
}) {
  const { m, say } = usePage();
  const mark = { unknown: "–", looking: "…", good: m.check.good, bad: m.check.bad, open: "–" }[finding.at];
  const sentence = sentenceOf();
  useEffect(() => {
    if (finding.at === "good" || finding.at === "open") say(sentence);
  }, [finding.at, sentence, say]);
  if (finding.at === "looking") {
    const label = finding.step === undefined ? m.check.looking : m.check.audit.steps[finding.step];
    return <Progress label={label} fraction={finding.fraction} />;
  }
  return (
    <div class="answer">
      <span class={`mark ${finding.at}`}>{mark}</span>
      {finding.at === "bad" ? (
        <div role="alert">
          <FaultDetails fault={finding.fault} />
        </div>
      ) : (
        <p>{sentence}</p>
      )}
    </div>
  );

  function sentenceOf(): string {
    if (finding.at === "good") return good(finding.value);
    if (finding.at === "open") {
      return finding.because === "offline" ? m.check.offline : (open ?? m.check.unknown);
    }
    return unknown ?? m.check.unknown;
  }
}

function MyBallot({ check }: { readonly check: CheckState }) {
  const { m, format } = usePage();
  const { ballot } = check;
  return (
    <Question title={m.check.ballot.question}>
      <Answer
        finding={ballot}
        good={({ index, boardSize }) =>
          fill(m.check.ballot.good, { position: format.number(index + 1), size: format.number(boardSize) })
        }
        open={m.check.ballot.noBallot}
        unknown={m.check.ballot.unknown}
      />
    </Question>
  );
}

function Board({ check: { checkpoint, comparison } }: { readonly check: CheckState }) {
  const { booth, m, format } = usePage();
  const [text, setText] = useState("");
  const [empty, setEmpty] = useState(false);
  const comparing = useAction();
  const compare = (): void => {
    setEmpty(text.trim() === "");
    if (text.trim() !== "") comparing.run(() => booth.compareCheckpoint(text));
  };
  return (
    <Question title={m.check.board.question}>
      <p>{m.check.board.text}</p>
      {checkpoint.at === "good" ? (
        <>
          <p>{format.count(m.check.board.here, checkpoint.value.size)}</p>
          <Copyable label={m.check.board.checkpoint} text={checkpoint.value.text} lines />
          <div>
            <Button onPress={() => saveFile("checkpoint.txt", checkpoint.value.text)}>
              {m.check.board.save}
            </Button>
          </div>
        </>
      ) : (
        <Answer finding={checkpoint} good={() => ""} />
      )}
      <Form onSubmit={compare}>
        <Field
          label={m.check.board.paste}
          hint={m.check.board.pasteHint}
          error={empty ? m.check.board.empty : null}
          value={text}
          onInput={setText}
          kind="lines"
          code
        />
        <Failed code={comparing.failed} />
        <div>
          <Button submit off={comparing.busy}>
            {m.check.board.compare}
          </Button>
        </div>
      </Form>
      {comparison.at !== "unknown" && (
        <Answer finding={comparison} good={({ otherSize }) => format.count(m.check.board.good, otherSize)} />
      )}
    </Question>
  );
}

function ResultPart({
  session,
  check: { result },
}: {
  readonly session: PollSession;
  readonly check: CheckState;
}) {
  const { m } = usePage();
  return (
    <Question title={m.check.result.question}>
      {result.at === "good" ? (
        <ResultTable session={session} result={result.value} />
      ) : (
        <Answer finding={result} good={() => ""} open={m.check.result.notYet} />
      )}
    </Question>
  );
}

/** The result: numbers in a table, and a bar under each name for the eye. */
function ResultTable({ session, result }: { readonly session: PollSession; readonly result: Result }) {
  const { m, format } = usePage();
  const { options } = session.poll.poll;
  if (result.outcome === "too-few-ballots") {
    return <p>{format.count(m.check.result.tooFew, result.countedBallots)}</p>;
  }
  const { kind } = session.form;
  const sum = result.options.reduce((all, value) => all + value, 0);
  // Of an approval the share of ballots says something; marks add up to more than there are ballots.
  const whole = kind === "approval" ? result.countedBallots : sum;
  const most = Math.max(1, ...result.options);
  return (
    <>
      <p>{m.check.result.published}</p>
      <table>
        <caption class="unseen">{m.check.result.caption}</caption>
        <thead>
          <tr>
            <th scope="col">{m.check.result.option}</th>
            <th scope="col">
              {kind === "ranked" || kind === "points" ? m.check.result.points : m.check.result.votes}
            </th>
            <th scope="col">{m.check.result.share}</th>
          </tr>
        </thead>
        <tbody>
          {options.map((option, i) => {
            const value = result.options[i]!;
            return (
              <tr key={option}>
                <th scope="row">
                  {option}
                  <svg class="bar" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 1">
                    <rect class="track" width={100} height={1} />
                    <rect class="part" width={(100 * value) / most} height={1} />
                  </svg>
                </th>
                <td>{format.number(value)}</td>
                <td>{whole === 0 ? "–" : format.percent(value / whole)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p class="strong">{format.count(m.check.result.counted, result.countedBallots)}</p>
      {result.keyKind === "development" && <p class="notice warn">{m.app.development.title}</p>}
    </>
  );
}

function Audit({ check: { audit } }: { readonly check: CheckState }) {
  const { booth, m } = usePage();
  const auditing = useAction();
  const startable =
    audit.at === "unknown" || audit.at === "bad" || (audit.at === "open" && audit.because !== "too-large");
  return (
    <Question title={m.check.audit.question}>
      <p>{m.check.audit.text}</p>
      {audit.at !== "unknown" && (
        <Answer
          finding={audit}
          good={(result) => (result === null ? m.check.audit.goodSoFar : m.check.audit.good)}
          open={m.check.audit.tooLarge}
        />
      )}
      <Failed code={auditing.failed} />
      {startable && (
        <div class="actions">
          <Button kind="main" off={auditing.busy} onPress={() => auditing.run(() => booth.runAudit())}>
            {m.check.audit.run}
          </Button>
        </div>
      )}
    </Question>
  );
}
