// The vote once more, before it leaves.
import { useState } from "preact/hooks";
import type { BoothState, PollSession } from "../../core/state.ts";
import { orderOf } from "../ballot/order.ts";
import { useAction, usePage } from "../page.ts";
import { Button, Counterfoil, Failed, Heading, ProofLine, Tick } from "../parts.tsx";

const NOT_READY = "not-ready";

/** What was marked, and the button that casts it. */
export function Review({
  state: { session, votes, proof },
}: {
  readonly state: Extract<BoothState, { at: "review" }>;
}) {
  const { booth, m } = usePage();
  const [randomDelay, setRandomDelay] = useState(false);
  const casting = useAction();
  const ready = proof.at === "ready";
  // Coming to this screen starts a proof where there is none.
  const again = (): void => {
    booth.backToChoosing();
    booth.review();
  };
  return (
    <>
      <Counterfoil organisation={session.poll.poll.organisation.name} />
      <Heading>{m.review.title}</Heading>
      <Marked session={session} votes={votes} />
      <p>
        {m.review.text} {session.poll.poll.rules.revisions ? m.review.again : m.review.once}
      </p>
      <Tick label={m.review.delay} hint={m.review.delayHint} value={randomDelay} onChange={setRandomDelay} />
      <ProofLine proof={proof} again={again} />
      <Failed code={casting.failed} />
      <div class="actions">
        {!ready && <p id={NOT_READY}>{m.review.notReady}</p>}
        <Button
          kind="main"
          off={!ready || casting.busy}
          {...(ready ? {} : { describedBy: NOT_READY })}
          onPress={() => casting.run(() => booth.cast({ randomDelay }))}
        >
          {m.review.cast}
        </Button>
        <Button onPress={() => booth.backToChoosing()}>{m.review.change}</Button>
      </div>
    </>
  );
}

function Marked({ session, votes }: { readonly session: PollSession; readonly votes: readonly number[] }) {
  const { m, format } = usePage();
  const { title, options } = session.poll.poll;
  const { kind } = session.form;
  if (kind !== "ranked" && votes.every((value) => value === 0)) {
    return (
      <section class="ballot">
        <h2>{title}</h2>
        <ul class="lines">
          <li class="line blank still">{m.review.blank}</li>
        </ul>
      </section>
    );
  }
  const ranked = kind === "ranked";
  const shown = ranked ? orderOf(votes) : options.map((_, i) => i).filter((i) => votes[i]! > 0);
  const intro = ranked ? m.review.order : kind === "points" ? m.review.given : m.review.marked;
  const List = ranked ? "ol" : "ul";
  return (
    <section class="ballot">
      <h2>{title}</h2>
      <p class="rule">{intro}</p>
      <List class="lines">
        {shown.map((i, at) => (
          <li key={options[i]} class={ranked ? "rank" : "line still"}>
            {ranked && (
              <span class="place" aria-hidden="true">
                {at + 1}
              </span>
            )}
            <span class="name">{options[i]}</span>
            {kind === "points" && <strong>{format.count(m.review.points, votes[i]!)}</strong>}
            {(kind === "single" || kind === "approval") && (
              <span class={kind === "single" ? "crossed round" : "crossed"} aria-hidden="true" />
            )}
          </li>
        ))}
      </List>
    </section>
  );
}
