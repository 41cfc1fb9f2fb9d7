// Signing in: what the service will learn, the proof, and what it has learned.
import { useEffect } from "preact/hooks";
import type { SignInSession, SignInState } from "../../core/state.ts";
import { fill } from "../../i18n/format.ts";
import { OpenLink } from "../open-link.tsx";
import { usePage } from "../page.ts";
import { Button, Counterfoil, Heading } from "../parts.tsx";
import { Faulty, ProofUnderWay } from "../statement.tsx";
import { Loading } from "./waiting.tsx";

/** Whatever the member is at with signing in. */
export function SignInScreen({ signIn: state }: { readonly signIn: SignInState }) {
  const { booth, m } = usePage();
  switch (state.at) {
    case "loading":
      return <Loading what="roll" />;
    case "unable":
      return <Unable because={state.because} />;
    case "ask":
      return <Ask session={state.session} />;
    case "proving":
      return (
        <>
          <Whose session={state.session} />
          <ProofUnderWay proof={state.proof} words={m.signIn} again={() => void booth.signIn()}>
            <p class="lead">{state.session.origin}</p>
          </ProofUnderWay>
        </>
      );
    case "sending":
      return <Sending session={state.session} />;
    case "done":
      return <Done session={state.session} />;
    case "fault":
      return <Faulty fault={state.fault} back={<Back />} />;
  }
}

function Back() {
  const { booth, m } = usePage();
  return <Button onPress={() => booth.backToPoll()}>{m.app.back}</Button>;
}

function Whose({ session: { organisation } }: { readonly session: SignInSession }) {
  const { m } = usePage();
  return <Counterfoil what={m.signIn.rollOf} organisation={organisation} />;
}

function Unable({ because }: { readonly because: "no-roll" | "other-host" }) {
  const { m } = usePage();
  return (
    <>
      <Heading>{m.signIn.title}</Heading>
      {because === "no-roll" ? (
        <>
          <p class="lead">{m.signIn.noRoll}</p>
          <OpenLink main />
        </>
      ) : (
        <p class="notice bad">{m.signIn.otherHost}</p>
      )}
      <div class="actions">
        <Back />
      </div>
    </>
  );
}

function Learned({ session: { members } }: { readonly session: SignInSession }) {
  const { m, format } = usePage();
  return (
    <ul class="bullets">
      <li>{m.signIn.learns}</li>
      <li>{format.count(m.signIn.hidden, members)}</li>
      <li>{m.signIn.network}</li>
    </ul>
  );
}

function Ask({ session }: { readonly session: SignInSession }) {
  const { booth, m, format } = usePage();
  const { origin, onRoll, takenAt } = session;
  return (
    <>
      <Whose session={session} />
      <Heading>{m.signIn.title}</Heading>
      <p class="lead">{fill(m.signIn.text, { origin })}</p>
      {!onRoll && <p class="notice bad">{fill(m.signIn.notOnRoll, { time: format.time(takenAt) })}</p>}
      <section class="stack">
        <h2>{m.signIn.learnsTitle}</h2>
        <Learned session={session} />
      </section>
      <p>{m.signIn.only}</p>
      <div class="actions">
        {onRoll && (
          <Button kind="main" onPress={() => void booth.signIn()}>
            {m.signIn.submit}
          </Button>
        )}
        <Back />
      </div>
    </>
  );
}

function Sending({ session }: { readonly session: SignInSession }) {
  const { m, say } = usePage();
  useEffect(() => say(m.signIn.sending), [m, say]);
  return (
    <>
      <Whose session={session} />
      <Heading>{m.signIn.title}</Heading>
      <p class="lead">{m.signIn.sending}</p>
      <progress aria-label={m.signIn.sending} />
    </>
  );
}

function Done({ session }: { readonly session: SignInSession }) {
  const { booth, m } = usePage();
  return (
    <>
      <Whose session={session} />
      <Heading>{m.signIn.done}</Heading>
      <p class="lead">{fill(m.signIn.doneText, { origin: session.origin })}</p>
      <section class="stack">
        <h2>{m.signIn.learnedTitle}</h2>
        <Learned session={session} />
      </section>
      <p class="notice">{m.signIn.nothingKept}</p>
      <div class="actions">
        <Button kind="main" onPress={() => booth.backToPoll()}>
          {m.app.back}
        </Button>
        <Button onPress={() => void booth.signIn()}>{m.signIn.again}</Button>
      </div>
    </>
  );
}
