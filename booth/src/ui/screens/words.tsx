// The recovery words, shown once.
import { useState } from "preact/hooks";
import type { BoothState } from "../../core/state.ts";
import { usePage } from "../page.ts";
import { Button, Heading } from "../parts.tsx";

/** Covered until the member says that nobody is watching; they go on only after having seen them. */
export function Words({ state: { words } }: { readonly state: Extract<BoothState, { at: "words" }> }) {
  const { booth, m } = usePage();
  const [shown, setShown] = useState(false);
  const [seen, setSeen] = useState(false);
  const show = (): void => {
    setShown(true);
    setSeen(true);
  };
  return (
    <>
      <Heading>{m.words.title}</Heading>
      <p class="lead">{m.words.text}</p>
      <p class="notice warn">{m.words.caution}</p>
      <p class="printed">{m.words.sheet}</p>
      {shown ? (
        <div class="to-print">
          <ol class="word-list" aria-label={m.words.list} translate={false}>
            {/* A word may occur twice: its place is what tells them apart. */}
            {[...words.entries()].map(([place, word]) => (
              <li key={place}>{word}</li>
            ))}
          </ol>
        </div>
      ) : (
        <p class="cover">{m.words.hidden}</p>
      )}
      <div class="actions">
        {seen && (
          <Button kind="main" onPress={() => booth.wordsWritten()}>
            {m.words.written}
          </Button>
        )}
        {shown ? (
          <>
            <Button onPress={() => window.print()}>{m.words.print}</Button>
            <Button onPress={() => setShown(false)}>{m.words.hide}</Button>
          </>
        ) : (
          <Button {...(seen ? {} : { kind: "main" as const })} onPress={show}>
            {m.words.show}
          </Button>
        )}
      </div>
    </>
  );
}
