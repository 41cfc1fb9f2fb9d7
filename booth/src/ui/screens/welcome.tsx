// No identity on this device yet: make one, or bring one.
import { MIN_PASSPHRASE_LENGTH } from "@commune-zk/prover";
import { useEffect, useState } from "preact/hooks";
import type { BoothState, KeepBy } from "../../core/state.ts";
import { fill } from "../../i18n/format.ts";
import { OpenLink } from "../open-link.tsx";
import { useAction, usePage } from "../page.ts";
import { Button, Choices, Failed, Field, Form, Heading, Tick } from "../parts.tsx";

type Way = "start" | "create" | "restore";

/** Welcome, and the two ways on. */
export function Welcome({ state }: { readonly state: Extract<BoothState, { at: "welcome" }> }) {
  const [way, setWay] = useState<Way>("start");
  if (way === "create") return <Create onBack={() => setWay("start")} />;
  if (way === "restore") return <Restore onBack={() => setWay("start")} />;
  return <Start state={state} onChoose={setWay} />;
}

function Start({
  state: { invitation, waits },
  onChoose,
}: {
  readonly state: Extract<BoothState, { at: "welcome" }>;
  readonly onChoose: (way: Way) => void;
}) {
  const { m } = usePage();
  return (
    <>
      <Heading>{m.welcome.title}</Heading>
      {invitation !== null && (
        <div class="notice">
          <p class="strong">{fill(m.welcome.invited, { organisation: invitation.organisation })}</p>
          <p>{m.welcome.invitedCaution}</p>
        </div>
      )}
      {waits && <p class="notice">{m.welcome.pollWaiting}</p>}
      <p class="lead">{m.welcome.text}</p>
      <div class="actions">
        <Button kind="choice" onPress={() => onChoose("create")}>
          <strong>{m.welcome.first}</strong>
          <span>{m.welcome.firstHint}</span>
        </Button>
        <Button kind="choice" onPress={() => onChoose("restore")}>
          <strong>{m.welcome.returning}</strong>
          <span>{m.welcome.returningHint}</span>
        </Button>
      </div>
      {invitation === null && !waits && (
        <details>
          <summary>{m.welcome.haveLink}</summary>
          <div class="stack">
            <OpenLink />
          </div>
        </details>
      )}
    </>
  );
}

function Create({ onBack }: { readonly onBack: () => void }) {
  const { booth, m, say } = usePage();
  const keep = useKeep();
  const making = useAction();
  useEffect(() => {
    if (making.busy) say(m.create.busy);
  }, [making.busy, m, say]);
  const make = (): void => {
    const by = keep.check();
    if (by !== null) making.run(() => booth.createIdentity(by));
  };
  return (
    <>
      <Heading>{m.create.title}</Heading>
      <p class="lead">{m.create.text}</p>
      <Form onSubmit={make}>
        <KeepFields keep={keep} />
        <Failed code={making.failed} />
        <div class="actions">
          <Button submit kind="main" off={making.busy}>
            {making.busy ? m.create.busy : m.create.submit}
          </Button>
          <Button onPress={onBack}>{m.app.back}</Button>
        </div>
      </Form>
    </>
  );
}

function Restore({ onBack }: { readonly onBack: () => void }) {
  const { booth, m } = usePage();
  const [from, setFrom] = useState<"words" | "key">("words");
  const [text, setText] = useState("");
  const [empty, setEmpty] = useState(false);
  const keep = useKeep();
  const restoring = useAction();
  const restore = (): void => {
    const given = text.trim();
    setEmpty(given === "");
    const by = given === "" ? null : keep.check();
    if (by === null) return;
    const source = from === "words" ? { words: given } : { key: given };
    restoring.run(() => booth.restoreIdentity(source, by));
  };
  return (
    <>
      <Heading>{m.restore.title}</Heading>
      <p class="lead">{m.restore.text}</p>
      <Form onSubmit={restore}>
        <Choices
          legend={m.restore.from}
          value={from}
          onChange={setFrom}
          choices={[
            { value: "words", label: m.restore.fromWords },
            { value: "key", label: m.restore.fromKey },
          ]}
        />
        <Field
          label={from === "words" ? m.restore.words : m.restore.key}
          hint={from === "words" ? m.restore.wordsHint : m.restore.keyHint}
          error={empty ? m.restore.empty : null}
          value={text}
          onInput={setText}
          kind="lines"
        />
        {from === "key" && <p class="notice warn">{m.restore.keyCaution}</p>}
        <KeepFields keep={keep} />
        <Failed code={restoring.failed} />
        <div class="actions">
          <Button submit kind="main" off={restoring.busy}>
            {restoring.busy ? m.app.working : m.restore.submit}
          </Button>
          <Button onPress={onBack}>{m.app.back}</Button>
        </div>
      </Form>
    </>
  );
}

type Wrong = "short" | "differ" | null;

interface Keep {
  readonly method: KeepBy["method"];
  readonly passphrase: string;
  readonly repeated: string;
  readonly wrong: Wrong;
  setMethod(method: KeepBy["method"]): void;
  setPassphrase(text: string): void;
  setRepeated(text: string): void;
  /** How to keep it, or null after saying what is wrong. */
  check(): KeepBy | null;
}

function useKeep(): Keep {
  const [method, setMethod] = useState<KeepBy["method"]>("passphrase");
  const [passphrase, setPassphrase] = useState("");
  const [repeated, setRepeated] = useState("");
  const [wrong, setWrong] = useState<Wrong>(null);
  const check = (): KeepBy | null => {
    if (method === "passkey") return { method };
    const short = [...passphrase.normalize("NFKC")].length < MIN_PASSPHRASE_LENGTH;
    const found: Wrong = short ? "short" : passphrase === repeated ? null : "differ";
    setWrong(found);
    return found === null ? { method, passphrase } : null;
  };
  return { method, passphrase, repeated, wrong, setMethod, setPassphrase, setRepeated, check };
}

function KeepFields({ keep }: { readonly keep: Keep }) {
  const { m } = usePage();
  const [shown, setShown] = useState(false);
  const least = { count: MIN_PASSPHRASE_LENGTH };
  const kind = shown ? "text" : "password";
  return (
    <>
      {"PublicKeyCredential" in window && (
        <Choices
          legend={m.keep.legend}
          value={keep.method}
          onChange={keep.setMethod}
          choices={[
            { value: "passphrase", label: m.keep.passphrase, hint: m.keep.passphraseHint },
            { value: "passkey", label: m.keep.passkey, hint: m.keep.passkeyHint },
          ]}
        />
      )}
      {keep.method === "passphrase" && (
        <>
          <Field
            label={m.keep.choose}
            hint={fill(m.keep.chooseHint, least)}
            error={keep.wrong === "short" ? fill(m.keep.tooShort, least) : null}
            value={keep.passphrase}
            onInput={keep.setPassphrase}
            kind={kind}
            autocomplete="new-password"
          />
          <Field
            label={m.keep.repeat}
            error={keep.wrong === "differ" ? m.keep.differ : null}
            value={keep.repeated}
            onInput={keep.setRepeated}
            kind={kind}
            autocomplete="new-password"
          />
          <Tick label={m.keep.show} value={shown} onChange={setShown} />
        </>
      )}
    </>
  );
}
