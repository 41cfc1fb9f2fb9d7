// The report, on lines made up so that the right answer is known.
import { describe, expect, test } from "@jest/globals";
import { medianRatio } from "../src/report/bootstrap.ts";
import { drawPanel } from "../src/report/draw.ts";
import { environmentsOf } from "../src/report/environments.ts";
import { figuresOf } from "../src/report/figures/all.ts";
import { html } from "../src/report/html.ts";
import { reportModel } from "../src/report/model.ts";
import { reportPage } from "../src/report/page.ts";
import { comparisonsOf } from "../src/report/regressions.ts";
import { shownRun } from "../src/report/series.ts";
import { spreadOf } from "../src/report/spread.ts";
import type { MeasurementLine } from "../src/results/schema.ts";
import { parseMeasurement } from "../src/results/schema.ts";
import { uniform } from "../src/uniform.ts";
import { lineWith } from "./support/lines.ts";
import { inventedHistory, runId, samplesAround } from "./support/report-history.ts";

const OURS = { name: "@commune-zk/prover", version: "0.1.0" };
const STEADY = [1_000, 1_010, 990, 1_005, 995];

/** A warm line of a run, by its number, with proofs that took these times. */
function run(
  number: number,
  times: readonly number[],
  changes: Partial<MeasurementLine> = {},
): MeasurementLine {
  const samples = times.map((totalMs, i) => ({
    atMs: i * 10_000,
    totalMs,
    phasesMs: {},
    peakMemoryBytes: null,
    downloadedBytes: null,
  }));
  const startedAt = 1_800_000_000 + number * 86_400;
  return lineWith({
    runId: runId(number),
    startedAt,
    start: "warm",
    engine: OURS,
    samples,
    failures: [],
    ...changes,
  });
}

const device = (model: string | null): Partial<MeasurementLine> => ({
  machine: { model, system: null, cores: 8, memoryMiB: 4_096 },
  environment: { kind: "device", runtime: "Chrome 156", limits: null },
});
const times = (factor: number): number[] => STEADY.map((time) => time * factor);
const comparisons = (...lines: MeasurementLine[]) => comparisonsOf(reportModel(lines).series);
/** What stands on the page, without its markup. */
const textOf = (page: string): string =>
  page
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

test("the invented history has the form of a real one", () => {
  for (const line of inventedHistory()) expect(parseMeasurement(line)).toEqual(line);
});

