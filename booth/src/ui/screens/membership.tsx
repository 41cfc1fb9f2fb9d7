// An identity without a poll: hand in the request, or open what was sent.
import type { BoothState } from "../../core/state.ts";
import { fill } from "../../i18n/format.ts";
import { OpenLink } from "../open-link.tsx";
import { OpenParts } from "../open-parts.tsx";
import { usePage } from "../page.ts";
import { Button, Copyable, Heading, Qr } from "../parts.tsx";
import { saveFile } from "../save.ts";

/** The request for the registrar, where an invitation was opened. */
export function MembershipScreen({
  state: { membership },
}: {
  readonly state: Extract<BoothState, { at: "membership" }>;
}) {
  const { m } = usePage();
  if (membership === null) {
    return (
      <>
        <Heading>{m.membership.noneTitle}</Heading>
        <p class="lead">{m.membership.noneText}</p>
        <OpenLink main />
        <OpenParts />
      </>
    );
  }
  const { organisation, request } = membership;
  return (
    <>
      <Heading>{m.membership.title}</Heading>
      <p class="lead">{fill(m.membership.text, { organisation })}</p>
      <Copyable label={m.membership.link} text={request.link} />
      <Qr text={request.link} label={m.membership.qr} tooLong={m.membership.qrTooLong} />
      <div class="actions">
        <Button onPress={() => saveFile(request.fileName, request.file)}>{m.membership.save}</Button>
      </div>
      <p class="soft">{m.membership.inside}</p>
      <section class="question stack">
        <h2>{m.membership.next}</h2>
        <p>{m.membership.nextText}</p>
        <OpenLink />
      </section>
      <OpenParts />
    </>
  );
}
