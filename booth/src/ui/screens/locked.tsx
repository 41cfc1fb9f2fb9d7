// An identity that is encrypted on this device.
import { useEffect, useState } from "preact/hooks";
import type { BoothState } from "../../core/state.ts";
import { useAction, usePage } from "../page.ts";
import { Button, Failed, Field, Form, Heading } from "../parts.tsx";

/** Passphrase or passkey, please. */
export function Locked({ state }: { readonly state: Extract<BoothState, { at: "locked" }> }) {
  const { m, askToForget } = usePage();
  return (
    <>
      <Heading>{m.locked.title}</Heading>
      <p class="lead">{m.locked.text}</p>
      {state.unlock === "passphrase" ? (
        <ByPassphrase wrong={state.wrong} />
      ) : (
        <ByPasskey wrong={state.wrong} />
      )}
      <details>
        <summary>{m.locked.lost}</summary>
        <div class="stack">
          <p>{m.locked.lostText}</p>
          <div>
            <Button onPress={askToForget}>{m.app.forget}</Button>
          </div>
        </div>
      </details>
    </>
  );
}

function ByPassphrase({ wrong }: { readonly wrong: boolean }) {
  const { booth, m, say } = usePage();
  const [passphrase, setPassphrase] = useState("");
  const [empty, setEmpty] = useState(false);
  const unlocking = useAction();
  useEffect(() => {
    if (unlocking.busy) say(m.locked.busy);
  }, [unlocking.busy, m, say]);
  const unlock = (): void => {
    setEmpty(passphrase === "");
    if (passphrase !== "") unlocking.run(() => booth.unlock(passphrase));
  };
  const error = empty ? m.locked.empty : wrong && !unlocking.busy ? m.locked.wrong : null;
  return (
    <Form onSubmit={unlock}>
      <Field
        label={m.locked.passphrase}
        error={error}
        value={passphrase}
        onInput={setPassphrase}
        kind="password"
        autocomplete="current-password"
      />
      <Failed code={unlocking.failed} />
      <div class="actions">
        <Button submit kind="main" off={unlocking.busy}>
          {unlocking.busy ? m.locked.busy : m.locked.unlock}
        </Button>
      </div>
    </Form>
  );
}

function ByPasskey({ wrong }: { readonly wrong: boolean }) {
  const { booth, m } = usePage();
  const unlocking = useAction();
  return (
    <>
      {wrong && !unlocking.busy && (
        <p class="error" role="alert">
          {m.locked.wrongPasskey}
        </p>
      )}
      <Failed code={unlocking.failed} />
      <div class="actions">
        <Button kind="main" off={unlocking.busy} onPress={() => unlocking.run(() => booth.unlock())}>
          {unlocking.busy ? m.locked.busy : m.locked.unlockPasskey}
        </Button>
      </div>
    </>
  );
}
