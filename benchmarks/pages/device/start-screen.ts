// Before: what the page does, what is written down, and what is to be measured.
import { type DeviceConfig, type DeviceWorkload, MOST_REPEATS } from "../../src/device/config.ts";
import { h } from "./dom.ts";
import { fill } from "./words/speak.ts";
import type { Words } from "./words/words.ts";

/** What is to be measured. It outlives a change of language. */
export interface Choice {
  readonly chosen: Set<string>;
  repeats: string;
}

/** The first screen. */
export function startScreen({
  words,
  config,
  choice,
  isSecure,
  onStart,
  earlier,
}: {
  readonly words: Words;
  readonly config: DeviceConfig;
  readonly choice: Choice;
  readonly isSecure: boolean;
  readonly onStart: (workloads: readonly DeviceWorkload[], repeats: number) => void;
  /** What can be done with an earlier run, where there is one. */
  readonly earlier: { readonly show: () => void; readonly forget: () => void } | null;
}): Node[] {
  const { start } = words;
  const most = { most: MOST_REPEATS };
  const fault = h("p", { class: "fault", id: "fault", role: "alert" });
  const repeats = h("input", {
    id: "repeats",
    inputmode: "numeric",
    autocomplete: "off",
    value: choice.repeats,
    "aria-describedby": "repeats-hint",
    input: () => {
      choice.repeats = repeats.value;
    },
  });
  const boxes = config.workloads.map(({ name }) => {
    const box = h("input", {
      type: "checkbox",
      value: name,
      change: () => void (box.checked ? choice.chosen.add(name) : choice.chosen.delete(name)),
    });
    box.checked = choice.chosen.has(name);
    return { box, label: h("label", { class: "line" }, box, h("span", {}, words.workloads[name])) };
  });
  const refuse = (text: string, field: HTMLElement): void => {
    fault.textContent = text;
    for (const each of [repeats, ...boxes.map(({ box }) => box)]) each.removeAttribute("aria-invalid");
    field.setAttribute("aria-invalid", "true");
    field.focus();
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const workloads = config.workloads.filter(({ name }) => choice.chosen.has(name));
    const times = Number(choice.repeats);
    const isTimes = /^\d{1,3}$/.test(choice.repeats.trim()) && times >= 1 && times <= MOST_REPEATS;
    if (workloads.length === 0) refuse(start.none, boxes[0]!.box);
    else if (!isTimes) refuse(fill(start.wrongRepeats, most), repeats);
    else onStart(workloads, times);
  };
  return [
    earlier &&
      h(
        "section",
        { class: "notice", "aria-labelledby": "earlier" },
        h("h2", { id: "earlier" }, start.earlierTitle),
        h("p", {}, start.earlier),
        h(
          "p",
          { class: "buttons" },
          h("button", { type: "button", click: earlier.show }, start.earlierShow),
          h("button", { type: "button", click: earlier.forget }, start.earlierForget),
        ),
      ),
    h("p", { class: "lead" }, start.lead),
    h("p", {}, start.what),
    h("h2", {}, start.recordedTitle),
    h("p", {}, start.recorded),
    h("p", {}, start.never),
    h("p", {}, start.kept),
    !isSecure && h("p", { class: "notice" }, start.insecure),
    h(
      "form",
      { novalidate: true, submit },
      h(
        "fieldset",
        { "aria-describedby": "workloads-hint" },
        h("legend", {}, start.workloads),
        h("p", { id: "workloads-hint", class: "hint" }, start.workloadsHint),
        ...boxes.map(({ label }) => label),
      ),
      h("label", { class: "strong", for: "repeats" }, start.repeats),
      h("p", { id: "repeats-hint", class: "hint" }, fill(start.repeatsHint, most)),
      repeats,
      fault,
      h("p", {}, start.before),
      h("button", { class: "main" }, start.start),
    ),
  ].filter((node): node is HTMLElement => Boolean(node));
}
