// What every kind of ballot has: what it is given, and the sheet it is printed on.
import type { ComponentChildren } from "preact";
import type { PollSession } from "../../core/state.ts";

/** What every kind of ballot is given. */
export interface BallotProps {
  readonly session: PollSession;
  readonly votes: readonly number[];
  readonly onChange: (votes: readonly number[]) => void;
}

/** The question, what to do, and the lines. */
export function Sheet({
  title,
  rule,
  children,
}: {
  readonly title: string;
  readonly rule: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <fieldset class="ballot">
      <legend>{title}</legend>
      <div class="rule">{rule}</div>
      {children}
    </fieldset>
  );
}
