// Hours: attestations, what they add up to under a policy, the claim, and its receipt.
import type { Attestation } from "@commune-zk/prover";
import { useId, useState } from "preact/hooks";
import type { HoursState, OwnClaim, PolicySession } from "../../core/state.ts";
import { fill } from "../../i18n/format.ts";
import { OpenLink } from "../open-link.tsx";
import { useAction, usePage } from "../page.ts";
import { Button, Choices, Counterfoil, Failed, Heading } from "../parts.tsx";
import { Faulty, KeptReceipt, OnItsWay, ProofUnderWay } from "../statement.tsx";
import { Loading } from "./waiting.tsx";

/** Whatever the member is at among attestations, policies and claims. */
export function Hours({ hours: state }: { readonly hours: HoursState }) {
  const { booth, m } = usePage();
  switch (state.at) {
    case "loading":
      return <Loading what="hours" />;
    case "credits":
      return <Credits state={state} />;
    case "policy":
      return <Policy session={state.session} failed={state.failed} />;
    case "proving":
      return (
        <>
          <Whose session={state.session} />
          <ProofUnderWay proof={state.proof} words={m.hours} again={() => void booth.claim(state.threshold)}>
            <Threshold state={state} />
          </ProofUnderWay>
        </>
      );
    case "sending":
      return (
        <>
          <Whose session={state.session} />
          <OnItsWay cast={state.cast} words={m.hours} back={<Back />}>
            <Threshold state={state} />
          </OnItsWay>
        </>
      );
    case "receipt":
      return <Recorded session={state.session} claim={state.claim} />;
    case "fault":
      return <Faulty fault={state.fault} back={state.claimScope !== null && <Back />} />;
  }
}

/** Writes an amount: minutes as hours and minutes, everything else as points. */
function useAmount(): (amount: number, category: string | null) => string {
  const { m, format } = usePage();
  return (amount, category) =>
    category === "hours" ? format.hours(amount) : format.count(m.hours.points, amount);
}

/** Writes a credit on one line. */
function useCredit(): (attestation: Attestation) => string {
  const { m, format } = usePage();
  const amount = useAmount();
  return ({ amount: credited, category, period }) =>
    fill(category === "hours" ? m.hours.creditOfHours : m.hours.credit, {
      amount: amount(credited, category),
      category,
      period: format.period(period),
    });
}

/** What a category is called: that of hours in the page's language, others as they are written. */
function useCategory(): (category: string) => string {
  const { m } = usePage();
  return (category) => (category === "hours" ? m.hours.hours : category);
}

function AddFiles({ failed }: { readonly failed: readonly string[] }) {
  const { booth, m } = usePage();
  const adding = useAction();
  const hint = useId();
  const take = (files: FileList | null): void => {
    if (files === null || files.length === 0) return;
    adding.run(async () => {
      const read = [...files].map(async (file) => new Uint8Array(await file.arrayBuffer()));
      await booth.addAttestations(await Promise.all(read));
    });
  };
  return (
    <div class="stack">
      <p class="soft" id={hint}>
        {m.hours.filesHint}
      </p>
      <label class="file">
        <input
          type="file"
          multiple
          accept=".json,application/json"
          aria-describedby={hint}
          disabled={adding.busy}
          onChange={(event) => take(event.currentTarget.files)}
        />
        {m.hours.files}
      </label>
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
  const { booth, m } = usePage();
  const amount = useAmount();
  const written = useCredit();
  const named = useCategory();
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
              <li key={credit.salt}>{written(credit)}</li>
            ))}
          </ul>
          {categories.map((category) => (
            <p key={category}>
              {fill(m.hours.total, { category: named(category), amount: amount(total(category), category) })}
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

function Head({ session: { policy, phase } }: { readonly session: PolicySession }) {
  const { m, format } = usePage();
  const { organisation, title, opensAt, closesAt } = policy.policy;
  return (
    <>
      <Counterfoil what={m.hours.request} organisation={organisation.name}>
        {phase === "before" && <span>{fill(m.hours.opens, { time: format.time(opensAt) })}</span>}
        <span>
          {fill(phase === "closed" ? m.hours.closed : m.hours.closes, { time: format.time(closesAt) })}
        </span>
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
  const { m, format } = usePage();
  const amount = useAmount();
  const written = useCredit();
  const named = useCategory();
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
      {phase !== "open" && <p class="notice warn">{phase === "before" ? m.hours.before : m.hours.over}</p>}
      <p>
        {fill(m.hours.periods, span)}{" "}
        {category === null ? m.hours.anyCategory : fill(m.hours.category, { category: named(category) })}{" "}
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
                {written(credit.attestation)}: <strong>{word(credit)}</strong>
                {credit.position !== null &&
                  ` (${fill(m.hours.position, { position: `${credit.position}` })})`}
              </li>
            ))}
          </ul>
        )}
        <p class="strong">{fill(m.hours.adds, { amount: amount(sum, category) })}</p>
      </section>
      {onRoll && phase === "open" && <Claim session={session} />}
      <AddFiles failed={failed} />
      <div class="actions">
        <Back />
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

function Back() {
  const { booth, m } = usePage();
  return <Button onPress={() => void booth.openHours()}>{m.hours.back}</Button>;
}

function Whose({ session: { policy } }: { readonly session: PolicySession }) {
  const { m } = usePage();
  return <Counterfoil what={m.hours.request} organisation={policy.policy.organisation.name} />;
}

/** What is proven or sent. */
function Threshold({
  state: { session, threshold },
}: {
  readonly state: { readonly session: PolicySession; readonly threshold: number };
}) {
  const { m } = usePage();
  const amount = useAmount();
  return <p>{fill(m.hours.atLeast, { amount: amount(threshold, session.policy.policy.category) })}</p>;
}

function Recorded({ session, claim }: { readonly session: PolicySession; readonly claim: OwnClaim }) {
  const { m, format } = usePage();
  const amount = useAmount();
  const { policy, claimScope } = session.policy;
  const { threshold, statementHash, receipt } = claim;
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
      <KeptReceipt
        kind="claim"
        scope={`policy ${claimScope}`}
        statementHash={statementHash}
        index={receipt.index}
        words={m.hours}
        bytes={async () => {
          const { claimReceiptBytes } = await import("../../core/receipt-file.ts");
          return claimReceiptBytes(receipt);
        }}
        back={<Back />}
      />
    </>
  );
}
