// Hours: attestations, what they add up to under a policy, the claim, and its receipt.
import { useEffect, useId, useState } from "preact/hooks";
import type { HoursState, OwnClaim, PolicySession } from "../../core/state.ts";
import { faultKey } from "../../i18n/faults.ts";
import { fill } from "../../i18n/format.ts";
import { OpenLink } from "../open-link.tsx";
import { useAction, usePage } from "../page.ts";
import {
  Button,
  Choices,
  Counterfoil,
  Failed,
  FaultDetails,
  Heading,
  LongNumber,
  Progress,
  Qr,
} from "../parts.tsx";
import { saveFile } from "../save.ts";
import { Loading } from "./waiting.tsx";

/** Whatever the member is at among attestations, policies and claims. */
export function Hours({ hours }: { readonly hours: HoursState }) {
  switch (hours.at) {
    case "loading":
      return <Loading />;
    case "credits":
      return <Credits state={hours} />;
    case "policy":
      return <Policy session={hours.session} failed={hours.failed} />;
    case "proving":
      return <Proving state={hours} />;
    case "sending":
      return <Sending state={hours} />;
    case "receipt":
      return <Recorded session={hours.session} claim={hours.claim} />;
    case "fault":
      return <Fault state={hours} />;
  }
}

/** Writes an amount: minutes as hours and minutes, everything else as points. */
function useAmount(): (amount: number, category: string | null) => string {
  const { m, format } = usePage();
  return (amount, category) =>
    category === "hours" ? format.hours(amount) : format.count(m.hours.points, amount);
}

function AddFiles({ failed }: { readonly failed: readonly string[] }) {
  const { booth, m } = usePage();
  const adding = useAction();
  const id = useId();
  const take = (files: FileList | null): void => {
    if (files === null || files.length === 0) return;
    adding.run(async () => {
      const read = [...files].map(async (file) => new Uint8Array(await file.arrayBuffer()));
      await booth.addAttestations(await Promise.all(read));
    });
  };
  return (
    <div class="stack">
      <label for={id} class="strong">
        {m.hours.files}
      </label>
      <p class="soft" id={`${id}-hint`}>
        {m.hours.filesHint}
      </p>
      <input
        id={id}
        type="file"
        multiple
        accept=".json,application/json"
        aria-describedby={`${id}-hint`}
        disabled={adding.busy}
        onChange={(event) => take(event.currentTarget.files)}
      />
      {adding.busy && <p>{m.app.working}</p>}
      {failed.length > 0 && <p class="notice warn">{m.hours.notAdded}</p>}
      {[...new Set(failed)].map((code) => (
        <Failed key={code} code={code} />
      ))}
      <Failed code={adding.failed} />
    </div>
  );
}

function Credits({ state: { credits, failed } }: { readonly state: Extract<HoursState, { at: "credits" }> }) {
  const { booth, m, format } = usePage();
  const amount = useAmount();
  const categories = [...new Set(credits.map(({ category }) => category))].sort();
  const total = (of: string): number =>
    credits.reduce((sum, { category, amount: each }) => (category === of ? sum + each : sum), 0);
  return (
    <>
      <Heading>{m.hours.title}</Heading>
      <p class="lead">{m.hours.text}</p>
      {credits.length === 0 ? (
        <p>{m.hours.none}</p>
      ) : (
        <section class="stack">
          <h2>{m.hours.mine}</h2>
          <ul class="bullets">
            {credits.map((credit) => (
              <li key={credit.salt}>
                {fill(m.hours.credit, {
                  amount: amount(credit.amount, credit.category),
                  category: credit.category,
                  period: format.period(credit.period),
                })}
              </li>
            ))}
          </ul>
          {categories.map((category) => (
            <p key={category}>
              {fill(m.hours.total, { category, amount: amount(total(category), category) })}
            </p>
          ))}
        </section>
      )}
      <AddFiles failed={failed} />
      <section class="question stack">
        <p>{m.hours.link}</p>
        <OpenLink />
      </section>
      <div class="actions">
        <Button onPress={() => booth.backToPoll()}>{m.app.back}</Button>
      </div>
    </>
  );
}

function Head({ session: { policy } }: { readonly session: PolicySession }) {
  const { m, format } = usePage();
  const { organisation, title, opensAt, closesAt } = policy.policy;
  return (
    <>
      <Counterfoil what={m.hours.request} organisation={organisation.name}>
        <span>{fill(m.hours.opens, { time: format.time(opensAt) })}</span>
        <span>{fill(m.hours.closes, { time: format.time(closesAt) })}</span>
      </Counterfoil>
      <Heading tab={m.hours.title}>{title}</Heading>
    </>
  );
}

