import { fill } from "../../i18n/format.ts";
import { usePage } from "../page.ts";
import { Points } from "./points.tsx";
import { Ranked } from "./ranked.tsx";
import { type BallotProps, Sheet } from "./sheet.tsx";

/** The ballot of a poll, as its rules ask for it. */
export function Ballot(props: BallotProps) {
  const { form } = props.session;
  if (form.kind === "single") return <Single {...props} optional={form.optional} />;
  if (form.kind === "approval") return <Approval {...props} min={form.min} max={form.max} />;
  if (form.kind === "ranked") return <Ranked {...props} />;
  return <Points {...props} form={form} />;
}

function Single({ session, votes, onChange, optional }: BallotProps & { readonly optional: boolean }) {
  const { m } = usePage();
  const { title, options } = session.poll.poll;
  const only = (chosen: number) => options.map((_, i) => (i === chosen ? 1 : 0));
  return (
    <Sheet title={title} rule={<p>{optional ? m.choose.singleOptional : m.choose.single}</p>}>
      <ul class="lines">
        {options.map((option, i) => (
          <li key={option}>
            <label class="line">
              <span class="name">{option}</span>
              <input type="radio" name="vote" checked={votes[i] === 1} onChange={() => onChange(only(i))} />
            </label>
          </li>
        ))}
        {optional && (
          <li>
            <label class="line blank">
              <span class="name">{m.choose.blank}</span>
              <input
                type="radio"
                name="vote"
                checked={votes.every((value) => value === 0)}
                onChange={() => onChange(only(-1))}
              />
            </label>
          </li>
        )}
      </ul>
    </Sheet>
  );
}

function Approval({
  session,
  votes,
  onChange,
  min,
  max,
}: BallotProps & { readonly min: number; readonly max: number }) {
  const { m, format, say } = usePage();
  const { title, options } = session.poll.poll;
  const marked = votes.filter((value) => value > 0).length;
  const toggle = (i: number): void => {
    const changed = votes.map((value, j) => (j === i ? 1 - Math.min(1, value) : value));
    say(format.count(m.choose.marked, changed.filter((value) => value > 0).length));
    onChange(changed);
  };
  return (
    <Sheet title={title} rule={<p>{approvalRule()}</p>}>
      <ul class="lines">
        {options.map((option, i) => (
          <li key={option}>
            <label class="line">
              <span class="name">{option}</span>
              <input type="checkbox" checked={votes[i]! > 0} onChange={() => toggle(i)} />
            </label>
          </li>
        ))}
      </ul>
      <p class={marked > max ? "total over" : "total"}>{format.count(m.choose.marked, marked)}</p>
    </Sheet>
  );

  function approvalRule(): string {
    if (min === max) return format.count(m.choose.approvalExactly, max);
    if (min === 0) return format.count(m.choose.approvalUpTo, max);
    return fill(m.choose.approvalRange, { min, max });
  }
}
