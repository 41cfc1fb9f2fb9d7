// Meanwhile: how far it is, in words that are read out once a proof and not once a second, and a way to stop.
import type { DeviceWorkload } from "../../src/device/config.ts";
import type { DeviceProgress } from "../../src/device/run.ts";
import { h } from "./dom.ts";
import { fill, type formats } from "./words/speak.ts";
import type { Words } from "./words/words.ts";

/** The screen of a run, and what changes on it. */
export interface RunScreen {
  readonly nodes: Node[];
  show(progress: DeviceProgress): void;
  /** Called every second. */
  tick(): void;
}

/** The screen while it is measured. */
export function runScreen({
  words,
  format,
  workloads,
  repeats,
  awake,
  onStop,
}: {
  readonly words: Words;
  readonly format: ReturnType<typeof formats>;
  readonly workloads: readonly DeviceWorkload[];
  readonly repeats: number;
  readonly awake: boolean;
  readonly onStop: () => void;
}): RunScreen {
  const { run } = words;
  const step = h("p", { class: "step", role: "status" });
  const phase = h("p", { class: "hint", "aria-hidden": "true" });
  const again = h("p", { class: "notice", role: "status", hidden: true }, run.again);
  const bar = h("progress", { max: 1, value: 0, "aria-label": run.progress });
  let sinceMs = performance.now();
  let phaseWords = "";

  const tick = (): void => {
    const seconds = Math.floor((performance.now() - sinceMs) / 1_000);
    const time = seconds > 0 ? ` · ${fill(run.seconds, { seconds })}` : "";
    phase.textContent = phaseWords === "" ? "" : phaseWords + time;
  };
  const say = (text: string): void => {
    if (step.textContent !== text) step.textContent = text;
  };
  return {
    nodes: [
      step,
      bar,
      phase,
      again,
      h("p", {}, run.stay, " ", awake ? run.awake : run.notAwake),
      h("button", { class: "main", type: "button", click: onStop }, run.stop),
    ],
    tick,
    show(progress) {
      bar.max = progress.total;
      bar.value = progress.done;
      sinceMs = performance.now();
      if (progress.at === "calibrating") {
        say(fill(run.calibrating, { done: progress.done, total: progress.total }));
        phaseWords = "";
      } else {
        const workload = words.workloads[progress.workload];
        const { repeat } = progress;
        say(repeat === 0 ? fill(run.cold, { workload }) : fill(run.repeat, { workload, repeat, repeats }));
        again.hidden = !progress.again;
        const size = format.megabytes(bytesOf(workloads.find(({ name }) => name === progress.workload)));
        phaseWords = fill(run.phase[progress.phase], { size });
      }
      tick();
    },
  };
}

/** What a cold start of a workload fetches. */
function bytesOf(workload: DeviceWorkload | undefined): number {
  if (workload === undefined) return 0;
  return workload.wasm.size + workload.provingKey.size + workload.inputs.size;
}