describe("spread of samples", () => {
  test("has the quartiles between neighbours, whatever the order", () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({ least: 1, q1: 1.75, median: 2.5, q3: 3.25, greatest: 4 });
    expect(spreadOf([7])).toEqual({ least: 7, q1: 7, median: 7, q3: 7, greatest: 7 });
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});

describe("ratio of two runs", () => {
  test("is that of the medians, and the same each time", () => {
    const found = medianRatio(STEADY, times(1.2));
    expect(found.ratio).toBeCloseTo(1.2);
    expect(medianRatio(STEADY, times(1.2))).toEqual(found);
    expect(found.low).toBeLessThanOrEqual(found.ratio);
    expect(found.high).toBeGreaterThanOrEqual(found.ratio);
  });

  test("is as unsure as its samples are: wider where they are apart, a point where they are equal", () => {
    const steady = medianRatio(STEADY, STEADY);
    const scattered = [500, 1_500, 900, 1_100, 1_000];
    const wide = medianRatio(scattered, scattered);
    expect(wide.high - wide.low).toBeGreaterThan(10 * (steady.high - steady.low));
    expect(medianRatio([2, 2, 2], [3, 3, 3])).toEqual({ ratio: 1.5, low: 1.5, high: 1.5 });
  });

  test("holds the true ratio in about 95 of 100 intervals", () => {
    const random = uniform(7);
    const draw = (): number[] => Array.from({ length: 11 }, () => 1_000 + 200 * random() ** 2);
    const covering = Array.from({ length: 60 }, () => medianRatio(draw(), draw())).filter(
      ({ low, high }) => low <= 1 && high >= 1,
    ).length;
    // 57 are expected; fewer than 52 come of such intervals once in a hundred seeds, and of ones at 80 % nearly always.
    expect(covering).toBeGreaterThanOrEqual(52);
  });

  test.each([
    ["no times", [], [1]],
    ["a time of nought", [1], [0]],
    ["a time that is none", [Number.NaN], [1]],
  ])("refuses %s", (_, before, now) => {
    expect(() => medianRatio(before, now)).toThrow(RangeError);
  });
});

describe("regressions", () => {
  test("the newest run is flagged where it is slower than the one before it by more than chance", () => {
    const [found, ...others] = comparisons(run(1, times(3)), run(3, times(1.2)), run(2, STEADY));
    expect(others).toEqual([]);
    expect(found!.result).toMatchObject({ verdict: "slower" });
    expect([found!.before.runId, found!.now.runId]).toEqual([runId(2), runId(3)]);
  });

  test.each([
    ["equal", 1, "unchanged"],
    ["slower, but by less than the limit", 1.04, "unchanged"],
    ["slower, but with the limit in its interval", 1.06, "unchanged"],
    ["faster", 0.8, "faster"],
  ])("a run that is %s is not flagged", (_, factor, verdict) => {
    const [found] = comparisons(run(1, STEADY), run(2, times(factor)));
    expect(found!.result.verdict).toBe(verdict);
  });

  test("says that samples are too few, and invents no interval", () => {
    const [found] = comparisons(run(1, STEADY), run(2, times(5).slice(1)));
    expect(found!.result).toEqual({ verdict: "too-few" });
  });

  test("a run that makes no proof any more is flagged", () => {
    const broken = run(2, [], { failures: [{ reason: "out-of-memory", count: 5 }] });
    const [found] = comparisons(run(1, STEADY), broken);
    expect(found!.result).toEqual({ verdict: "fails" });
    // What comes after it is compared with the last that made one.
    const [after] = comparisons(run(1, STEADY), broken, run(3, times(2)));
    expect(after!.before.runId).toBe(runId(1));
  });

  test("an incomplete run is compared with nothing, on either side", () => {
    const incomplete = { status: "incomplete" } as const;
    expect(comparisons(run(1, STEADY), run(2, times(2), incomplete))).toEqual([]);
    const [found] = comparisons(run(1, STEADY), run(2, times(2), incomplete), run(3, STEADY));
    expect(found!.before.runId).toBe(runId(1));
  });

  test.each<[string, Partial<MeasurementLine>]>([
    ["workload", { workload: "semaphore-20" }],
    ["engine", { engine: { name: "snarkjs", version: "0.7.6" } }],
    ["start", { start: "cold" }],
    ["machine", { machine: { model: "Another", system: "Linux 6.1.0", cores: 2, memoryMiB: 4_096 } }],
    ["limits", { environment: { kind: "chromium", runtime: "Chromium 156", limits: null } }],
  ])("another %s is no comparison", (_, change) => {
    expect(comparisons(run(1, STEADY), run(2, times(2), change))).toEqual([]);
  });

  test("devices that do not tell their model are never taken for one another", () => {
    expect(comparisons(run(1, STEADY, device(null)), run(2, times(2), device(null)))).toEqual([]);
    expect(comparisons(run(1, STEADY, device("A")), run(2, times(2), device("A")))).toHaveLength(1);
  });

  test("updates of engine, browser and system do not hide a regression, and are named beside it", () => {
    const before = run(1, STEADY);
    const { machine, environment } = before;
    const [found] = comparisons(
      before,
      run(2, times(2), {
        engine: { ...OURS, version: "0.2.0" },
        environment: { ...environment, runtime: "Chromium 157.0" },
        machine: { ...machine, system: "Linux 7.0" },
      }),
    );
    expect(found!.result.verdict).toBe("slower");
    expect(found!.alsoChanged).toEqual([
      "engine 0.1.0 → 0.2.0",
      "program Chromium 156.0.8078.108 → Chromium 157.0",
      "system Linux 6.1.0 → Linux 7.0",
    ]);
  });

  test("flagged ones come first", () => {
    const other = { engine: { name: "snarkjs", version: "0.7.6" } };
    const found = comparisons(run(1, STEADY), run(2, STEADY), run(1, STEADY, other), run(2, times(2), other));
    expect(found.map(({ series }) => series.engine)).toEqual(["snarkjs", "@commune-zk/prover"]);
  });
});

describe("model", () => {
  test("counts lines, runs and proofs, and knows the period, whatever the order of the lines", () => {
    const lines = [
      run(9, STEADY),
      run(2, [1_000], { status: "incomplete", failures: [{ reason: "crashed", count: 2 }] }),
    ];
    const model = reportModel(lines);
    expect(model).toMatchObject({ lines: 2, runs: 2, proofs: 6, failures: 2 });
    expect(model.period).toEqual({ from: lines[1]!.startedAt, to: lines[0]!.startedAt });
    expect(model.incomplete.map(({ run }) => run.runId)).toEqual([runId(2)]);
    expect(reportModel([...lines].reverse()).series).toEqual(model.series);
  });

  test("a line that is in two files counts once", () => {
    expect(reportModel([run(1, STEADY), run(1, STEADY)])).toMatchObject({ lines: 1, proofs: 5 });
  });

  test("what is shown of a series is its newest complete run, and an incomplete one where there is no other", () => {
    const incomplete = { status: "incomplete" } as const;
    const shown = (...lines: MeasurementLine[]) => shownRun(reportModel(lines).series[0]!).runId;
    expect(shown(run(1, STEADY), run(2, STEADY), run(3, STEADY, incomplete))).toBe(runId(2));
    expect(shown(run(1, STEADY, incomplete), run(2, STEADY, incomplete))).toBe(runId(2));
  });

  test("environments are ordered by what was taken away, and named by it; devices by what they told", () => {
    const limited = (cpuShare: number | null): Partial<MeasurementLine> => ({
      environment: {
        kind: "chromium",
        runtime: "Chromium 156.0",
        limits: cpuShare === null ? null : { cpuShare, memoryMiB: null, network: null },
      },
    });
    const lines = [
      run(1, STEADY, device("Pixel 6a")),
      run(1, STEADY, device(null)),
      run(1, STEADY, limited(0.25)),
      run(1, STEADY, limited(1)),
      run(1, STEADY, limited(null)),
      run(1, STEADY, { environment: { kind: "node", runtime: "Node 20.20.2", limits: null } }),
    ];
    expect(environmentsOf(lines).map(({ label }) => label)).toEqual([
      "Node, unlimited",
      "Chromium, unlimited",
      "Chromium, 100 % of one core",
      "Chromium, 25 % of one core",
      "Pixel 6a, Chrome, 8 cores, 4 GiB",
      "Unnamed device 010101, Chrome, 8 cores, 4 GiB",
    ]);
  });

  test("two machines of ours are told apart", () => {
    const other = { model: "Other", system: null, cores: 64, memoryMiB: 65_536 };
    const labels = environmentsOf([run(1, STEADY), run(1, STEADY, { machine: other })]).map(
      ({ label }) => label,
    );
    expect(new Set(labels).size).toBe(2);
    expect(labels.every((label) => /machine [12]$/.test(label))).toBe(true);
  });

  test("the slowest ballot is a cold one of ours in a browser or on a device, and never one in Node", () => {
    const cold = { start: "cold" } as const;
    const model = reportModel([
      run(1, times(9), { ...cold, environment: { kind: "node", runtime: "Node 20", limits: null } }),
      run(1, times(8), { ...cold, engine: { name: "snarkjs", version: "0.7.6" } }),
      run(1, times(7), { ...cold, workload: "hours-4" }),
      run(1, times(2), { ...device("A"), ...cold }),
      run(1, times(3), { ...device("B"), ...cold }),
      run(1, times(1), device("B")),
    ]);
    expect(model.slowestBallot).toMatchObject({
      medianMs: 3_000,
      worstMs: 3_030,
      laterMs: 1_000,
      start: "cold",
    });
    expect(model.slowestBallot!.environment.label).toMatch(/^B,/);
  });

  test("an environment in which no ballot could be made is named as such", () => {
    const model = reportModel([
      run(1, [], { ...device("A"), failures: [{ reason: "out-of-memory", count: 3 }] }),
    ]);
    expect(model.slowestBallot).toBeNull();
    expect(
      textOf(reportPage([run(1, [], { ...device("A"), failures: [{ reason: "crashed", count: 3 }] })])),
    ).toMatch(/No warm proof of ballot-compact-20 .* was made at all in A, .*3 × crashed/);
  });

  test("predictions rest on complete runs, and on the newest of each environment", () => {
    const scored = (score: number): Partial<MeasurementLine> => ({
      calibration: { kernel: "bn254-v1", scores: [score] },
    });
    const model = reportModel([
      run(1, [50_000], { ...device("A"), ...scored(10) }),
      run(2, [10_000], { ...device("A"), ...scored(10) }),
      run(1, [5_000], { ...device("B"), ...scored(20) }),
      run(1, [2_500], { ...device("C"), ...scored(40) }),
      run(1, [9_999], { ...device("D"), ...scored(40), status: "incomplete" }),
    ]);
    expect(model.predictions).toHaveLength(1);
    expect(model.predictions[0]!.prediction).toMatchObject({
      fitted: true,
      unitsPerProof: 100,
      worstError: 0,
    });
  });
});

describe("charts", () => {
  const figures = figuresOf(reportModel(inventedHistory()));

  test("every kind is there, with a title, axes that have units, and a table of its numbers", () => {
    expect(figures.map(({ id }) => id)).toEqual([
      "by-environment",
      "by-circuit",
      "over-time",
      "distribution",
      "drift",
      "memory",
      "bytes",
      "calibration",
    ]);
    for (const { groups, table, title } of figures) {
      expect(title).not.toBe("");
      expect(groups.length).toBeGreaterThan(0);
      expect(table.rows.length).toBeGreaterThan(0);
      for (const row of table.rows) expect(row).toHaveLength(table.head.length);
      for (const panel of groups.flatMap((group) => group.panels)) {
        expect(panel.kind === "rows" ? panel.axis : panel.yAxis).toMatch(/second|MiB|%/);
      }
    }
  });

  test("draw one mark for every sample of the distribution", () => {
    const values = [-3, -1, 0, 1, 4, 6];
    const marks = (count: number) =>
      drawPanel({
        kind: "rows",
        title: "",
        axis: "%",
        around: true,
        rows: [
          {
            label: "",
            lanes: [
              { engine: 1, points: [], samples: { values: values.slice(0, count), q1: 0, median: 0, q3: 1 } },
            ],
          },
        ],
      }).split('fill="var(--engine-1)"').length;
    expect(marks(6) - marks(4)).toBe(2);
  });

  test("tell engines apart by form, and cold from warm by filling", () => {
    const forms = [0, 1, 2, 3, 4, 5].flatMap((engine) =>
      (["warm", "cold"] as const).map((start) => {
        const panel = {
          kind: "rows",
          title: "",
          axis: "seconds",
          around: false,
          rows: [{ label: "", lanes: [{ engine, points: [{ value: 1, start, incomplete: false }] }] }],
        } as const;
        // Without colours: what is left is form, and whether it is paper within.
        return drawPanel(panel).replace(/var\(--engine-\d\)/g, "");
      }),
    );
    expect(new Set(forms).size).toBe(12);
  });

  test("mark what is incomplete", () => {
    const panel = (incomplete: boolean) =>
      drawPanel({
        kind: "rows",
        title: "",
        axis: "seconds",
        around: false,
        rows: [{ label: "", lanes: [{ engine: 0, points: [{ value: 1, start: "warm", incomplete }] }] }],
      });
    expect(panel(true)).toContain(">incomplete</text>");
    expect(panel(false)).not.toContain("incomplete");
  });

  test("drift shows repeated proofs of devices, and of nothing else", () => {
    const drift = figures.find(({ id }) => id === "drift")!;
    const places = drift.table.rows.map(([, place]) => place!);
    expect(places.some((place) => place.startsWith("Invented Mini 3"))).toBe(true);
    expect(places.some((place) => /Chromium|Node/.test(place))).toBe(false);
  });
});

describe("page", () => {
  const page = reportPage(inventedHistory());

  test("is the same for the same lines", () => {
    expect(reportPage(inventedHistory())).toBe(page);
  });

  test("asks for nothing, holds no script, and forbids both", () => {
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`,
    );
    expect(page).not.toMatch(/https?:|\/\/www|<script|<link|<iframe|<object|@import|url\(|\son\w+=/i);
    expect(
      [...page.matchAll(/\b(?:src|href)="([^"]*)"/g)].every(([, target]) => /^(data:|#)/.test(target!)),
    ).toBe(true);
  });

  test("every picture has a text in its place, and its section a table under details", () => {
    const sections = page.split("<section ").slice(1);
    expect(sections).toHaveLength(8);
    for (const section of sections) {
      const pictures = section.split('<div role="img"').length - 1;
      expect(pictures).toBeGreaterThan(0);
      expect(section.split("<figcaption>").length - 1).toBe(pictures);
      expect([...section.matchAll(/role="img" aria-label="Chart\. [^"]{40,}"/g)]).toHaveLength(pictures);
      expect(section).toMatch(/<details class="numbers"><summary>.*?<table>/s);
    }
    // Nothing but the pictures, and the marks of the legends beside a name.
    expect(page.split("<svg ").length).toBe(page.split('<svg aria-hidden="true"').length);
  });

  test("identifiers occur once", () => {
    const ids = [...page.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("says in words what was measured, what a member waits, and what is not whole", () => {
    const text = textOf(page);
    expect(text).toContain(
      "223 measurements of 7 runs in 9 environments, from 18 November 2026 to 9 December 2026",
    );
    expect(text).toMatch(/a member waits [\d.]+ s for a ballot in the median and [\d.]+ s at worst/);
    expect(text).toContain("1 series of 1 interrupted run is incomplete");
    expect(text).toContain("6 series of 68 compared became slower or failed.");
    expect(text).toContain("⚠ slower");
    expect(text).toContain("7 × out-of-memory");
  });

  test("whatever a machine says of itself is text", () => {
    const attack = `<script>alert("1")</script>'"><img src=x onerror=alert(1)>&`;
    const lines = ["warm", "cold"].flatMap((start) =>
      [1, 2, 3].map((number) =>
        run(number, STEADY, {
          start: start as "warm" | "cold",
          machine: { model: attack, system: attack, cores: 2, memoryMiB: 4_096 },
          environment: { kind: "device", runtime: attack, limits: null },
          samples: samplesAround(1_000, 6),
        }),
      ),
    );
    const attacked = reportPage(lines.map((line) => parseMeasurement(line)));
    expect(attacked).not.toMatch(/<script|<img|alert\(1\)>/);
    // In text, in attributes and in the pictures.
    expect(attacked.split("&lt;script&gt;").length).toBeGreaterThan(10);
    expect(attacked).toMatch(/<text[^>]*>&lt;script&gt;/);
    const tags = (text: string) => new Set([...text.matchAll(/<(\w+)/g)].map(([, tag]) => tag!));
    expect([...tags(attacked)].filter((tag) => !tags(page).has(tag))).toEqual([]);
  });

  test("templates escape text, and leave what is HTML already", () => {
    expect(html`<p title="${`"'`}">${"<&>"}${html`<b>${"<"}</b>`}</p>`.text).toBe(
      `<p title="&quot;&#39;">&lt;&amp;&gt;<b>&lt;</b></p>`,
    );
  });

  test("of no lines says that there are none", () => {
    const empty = reportPage([]);
    expect(textOf(empty)).toContain("The history is empty: nothing was measured yet.");
    expect(empty).not.toMatch(/<svg|<table/);
  });

  test("of one line says so, shows it, and compares nothing", () => {
    const text = textOf(reportPage([run(1, STEADY)]));
    expect(text).toContain("This is a single measurement");
    expect(text).toContain("There is nothing to compare");
    expect(text).toContain("1 row of the table was measured in one run only");
    expect(text).toContain("No real phone was measured yet.");
    expect(text).toContain("No prediction where fewer than 3 environments");
  });

  test("of an incomplete run alone marks it wherever it is shown", () => {
    const text = textOf(reportPage([run(1, STEADY, { status: "incomplete" })]));
    expect(text).toContain("That run is incomplete.");
    expect(text).toContain("Incomplete: an interrupted run keeps what it measured");
    expect(text).toMatch(/1\.00 s, 5 proofs/);
    expect(text).toMatch(/warm, incomplete: 1\.00 s/);
  });
});
