// A ranked ballot: options are put in order one after another, and moved up and down by buttons.
// Nothing is in order before the member says so: a list that starts in the printed order would be a nudge.
import { useEffect, useRef } from "preact/hooks";
import { fill } from "../../i18n/format.ts";
import { usePage } from "../page.ts";
import { Button } from "../parts.tsx";
import { orderOf, votesOf } from "./order.ts";
import { type BallotProps, Sheet } from "./sheet.tsx";

/** n − 1 points for the first, 0 for the last. */
export function Ranked({ session, votes, onChange }: BallotProps) {
  const { m, say } = usePage();
  const { title, options } = session.poll.poll;
  const order = orderOf(votes);
  const rest = options.map((_, i) => i).filter((i) => !order.includes(i));
  // The button that was pressed moves with its line and would lose the focus.
  const refocus = useRef<string | null>(null);
  useEffect(() => {
    if (refocus.current !== null) document.getElementById(refocus.current)?.focus();
    refocus.current = null;
  });
  const put = (changed: readonly number[], option: number, focus: string): void => {
    refocus.current = focus;
    const ranked = orderOf(votesOf(changed, options.length));
    const place = ranked.indexOf(option) + 1;
    const name = options[option]!;
    say(
      place === 0
        ? fill(m.choose.rankRemoved, { option: name })
        : fill(m.choose.rankPlaced, { option: name, place, count: options.length }),
    );
    onChange(votesOf(changed, options.length));
  };
  const move = (at: number, by: 1 | -1): void => {
    const changed = [...order];
    const [option] = changed.splice(at, 1);
    changed.splice(at + by, 0, option!);
    put(changed, option!, `${by < 0 ? "up" : "down"}-${option}`);
  };
  const remove = (option: number): void =>
    put(
      // From a whole order the last one falls out as well, because it was only left over.
      (rest.length === 0 ? order.slice(0, -1) : order).filter((other) => other !== option),
      option,
      `add-${option}`,
    );
  return (
    <Sheet title={title} rule={<p>{m.choose.ranked}</p>}>
      <div class="stack">
        <h2>{m.choose.ranking}</h2>
        {order.length === 0 && <p class="soft">{m.choose.rankNone}</p>}
        <ol class="lines">
          {order.map((option, at) => {
            const name = { option: options[option]! };
            return (
              <li key={options[option]} class="rank">
                <span class="place" role="img" aria-label={fill(m.choose.place, { place: at + 1 })}>
                  {at + 1}
                </span>
                <span class="name">{name.option}</span>
                <span class="movers">
                  <Button
                    id={`up-${option}`}
                    label={fill(m.choose.rankUp, name)}
                    off={at === 0}
                    onPress={() => move(at, -1)}
                  >
                    ↑
                  </Button>
                  <Button
                    id={`down-${option}`}
                    label={fill(m.choose.rankDown, name)}
                    off={at === order.length - 1}
                    onPress={() => move(at, 1)}
                  >
                    ↓
                  </Button>
                  <Button label={fill(m.choose.rankOut, name)} onPress={() => remove(option)}>
                    ×
                  </Button>
                </span>
              </li>
            );
          })}
        </ol>
      </div>
      {rest.length > 0 && (
        <div class="stack">
          <h2>{m.choose.unranked}</h2>
          <ul class="lines">
            {rest.map((option) => (
              <li key={options[option]}>
                <Button
                  kind="next-place"
                  id={`add-${option}`}
                  onPress={() => put([...order, option], option, `up-${option}`)}
                >
                  <span class="place empty" aria-hidden="true">
                    {order.length + 1}
                  </span>
                  <span class="name">
                    <span class="unseen">{fill(m.choose.rankNext, { place: order.length + 1 })} </span>
                    {options[option]}
                  </span>
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Sheet>
  );
}
