// The ballot itself. Sealing starts as soon as the marks obey the rules.
import { useState } from "preact/hooks";
import type { BoothState } from "../../core/state.ts";
import { Ballot } from "../ballot/ballot.tsx";
import { usePage } from "../page.ts";
import { Button, Counterfoil, Heading, ProofLine } from "../parts.tsx";

/** Marks, rules, and where sealing stands. */
export function Choose({
  state: { session, votes, complete, proof },
}: {
  readonly state: Extract<BoothState, { at: "choose" }>;
}) {
  const { booth, m } = usePage();
  const [reminded, setReminded] = useState(false);
  return (
    <>
      <Counterfoil organisation={session.poll.poll.organisation.name} />
      <Heading>{m.choose.title}</Heading>
      <Ballot
        session={session}
        votes={votes}
        onChange={(changed) => {
          setReminded(false);
          booth.setVotes(changed);
        }}
      />
      {complete && <ProofLine proof={proof} again={() => booth.setVotes(votes)} />}
      <p class="soft">{m.choose.onDevice}</p>
      {reminded && !complete && (
        <p class="error" role="alert">
          {m.choose.incomplete}
        </p>
      )}
      <div class="actions">
        <Button
          kind="main"
          onPress={() => {
            setReminded(!complete);
            if (complete) booth.review();
          }}
        >
          {m.choose.next}
        </Button>
        <Button onPress={() => booth.backToPoll()}>{m.app.back}</Button>
      </div>
    </>
  );
}
