// The way to hours and credits.
import { useAction, usePage } from "./page.ts";
import { Button, Failed } from "./parts.tsx";

/** A button that opens the attestations on this device. */
export function OpenHours() {
  const { booth, m } = usePage();
  const opening = useAction();
  return (
    <div class="actions">
      <Button off={opening.busy} onPress={() => opening.run(() => booth.openHours())}>
        {m.hours.open}
      </Button>
      <Failed code={opening.failed} />
    </div>
  );
}
