// What claims, signatures and sign-ins show alike: a proof under way, something sealed on its way, a receipt.
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { CastState, Fault, ProofState } from "../core/state.ts";
import { faultKey } from "../i18n/faults.ts";
import { fill } from "../i18n/format.ts";
import type { ProofWords, SendingWords } from "../i18n/messages.ts";
import { useAction, usePage } from "./page.ts";
import { Button, Failed, FaultDetails, Heading, LongNumber, Progress, Qr } from "./parts.tsx";
import { saveFile } from "./save.ts";

/** A proof, from its start to its failure, with a way to stop it. `again` starts it anew. */
export function ProofUnderWay({
  proof,
  words,
  again,
  children,
}: {
  readonly proof: ProofState;
  readonly words: ProofWords;
  readonly again: () => void;
  readonly children: ComponentChildren;
}) {
  const { booth, m, say } = usePage();
  const phase = proof.at === "running" ? words[proof.phase] : null;
  useEffect(() => {
    if (phase !== null) say(phase);
  }, [phase, say]);
  return (
    <>
      <Heading>{words.proving}</Heading>
      {children}
      {proof.at === "running" && (
        <div class="proof">
          <Progress label={words[proof.phase]} fraction={proof.fraction} />
          <p class="soft">{m.sent.minutes}</p>
        </div>
      )}
      {proof.at === "failed" && (
        <div class="notice bad" role="alert">
          <FaultDetails fault={proof.fault} />
        </div>
      )}
      <div class="actions">
        {proof.at === "failed" && (
          <Button kind="main" onPress={again}>
            {m.app.tryAgain}
          </Button>
        )}
        <Button onPress={() => booth.cancelProof()}>{m.app.cancel}</Button>
      </div>
    </>
  );
}

/** Something sealed on its way, or refused. It is called recorded nowhere here. */
export function OnItsWay({
  cast,
  words,
  back,
  children,
}: {
  readonly cast: CastState;
  readonly words: SendingWords;
  /** The button that leaves. */
  readonly back: ComponentChildren;
  readonly children?: ComponentChildren;
}) {
  const { booth, m, format, say } = usePage();
  const refusal = cast.at === "refused" ? cast.code : null;
  const fault = refusal === null ? null : m.faults[faultKey(refusal)];
  const waiting = cast.at === "waiting" && (cast.because === "offline" ? m.casting.offline : m.sent.noAnswer);
  const news = refusal === null ? waiting || m.casting.sending : words.refused;
  const standing = refusal === null ? m.sent.notRecorded : m.sent.refusedOne;
  useEffect(() => say(`${news} ${standing}`), [news, standing, say]);
  return (
    <>
      <Heading>{refusal === null ? words.sending : words.refused}</Heading>
      <p class="lead strong">{standing}</p>
      {children}
      {fault === null ? (
        <>
          <div class="stack">
            <p>{news}</p>
            {cast.at === "waiting" && cast.retryInMs !== null && (
              <p>{fill(m.casting.retryIn, { time: format.duration(cast.retryInMs) })}</p>
            )}
            {cast.at === "sending" && <progress aria-label={news} />}
          </div>
          <p class="soft">{m.sent.stored}</p>
        </>
      ) : (
        <div class="notice bad">
          <p class="strong">{refusal === "nullifier-used" ? words.already : fault.what}</p>
          <p>{refusal === "nullifier-used" ? m.sent.otherDevice : fault.todo}</p>
          <p class="number">
            {m.refused.code}: {refusal}
          </p>
        </div>
      )}
      <div class="actions">
        {cast.at !== "sending" && (
          <Button kind="main" onPress={() => booth.retryNow()}>
            {cast.at === "refused" ? m.sent.again : m.casting.retry}
          </Button>
        )}
        {back}
      </div>
    </>
  );
}

/** A verified receipt: its number, its code, and a way to save it. */
export function KeptReceipt({
  kind,
  scope,
  statementHash,
  index,
  words,
  bytes,
  back,
}: {
  readonly kind: "claim" | "signature";
  /** What it belongs to, as a line of the QR code. */
  readonly scope: string;
  readonly statementHash: string;
  readonly index: number;
  readonly words: { readonly number: string; readonly caution: string };
  readonly bytes: () => Promise<Uint8Array>;
  readonly back: ComponentChildren;
}) {
  const { m } = usePage();
  const saving = useAction();
  // Enough to find the record again, in lines that a person can read too.
  const lines = [`commune-zk ${kind} receipt`, scope, `statement ${statementHash}`, `index ${index}`];
  return (
    <>
      <dl class="facts">
        <div>
          <dt>{words.number}</dt>
          <dd>
            <LongNumber hex={statementHash} />
          </dd>
        </div>
      </dl>
      <Qr text={lines.join("\n")} label={m.receipt.qr} tooLong={m.membership.qrTooLong} />
      <p>{m.sent.keep}</p>
      <p class="notice">{words.caution}</p>
      <Failed code={saving.failed} />
      <div class="actions">
        <Button
          kind="main"
          off={saving.busy}
          onPress={() =>
            saving.run(async () => saveFile(`${kind}-${statementHash.slice(0, 8)}.json`, await bytes()))
          }
        >
          {m.receipt.save}
        </Button>
        {back}
      </div>
    </>
  );
}

/** What went wrong where the page does not go on. */
export function Faulty({ fault, back }: { readonly fault: Fault; readonly back: ComponentChildren }) {
  const { booth, m } = usePage();
  return (
    <>
      <Heading>{fault.retry ? m.refused.failed : m.refused.title}</Heading>
      <div class="notice bad">
        <FaultDetails fault={fault} />
      </div>
      <div class="actions">
        <Button kind="main" onPress={() => booth.retryNow()}>
          {m.app.tryAgain}
        </Button>
        {back}
      </div>
    </>
  );
}