function Policy({
  session,
  failed,
}: {
  readonly session: PolicySession;
  readonly failed: readonly string[];
}) {
  const { booth, m, format } = usePage();
  const amount = useAmount();
  const { policy, credits, onRoll, phase } = session;
  const { category, periods } = policy.policy;
  const counting = credits.filter(({ code, counted }) => counted && code === null);
  const sum = counting.reduce((all, { attestation }) => all + attestation.amount, 0);
  const word = ({ code, counted }: (typeof credits)[number]): string => {
    if (code === "attestation-revoked") return m.hours.revoked;
    if (code !== null && code !== "attestation-other-ledger") return m.hours.missing;
    return counted ? m.hours.counts : m.hours.notCounted;
  };
  const span = { first: format.period(periods.first), last: format.period(periods.last) };
  return (
    <>
      <Head session={session} />
      {session.offline && <p class="notice warn">{m.app.offline}</p>}
      {!session.knownRegistrar && <p class="notice warn">{m.hours.unknownRegistrar}</p>}
      {!onRoll && <p class="notice bad">{m.hours.notOnRoll}</p>}
      {phase !== "open" && <p class="notice warn">{m.faults.policyClosed.what}</p>}
      <p>
        {fill(m.hours.periods, span)}{" "}
        {category === null ? m.hours.anyCategory : fill(m.hours.category, { category })}{" "}
        {format.count(m.hours.atMost, policy.policy.credits)}
      </p>
      <section class="stack">
        <h2>{m.hours.mine}</h2>
        {credits.length === 0 ? (
          <p>{m.hours.none}</p>
        ) : (
          <ul class="bullets">
            {credits.map((credit) => (
              <li key={credit.attestation.salt}>
                {fill(m.hours.credit, {
                  amount: amount(credit.attestation.amount, credit.attestation.category),
                  category: credit.attestation.category,
                  period: format.period(credit.attestation.period),
                })}
                : <strong>{word(credit)}</strong>
              </li>
            ))}
          </ul>
        )}
        <p class="strong">{fill(m.hours.adds, { amount: amount(sum, category) })}</p>
      </section>
      {onRoll && phase === "open" && <Claim session={session} />}
      <AddFiles failed={failed} />
      <div class="actions">
        <Button onPress={() => void booth.openHours()}>{m.hours.back}</Button>
      </div>
    </>
  );
}

function Claim({ session }: { readonly session: PolicySession }) {
  const { booth, m, format } = usePage();
  const amount = useAmount();
  const { policy, reachable } = session;
  const { thresholds, category, roll } = policy.policy;
  const [chosen, choose] = useState(String(reachable.at(-1) ?? thresholds[0]));
  const isReached = reachable.includes(Number(chosen));
  const hint = useId();
  if (reachable.length === 0) {
    return <p class="notice warn">{m.hours.noneReached}</p>;
  }
  return (
    <>
      <Choices
        legend={m.hours.thresholds}
        value={chosen}
        onChange={choose}
        choices={thresholds.map((threshold) => ({
          value: String(threshold),
          label: fill(m.hours.atLeast, { amount: amount(threshold, category) }),
          hint: reachable.includes(threshold) ? m.hours.reached : m.hours.notReached,
        }))}
      />
      <section class="stack">
        <h2>{m.hours.shownTitle}</h2>
        <ul class="bullets">
          <li>{m.hours.shown}</li>
          <li>{m.hours.hidden}</li>
          <li>{format.count(m.hours.anonymity, roll.size)}</li>
          <li>{m.hours.when}</li>
        </ul>
      </section>
      <p>{m.hours.once}</p>
      <p id={hint} role="status">
        {isReached ? "" : m.hours.notReached}
      </p>
      <div class="actions">
        <Button
          kind="main"
          off={!isReached}
          describedBy={hint}
          onPress={() => void booth.claim(Number(chosen))}
        >
          {m.hours.claim}
        </Button>
      </div>
    </>
  );
}

function Proving({
  state: { session, threshold, proof },
}: {
  readonly state: Extract<HoursState, { at: "proving" }>;
}) {
  const { booth, m, say } = usePage();
  const phase = proof.at === "running" ? m.hours[proof.phase] : null;
  useEffect(() => {
    if (phase !== null) say(phase);
  }, [phase, say]);
  const amount = useAmount();
  return (
    <>
      <Counterfoil what={m.hours.request} organisation={session.policy.policy.organisation.name} />
      <Heading>{m.hours.proving}</Heading>
      <p class="lead">
        {fill(m.hours.atLeast, { amount: amount(threshold, session.policy.policy.category) })}
      </p>
      {proof.at === "running" && (
        <div class="proof">
          <Progress label={m.hours[proof.phase]} fraction={proof.fraction} />
          <p class="soft">{m.proof.minutes}</p>
        </div>
      )}
      {proof.at === "failed" && (
        <div class="notice bad" role="alert">
          <FaultDetails fault={proof.fault} />
        </div>
      )}
      <div class="actions">
        {proof.at === "failed" && (
          <Button kind="main" onPress={() => void booth.claim(threshold)}>
            {m.app.tryAgain}
          </Button>
        )}
        <Button onPress={() => booth.cancelClaim()}>{m.app.cancel}</Button>
      </div>
    </>
  );
}

