// The page will not go on with what it was given.
import type { BoothState } from "../../core/state.ts";
import { usePage } from "../page.ts";
import { Button, FaultDetails, Heading } from "../parts.tsx";

/** What happened, what to do, and the evidence. */
export function Refused({ state: { fault } }: { readonly state: Extract<BoothState, { at: "refused" }> }) {
  const { booth, m } = usePage();
  return (
    <>
      <Heading>{fault.retry ? m.refused.failed : m.refused.title}</Heading>
      <div class="notice bad">
        <FaultDetails fault={fault} />
      </div>
      <div class="actions">
        {fault.retry && (
          <Button kind="main" onPress={() => booth.retryNow()}>
            {m.app.tryAgain}
          </Button>
        )}
        <Button onPress={() => booth.backToPoll()}>{m.app.back}</Button>
        <Button onPress={() => window.location.reload()}>{m.app.startAgain}</Button>
      </div>
    </>
  );
}
