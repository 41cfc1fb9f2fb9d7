// A sealed ballot on its way. It is called cast nowhere on this screen.
import { useEffect } from "preact/hooks";
import type { BoothState, CastState } from "../../core/state.ts";
import { faultKey } from "../../i18n/faults.ts";
import { fill } from "../../i18n/format.ts";
import { usePage } from "../page.ts";
import { Button, Counterfoil, Heading } from "../parts.tsx";

/** Waiting, sending, or refused. */
export function Casting({
  state: { session, cast },
}: {
  readonly state: Extract<BoothState, { at: "casting" }>;
}) {
  const { booth, m, say } = usePage();
  const news = newsOf(cast);
  useEffect(() => say(`${news} ${m.casting.notCast}`), [news, m, say]);
  return (
    <>
      <Counterfoil organisation={session.poll.poll.organisation.name} />
      <Heading>{cast.at === "refused" ? m.casting.refused : m.casting.title}</Heading>
      <p class="lead strong">{m.casting.notCast}</p>
      {cast.at === "refused" ? (
        <div class="notice bad">
          <p class="strong">{news}</p>
          <p>{m.faults[faultKey(cast.code)].todo}</p>
          <p class="number">
            {m.refused.code}: {cast.code}
          </p>
        </div>
      ) : (
        <>
          <Waiting cast={cast} news={news} />
          <p class="soft">{m.casting.stored}</p>
        </>
      )}
      <div class="actions">
        {cast.at === "delayed" && (
          <Button kind="main" onPress={() => booth.skipDelay()}>
            {m.casting.skip}
          </Button>
        )}
        {cast.at === "waiting" && (
          <Button kind="main" onPress={() => booth.retryNow()}>
            {m.casting.retry}
          </Button>
        )}
        <Button
          {...(cast.at === "refused" ? { kind: "main" as const } : {})}
          onPress={() => booth.backToPoll()}
        >
          {m.casting.leave}
        </Button>
      </div>
    </>
  );

  /** What changed, without the numbers that change every second. */
  function newsOf(now: CastState): string {
    if (now.at === "refused") return m.faults[faultKey(now.code)].what;
    if (now.at === "delayed") return m.review.delay;
    if (now.at === "sending") return m.casting.sending;
    return now.because === "offline" ? m.casting.offline : m.casting.noAnswer;
  }
}

function Waiting({
  cast,
  news,
}: {
  readonly cast: Exclude<CastState, { at: "refused" }>;
  readonly news: string;
}) {
  const { m, format } = usePage();
  if (cast.at === "delayed") {
    return <p class="notice">{fill(m.casting.delayed, { time: format.duration(cast.remainingMs) })}</p>;
  }
  if (cast.at === "sending") {
    return (
      <div class="stack">
        <p>
          {news} {cast.attempt > 1 && fill(m.casting.attempt, { attempt: cast.attempt })}
        </p>
        <progress aria-label={news} />
      </div>
    );
  }
  return (
    <div class="notice warn">
      <p>{news}</p>
      {cast.retryInMs !== null && <p>{fill(m.casting.retryIn, { time: format.duration(cast.retryInMs) })}</p>}
    </div>
  );
}
