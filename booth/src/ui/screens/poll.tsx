// The poll before choosing: what it is, until when, who can vote, and what is hidden from whom.
import { useState } from "preact/hooks";
import type { BoothState, OwnBallot, PollSession } from "../../core/state.ts";
import { fill } from "../../i18n/format.ts";
import { OpenLink } from "../open-link.tsx";
import { OpenParts } from "../open-parts.tsx";
import { useAction, usePage } from "../page.ts";
import { Button, Counterfoil, Failed, Heading, LongNumber } from "../parts.tsx";

/** The overview of a poll. */
export function PollScreen({
  state: { session, own },
}: {
  readonly state: Extract<BoothState, { at: "poll" }>;
}) {
  const { m } = usePage();
  const { poll } = session.poll;
  return (
    <>
      <Counterfoil organisation={poll.organisation.name}>
        <Times session={session} />
      </Counterfoil>
      {/* The history of a shared device need not say what was voted on. */}
      <Heading tab={m.poll.tab}>{poll.title}</Heading>
      {!session.knownRegistrar && <p class="notice warn">{m.poll.unknownRegistrar}</p>}
      <Place session={session} />
      <Own session={session} own={own} />
      <Ways session={session} own={own} />
      <Hidden session={session} />
      <div>
        <Details session={session} />
        <details>
          <summary>{m.poll.other}</summary>
          <div class="stack">
            <OpenLink />
            <OpenParts />
          </div>
        </details>
      </div>
    </>
  );
}

function Times({ session: { poll, phase } }: { readonly session: PollSession }) {
  const { m, format } = usePage();
  const { opensAt, closesAt } = poll.poll;
  const closes = { time: format.time(closesAt) };
  return (
    <>
      {phase === "before" && <span>{fill(m.poll.opens, { time: format.time(opensAt) })}</span>}
      <span>{fill(phase === "closed" ? m.poll.closed : m.poll.closes, closes)}</span>
    </>
  );
}

function Place({ session: { poll, onRoll } }: { readonly session: PollSession }) {
  const { m, format } = usePage();
  if (onRoll === null) return <p>{m.poll.rollUnknown}</p>;
  if (!onRoll) return <p class="notice bad">{m.poll.notOnRoll}</p>;
  return <p>{format.count(m.poll.onRoll, poll.poll.roll.size)}</p>;
}

function Own({ session, own }: { readonly session: PollSession; readonly own: OwnBallot | null }) {
  const { m } = usePage();
  if (session.onRoll === false) return null;
  const changeable = session.poll.poll.rules.revisions;
  if (own === null) {
    return session.phase === "open" ? (
      <p>
        {m.poll.notVoted} {!changeable && m.poll.final}
      </p>
    ) : null;
  }
  if (own.receipt === null) return <p class="notice warn">{m.poll.sealed}</p>;
  return (
    <p class="notice good">{changeable && session.phase === "open" ? m.poll.castChangeable : m.poll.cast}</p>
  );
}

function Ways({ session, own }: { readonly session: PollSession; readonly own: OwnBallot | null }) {
  const { booth, m } = usePage();
  const [way, setWay] = useState<"choose" | "check" | null>(null);
  const going = useAction();
  const cast = own !== null && own.receipt !== null;
  const waiting = own !== null && own.receipt === null;
  const mayVote =
    session.phase === "open" && session.onRoll !== false && (!cast || session.poll.poll.rules.revisions);
  // Where a sealed ballot waits, choosing leads to it.
  const go = (to: "choose" | "check"): void => {
    setWay(to);
    going.run(() => (to === "choose" ? booth.startChoosing() : booth.openCheck()));
  };
  const voteLabel = cast ? m.poll.change : m.poll.vote;
  return (
    <div class="actions">
      {waiting && (
        <Button kind="main" off={going.busy} onPress={() => go("choose")}>
          {m.poll.goOn}
        </Button>
      )}
      {mayVote && !waiting && (
        <Button {...(cast ? {} : { kind: "main" as const })} off={going.busy} onPress={() => go("choose")}>
          {going.busy && way === "choose" ? m.app.working : voteLabel}
        </Button>
      )}
      <Button
        {...(mayVote || waiting ? {} : { kind: "main" as const })}
        off={going.busy}
        onPress={() => go("check")}
      >
        {going.busy && way === "check" ? m.app.working : m.poll.check}
      </Button>
      <Failed code={going.failed} />
    </div>
  );
}

function Hidden({ session }: { readonly session: PollSession }) {
  const { m, format } = usePage();
  const { threshold, trustees, rules } = session.poll.poll;
  return (
    <section class="stack">
      <h2>{m.poll.hiddenTitle}</h2>
      <ul class="bullets">
        <li>{format.count(m.poll.hiddenHow, trustees.length, { threshold })}</li>
        <li>{m.poll.hiddenWho}</li>
        <li>{m.poll.shownWhen}</li>
        <li>{rules.revisions ? m.poll.pressure : m.poll.pressureFinal}</li>
      </ul>
    </section>
  );
}

function Details({ session }: { readonly session: PollSession }) {
  const { m, format } = usePage();
  const { poll, pollId } = session.poll;
  const names = (people: readonly { readonly name: string }[]) => (
    <ul class="bullets">
      {people.map(({ name }) => (
        <li key={name}>{name}</li>
      ))}
    </ul>
  );
  return (
    <details>
      <summary>{m.poll.checked}</summary>
      <div class="stack">
        <p>{m.poll.checkedText}</p>
        <p>{format.count(m.poll.trustees, poll.trustees.length, { threshold: poll.threshold })}</p>
        {names(poll.trustees)}
        {poll.witnesses.length > 0 && (
          <>
            <p>{m.poll.witnesses}</p>
            {names(poll.witnesses)}
          </>
        )}
        <p>{format.count(m.poll.minimum, poll.minimumBallots)}</p>
        <dl class="facts">
          <div>
            <dt>{m.poll.pollId}</dt>
            <dd>
              <LongNumber hex={pollId} />
            </dd>
          </div>
          <div>
            <dt>{m.poll.registrarKey}</dt>
            <dd>
              <LongNumber hex={poll.organisation.key} />
            </dd>
          </div>
        </dl>
      </div>
    </details>
  );
}
