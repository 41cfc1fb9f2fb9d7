// Opening an invitation or a poll from its text.
import { useState } from "preact/hooks";
import { useAction, usePage } from "./page.ts";
import { Button, Failed, Field, Form } from "./parts.tsx";

/** A field for a link, and what was wrong with it. */
export function OpenLink({ main = false }: { readonly main?: boolean }) {
  const { booth, m } = usePage();
  const [text, setText] = useState("");
  const [empty, setEmpty] = useState(false);
  const opening = useAction();
  const open = (): void => {
    setEmpty(text.trim() === "");
    if (text.trim() !== "") opening.run(() => booth.openLink(text.trim()));
  };
  return (
    <Form onSubmit={open}>
      <Field
        label={m.openLink.label}
        hint={m.openLink.hint}
        error={empty ? m.openLink.empty : null}
        value={text}
        onInput={setText}
        kind="lines"
        code
      />
      <Failed code={opening.failed} />
      <div class="actions">
        <Button submit off={opening.busy} {...(main ? { kind: "main" as const } : {})}>
          {opening.busy ? m.app.working : m.openLink.submit}
        </Button>
      </div>
    </Form>
  );
}
