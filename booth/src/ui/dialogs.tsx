// What opens above the page: the plain words, and the question before everything is forgotten.
// The browser's own dialog keeps the focus inside, closes on Escape and gives the focus back.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { Section } from "../i18n/messages.ts";
import { useAction, usePage } from "./page.ts";
import { Button, Failed } from "./parts.tsx";

function Dialog({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    heading.current?.focus();
    dialog.current?.scrollTo(0, 0);
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <div class="stack wide">
        <h1 id={id} ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </div>
    </dialog>
  );
}

/** What is hidden from whom, what is not, what rests on trust, and what stays on the device. */
export function PlainWords({ onClose }: { readonly onClose: () => void }) {
  const { m } = usePage();
  const part = (title: string, parts: readonly Section[]) => (
    <section class="question">
      <h2>{title}</h2>
      {parts.map((section) => (
        <div key={section.title}>
          <h3>{section.title}</h3>
          <p>{section.text}</p>
        </div>
      ))}
    </section>
  );
  return (
    <Dialog title={m.plain.title} onClose={onClose}>
      <p class="lead">{m.plain.intro}</p>
      {part(m.plain.hidden, m.plain.hiddenParts)}
      {part(m.plain.shown, m.plain.shownParts)}
      {part(m.plain.trust, m.plain.trustParts)}
      {part(m.plain.device, m.plain.deviceParts)}
      <div class="actions stay">
        <Button kind="main" onPress={onClose}>
          {m.app.close}
        </Button>
      </div>
    </Dialog>
  );
}

/** Forget everything? The safe answer stands first. */
export function Forget({ onClose }: { readonly onClose: () => void }) {
  const { booth, m } = usePage();
  const forgetting = useAction();
  const forget = (): void =>
    forgetting.run(async () => {
      await booth.forgetDevice();
      onClose();
    });
  return (
    <Dialog title={m.forget.title} onClose={onClose}>
      <p class="lead">{m.forget.text}</p>
      <p>{m.forget.ballots}</p>
      <Failed code={forgetting.failed} />
      <div class="actions">
        <Button kind="main" onPress={onClose}>
          {m.forget.keep}
        </Button>
        <Button off={forgetting.busy} onPress={forget}>
          {m.forget.confirm}
        </Button>
      </div>
    </Dialog>
  );
}
