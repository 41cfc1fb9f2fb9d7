// The receipt. Only here, and only with a verified receipt, is a ballot called cast.
import type { BoothState, OwnBallot, PollSession } from "../../core/state.ts";
import { fill } from "../../i18n/format.ts";
import { boardSize } from "../board-size.ts";
import { useAction, usePage } from "../page.ts";
import { Button, Counterfoil, Failed, Heading, LongNumber, Qr } from "../parts.tsx";
import { saveFile } from "../save.ts";

/** Cast; or, without a receipt, plainly not. */
export function ReceiptScreen({
  state: { session, own },
}: {
  readonly state: Extract<BoothState, { at: "receipt" }>;
}) {
  const { booth, m } = usePage();
  if (own.receipt === null) {
    return (
      <>
        <Counterfoil organisation={session.poll.poll.organisation.name} />
        <Heading>{m.receipt.unconfirmedTitle}</Heading>
        <p class="lead">{m.receipt.unconfirmed}</p>
        <div class="actions">
          <Button kind="main" onPress={() => void booth.startChoosing()}>
            {m.poll.goOn}
          </Button>
          <Button onPress={() => booth.backToPoll()}>{m.receipt.poll}</Button>
        </div>
      </>
    );
  }
  return <Cast session={session} own={own} receipt={own.receipt} />;
}

function Cast({
  session,
  own,
  receipt,
}: {
  readonly session: PollSession;
  readonly own: OwnBallot;
  readonly receipt: NonNullable<OwnBallot["receipt"]>;
}) {
  const { booth, m, format } = usePage();
  const checking = useAction();
  const saving = useAction();
  const place = {
    position: format.number(receipt.index + 1),
    size: format.number(boardSize(receipt.checkpoint) ?? receipt.index + 1),
  };
  return (
    <>
      <Counterfoil organisation={session.poll.poll.organisation.name}>
        <span>{session.poll.poll.title}</span>
      </Counterfoil>
      <Heading>{m.receipt.title}</Heading>
      <p class="stamp" aria-hidden="true">
        {m.receipt.stamp}
      </p>
      <p class="lead">{fill(m.receipt.text, place)}</p>
      <dl class="facts">
        <div>
          <dt>{m.receipt.number}</dt>
          <dd>
            <LongNumber hex={own.statementHash} />
          </dd>
        </div>
        <div>
          <dt>{m.receipt.version}</dt>
          <dd>
            {own.revision === 0
              ? m.receipt.versionFirst
              : format.count(m.receipt.versionChanged, own.revision)}
          </dd>
        </div>
      </dl>
      <Qr
        text={receiptText(session, own, receipt.index)}
        label={m.receipt.qr}
        tooLong={m.membership.qrTooLong}
      />
      <p>{m.receipt.keep}</p>
      <p class="notice">{m.receipt.caution}</p>
      <Failed code={saving.failed ?? checking.failed} />
      <div class="actions">
        <Button
          kind="main"
          onPress={() =>
            saving.run(async () => {
              const { receiptBytes } = await import("../../core/receipt-file.ts");
              saveFile(`receipt-${own.statementHash.slice(0, 8)}.json`, receiptBytes(receipt));
            })
          }
        >
          {m.receipt.save}
        </Button>
        <Button off={checking.busy} onPress={() => checking.run(() => booth.openCheck())}>
          {m.receipt.check}
        </Button>
        <Button onPress={() => booth.backToPoll()}>{m.receipt.poll}</Button>
      </div>
    </>
  );
}

/** What the QR code holds: enough to find the record again, in lines that a person can read too. */
function receiptText({ poll }: PollSession, own: OwnBallot, index: number): string {
  return [
    "commune-zk receipt",
    `poll ${poll.pollId}`,
    `statement ${own.statementHash}`,
    `revision ${own.revision}`,
    `index ${index}`,
  ].join("\n");
}
