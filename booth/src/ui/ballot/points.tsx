// A number for each option, with − and +, what each costs, and what is used of the whole.
import type { VoteForm } from "../../core/state.ts";
import { fill } from "../../i18n/format.ts";
import { usePage } from "../page.ts";
import { Button } from "../parts.tsx";
import { type BallotProps, Sheet } from "./sheet.tsx";

type PointsForm = Extract<VoteForm, { kind: "points" }>;

/** Scores, budgets and quadratic ballots. */
export function Points({ session, votes, onChange, form }: BallotProps & { readonly form: PointsForm }) {
  const { m, format, say } = usePage();
  const { title, options } = session.poll.poll;
  const cost = (value: number): number => (form.quadratic ? value * value : value);
  const used = (all: readonly number[]): number => all.reduce((sum, value) => sum + cost(value), 0);
  // A limit that nobody can reach is none: each option is scored by itself then.
  const limited = form.min > 0 || form.max < used(form.maxima);
  /** Sets option i to the nearest allowed number, and returns that. */
  const set = (i: number, value: number): number => {
    const within = Math.min(Math.max(0, Math.trunc(value) || 0), form.maxima[i]!);
    const changed = votes.map((old, j) => (j === i ? within : old));
    const given = `${options[i]!}: ${format.count(m.review.points, within)}.`;
    say(limited ? `${given} ${usedOf(used(changed))}.` : given);
    onChange(changed);
    return within;
  };
  const total = used(votes);
  const usedOf = (all: number): string =>
    fill(m.choose.used, { used: format.number(all), max: format.number(form.max) });
  return (
    <Sheet
      title={title}
      rule={
        <>
          <p>{pointsRule()}</p>
          {form.quadratic && limited && <p>{m.choose.quadratic}</p>}
          {form.distinct && <p>{m.choose.distinct}</p>}
        </>
      }
    >
      <ul class="lines">
        {options.map((option, i) => (
          <li key={option} class="points">
            <span class="name">{option}</span>
            <div class="stepper">
              <Button
                label={fill(m.choose.less, { option })}
                off={votes[i] === 0}
                onPress={() => set(i, votes[i]! - 1)}
              >
                −
              </Button>
              <input
                type="number"
                inputMode="numeric"
                min={0}
                max={form.maxima[i]}
                step={1}
                value={votes[i]}
                aria-label={fill(m.choose.pointsFor, { option })}
                onChange={({ currentTarget: field }) => {
                  // What was typed may be more than is allowed; the field shows what counts.
                  field.value = String(set(i, field.valueAsNumber));
                }}
              />
              <Button
                label={fill(m.choose.more, { option })}
                off={votes[i]! >= form.maxima[i]!}
                onPress={() => set(i, votes[i]! + 1)}
              >
                +
              </Button>
              <span class="soft">
                {format.count(m.choose.upTo, form.maxima[i]!)}
                {form.quadratic && votes[i]! > 0 && ` · ${format.count(m.choose.costs, cost(votes[i]!))}`}
              </span>
            </div>
          </li>
        ))}
      </ul>
      {limited && <p class={total > form.max ? "total over" : "total"}>{usedOf(total)}</p>}
    </Sheet>
  );

  function pointsRule(): string {
    const { min, max } = form;
    if (!limited) return m.choose.score;
    if (form.quadratic) {
      if (min === max) return fill(m.choose.costExactly, { max });
      return min === 0 ? fill(m.choose.costUpTo, { max }) : fill(m.choose.costRange, { min, max });
    }
    if (min === max) return format.count(m.choose.pointsExactly, max);
    if (min === 0) return format.count(m.choose.pointsUpTo, max);
    return fill(m.choose.points, { min, max });
  }
}
