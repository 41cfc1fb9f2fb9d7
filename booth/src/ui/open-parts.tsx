// The ways to what no link is needed for: hours and credits, and signing in.
import { useAction, usePage } from "./page.ts";
import { Button, Failed } from "./parts.tsx";

/** Buttons that open the attestations on this device, and the page where members sign in. */
export function OpenParts() {
  const { booth, m } = usePage();
  const opening = useAction();
  return (
    <div class="actions">
      <Button off={opening.busy} onPress={() => opening.run(() => booth.openHours())}>
        {m.hours.open}
      </Button>
      <Button off={opening.busy} onPress={() => opening.run(() => booth.openSignIn())}>
        {m.signIn.open}
      </Button>
      <Failed code={opening.failed} />
    </div>
  );
}
