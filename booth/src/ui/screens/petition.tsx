// A petition: its text, what a signature shows and hides, the signing, and the receipt.
import type { PetitionSession, PetitionState } from "../../core/state.ts";
import { fill } from "../../i18n/format.ts";
import { boardSize } from "../board-size.ts";
import { usePage } from "../page.ts";
import { Button, Counterfoil, Heading } from "../parts.tsx";
import { Faulty, KeptReceipt, OnItsWay, ProofUnderWay } from "../statement.tsx";
import { Loading } from "./waiting.tsx";

/** Whatever the member is at with a petition. */
export function PetitionScreen({ petition: state }: { readonly petition: PetitionState }) {
  const { booth, m } = usePage();
  switch (state.at) {
    case "loading":
      return <Loading what="petition" />;
    case "petition":
      return <Petition session={state.session} />;
    case "proving":
      return (
        <>
          <Whose session={state.session} />
          <ProofUnderWay proof={state.proof} words={m.petition} again={() => void booth.signPetition()}>
            <p class="lead">{state.session.petition.petition.title}</p>
          </ProofUnderWay>
        </>
      );
    case "sending":
      return (
        <>
          <Whose session={state.session} />
          <OnItsWay cast={state.cast} words={m.petition} back={<Back />}>
            <p>{state.session.petition.petition.title}</p>
          </OnItsWay>
        </>
      );
    case "receipt":
      return <Recorded state={state} />;
    case "fault":
      return <Faulty fault={state.fault} back={<Back />} />;
  }
}

function Back() {
  const { booth, m } = usePage();
  return <Button onPress={() => booth.backToPoll()}>{m.app.back}</Button>;
}

function Whose({ session: { petition } }: { readonly session: PetitionSession }) {
  const { m } = usePage();
  return <Counterfoil what={m.petition.of} organisation={petition.petition.organisation.name} />;
}

function Petition({ session }: { readonly session: PetitionSession }) {
  const { booth, m, format } = usePage();
  const { petition, phase, onRoll } = session;
  const { organisation, title, text, opensAt, closesAt } = petition.petition;
  const canSign = onRoll && phase === "open";
  return (
    <>
      <Counterfoil what={m.petition.of} organisation={organisation.name}>
        {phase === "before" && <span>{fill(m.petition.opens, { time: format.time(opensAt) })}</span>}
        <span>
          {fill(phase === "closed" ? m.petition.closed : m.petition.closes, { time: format.time(closesAt) })}
        </span>
      </Counterfoil>
      <Heading tab={m.petition.tab}>{title}</Heading>
      {session.offline && <p class="notice warn">{m.app.offline}</p>}
      <div class="stack">
        {text.map((paragraph, i) => (
          // Paragraphs of a signed text: they neither move nor change.
          <p key={`${i}-${paragraph}`}>{paragraph}</p>
        ))}
      </div>
      {!session.knownRegistrar && <p class="notice warn">{m.petition.unknownRegistrar}</p>}
      {!onRoll && <p class="notice bad">{m.petition.notOnRoll}</p>}
      {phase !== "open" && (
        <p class="notice warn">{phase === "before" ? m.petition.before : m.petition.over}</p>
      )}
      <section class="stack">
        <h2>{m.petition.shownTitle}</h2>
        <ul class="bullets">
          <li>{m.petition.shown}</li>
          <li>{m.petition.hidden}</li>
          <li>{format.count(m.petition.anonymity, petition.roll.members)}</li>
          <li>{m.petition.when}</li>
        </ul>
      </section>
      {canSign && <p>{m.petition.once}</p>}
      <div class="actions">
        {canSign && (
          <Button kind="main" onPress={() => void booth.signPetition()}>
            {m.petition.sign}
          </Button>
        )}
        <Back />
      </div>
    </>
  );
}

function Recorded({
  state: { session, signature },
}: {
  readonly state: Extract<PetitionState, { at: "receipt" }>;
}) {
  const { m, format } = usePage();
  const { statementHash, receipt } = signature;
  const { petition, petitionId } = session.petition;
  const place = {
    position: format.number(receipt.index + 1),
    size: format.number(boardSize(receipt.checkpoint) ?? receipt.index + 1),
  };
  return (
    <>
      <Counterfoil what={m.petition.of} organisation={petition.organisation.name}>
        <span>{petition.title}</span>
      </Counterfoil>
      <Heading>{m.petition.recorded}</Heading>
      <p class="lead">{fill(m.petition.recordedText, place)}</p>
      <KeptReceipt
        kind="signature"
        scope={`petition ${petitionId}`}
        statementHash={statementHash}
        index={receipt.index}
        words={m.petition}
        bytes={async () => {
          const { petitionReceiptBytes } = await import("../../core/receipt-file.ts");
          return petitionReceiptBytes(receipt);
        }}
        back={<Back />}
      />
    </>
  );
}