function Sending({
  state: { session, threshold, cast },
}: {
  readonly state: Extract<HoursState, { at: "sending" }>;
}) {
  const { booth, m, format, say } = usePage();
  const amount = useAmount();
  const refusal = cast.at === "refused" ? cast.code : null;
  const words = refusal === null ? null : m.faults[faultKey(refusal)];
  const waiting =
    cast.at === "waiting" && (cast.because === "offline" ? m.casting.offline : m.casting.noAnswer);
  const news = refusal === null ? waiting || m.casting.sending : m.hours.refused;
  useEffect(() => say(`${news} ${m.hours.notRecorded}`), [news, m, say]);
  return (
    <>
      <Counterfoil what={m.hours.request} organisation={session.policy.policy.organisation.name} />
      <Heading>{refusal === null ? m.hours.sending : m.hours.refused}</Heading>
      <p class="lead strong">{m.hours.notRecorded}</p>
      <p>{fill(m.hours.atLeast, { amount: amount(threshold, session.policy.policy.category) })}</p>
      {words === null ? (
        <>
          <div class="stack">
            <p>{news}</p>
            {cast.at === "waiting" && cast.retryInMs !== null && (
              <p>{fill(m.casting.retryIn, { time: format.duration(cast.retryInMs) })}</p>
            )}
            {cast.at === "sending" && <progress aria-label={news} />}
          </div>
          <p class="soft">{m.hours.stored}</p>
        </>
      ) : (
        <div class="notice bad">
          <p class="strong">{refusal === "nullifier-used" ? m.hours.already : words.what}</p>
          {refusal !== "nullifier-used" && <p>{words.todo}</p>}
          <p class="number">
            {m.refused.code}: {refusal}
          </p>
        </div>
      )}
      <div class="actions">
        {cast.at !== "sending" && (
          <Button kind="main" onPress={() => booth.retryNow()}>
            {cast.at === "refused" ? m.hours.again : m.casting.retry}
          </Button>
        )}
        <Button onPress={() => void booth.openHours()}>{m.hours.back}</Button>
      </div>
    </>
  );
}

function Recorded({ session, claim }: { readonly session: PolicySession; readonly claim: OwnClaim }) {
  const { booth, m, format } = usePage();
  const amount = useAmount();
  const saving = useAction();
  const { policy, claimScope } = session.policy;
  const { threshold, statementHash, receipt } = claim;
  const text = [
    "commune-zk claim receipt",
    `policy ${claimScope}`,
    `statement ${statementHash}`,
    `index ${receipt.index}`,
  ].join("\n");
  return (
    <>
      <Counterfoil what={m.hours.request} organisation={policy.organisation.name}>
        <span>{policy.title}</span>
      </Counterfoil>
      <Heading>{m.hours.recorded}</Heading>
      <p class="lead">
        {fill(m.hours.recordedText, {
          amount: amount(threshold, policy.category),
          position: format.number(receipt.index + 1),
        })}
      </p>
      <dl class="facts">
        <div>
          <dt>{m.hours.number}</dt>
          <dd>
            <LongNumber hex={statementHash} />
          </dd>
        </div>
      </dl>
      <Qr text={text} label={m.hours.qr} tooLong={m.membership.qrTooLong} />
      <p>{m.hours.keep}</p>
      <p class="notice">{m.hours.caution}</p>
      <Failed code={saving.failed} />
      <div class="actions">
        <Button
          kind="main"
          onPress={() =>
            saving.run(async () => {
              const { claimReceiptBytes } = await import("../../core/receipt-file.ts");
              saveFile(`claim-${statementHash.slice(0, 8)}.json`, claimReceiptBytes(receipt));
            })
          }
        >
          {m.receipt.save}
        </Button>
        <Button onPress={() => void booth.openHours()}>{m.hours.back}</Button>
      </div>
    </>
  );
}

function Fault({ state: { fault, claimScope } }: { readonly state: Extract<HoursState, { at: "fault" }> }) {
  const { booth, m } = usePage();
  return (
    <>
      <Heading>{m.refused.title}</Heading>
      <FaultDetails fault={fault} />
      <div class="actions">
        <Button kind="main" onPress={() => booth.retryNow()}>
          {m.app.tryAgain}
        </Button>
        {claimScope !== null && <Button onPress={() => void booth.openHours()}>{m.hours.back}</Button>}
      </div>
    </>
  );
}
