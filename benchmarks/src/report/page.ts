// The report as one static page: no script, and no request to anywhere. docs/design/devices.md, Report.

import { significant } from "../numbers.ts";
import type { MeasurementLine } from "../results/schema.ts";
import { drawPanel, drawSwatch } from "./draw.ts";
import { figuresOf } from "./figures/all.ts";
import type { Figure, Panel, PanelGroup, Table } from "./figures/figure.ts";
import { Html, html } from "./html.ts";
import { type ReportModel, reportModel } from "./model.ts";
import { type Comparison, isFlagged } from "./regressions.ts";
import { REPORT_STYLE } from "./style.ts";
import {
  ballotWords,
  comparisonWords,
  devicesWords,
  ENVIRONMENT_HEAD,
  environmentRows,
  extentWords,
  failureWords,
  incompleteWords,
  METHOD_WORDS,
  ratioWords,
  runWords,
  scantWords,
  seriesWords,
  verdictWords,
} from "./words.ts";

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const TITLE = "What a proof takes";
const NOTHING = Html.trusted("");

/**
 * The page for these lines. The same lines give the same page.
 *
 * @returns HTML, whole.
 */
export function reportPage(lines: readonly MeasurementLine[]): string {
  const model = reportModel(lines);
  const figures = model.period === null ? [] : figuresOf(model);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${Html.trusted(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${TITLE}: commune-zk</title>
<style>${Html.trusted(REPORT_STYLE)}</style>
</head>
<body>
<main>
<h1>${TITLE}</h1>
${summary(model)}
${model.period === null ? NOTHING : contents(figures)}
${regressions(model)}
${figures.length === 0 ? NOTHING : html`<h2 id="charts">Charts</h2>`}
${figures.map((figure) => figureHtml(figure, model))}
${model.period === null ? NOTHING : html`${notWhole(model)}${places(model)}`}
</main>
</body>
</html>
`;
  return page.text;
}

function paragraph(text: string | null): Html {
  return text === null ? NOTHING : html`<p>${text}</p>`;
}

function summary(model: ReportModel): Html {
  const [wait, ...impossible] = model.period === null ? [] : ballotWords(model);
  return html`${paragraph(extentWords(model))}
${paragraph(scantWords(model))}
${wait === undefined ? NOTHING : html`<p class="key">${wait}</p>`}
${impossible.map((text) => html`<p class="alarm">${text}</p>`)}
${
  model.period === null
    ? NOTHING
    : html`<p>${comparisonWords(model)} ${incompleteWords(model) ?? ""} ${devicesWords(model) ?? ""}</p>
<p>Measured in:</p>
<ul>${model.environments.map(({ label }) => html`<li>${label}</li>`)}</ul>`
}`;
}

function contents(figures: readonly Figure[]): Html {
  const links = [
    ["regressions", "Slower than before"],
    ...figures.map(({ id, title }) => [id, title] as const),
    ["not-whole", "Incomplete, and not made"],
    ["environments", "Environments"],
  ] as const;
  return html`<nav aria-label="Parts of this page"><ul>${links.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`;
}

function regressions(model: ReportModel): Html {
  const { comparisons } = model;
  const flagged = comparisons.filter(isFlagged);
  return html`<h2 id="regressions">Slower than before</h2>
${paragraph(comparisonWords(model))}
${comparisons.length === 0 ? NOTHING : paragraph(METHOD_WORDS)}
${flagged.length === 0 ? NOTHING : tableHtml("Flagged", comparisonTable(flagged))}
${comparisons.length === 0 ? NOTHING : numbers("All comparisons", comparisonTable(comparisons))}`;
}

function comparisonTable(comparisons: readonly Comparison[]): Table {
  return {
    head: [
      "Outcome",
      "Ratio",
      "95 % interval",
      "Circuit",
      "Environment",
      "Engine",
      "Start",
      "Before",
      "Now",
      "Also changed",
    ],
    rows: comparisons.map((each) => {
      const { ratio, interval } = ratioWords(each);
      const also = [
        ...each.alsoChanged,
        // A volunteer's phone has a model, but no name.
        ...(each.series.environment.kind === "device" ? ["perhaps another phone of that model"] : []),
      ];
      return [
        isFlagged(each) ? `⚠ ${verdictWords(each)}` : verdictWords(each),
        ratio,
        interval,
        ...seriesWords(each.series),
        runWords(each.before),
        runWords(each.now),
        also.length === 0 ? "nothing" : also.join(", "),
      ];
    }),
  };
}

function figureHtml({ id, title, text, notes, groups, table }: Figure, model: ReportModel): Html {
  const [first, ...others] = groups;
  const several = others.length > 0;
  return html`<section aria-labelledby="${id}">
<h3 id="${id}">${title}</h3>
<p>${text}</p>
${notes.length === 1 ? paragraph(notes[0]!) : notes.length === 0 ? NOTHING : html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${
  first === undefined
    ? NOTHING
    : html`${legend(groups, model)}
${several && first.panels[0]?.title !== first.title ? html`<p class="soft">${first.title}</p>` : NOTHING}
${panels(first, title)}
${others.map((group) => html`<details><summary>${title}: ${group.title}</summary>${panels(group, title)}</details>`)}`
}
${table.rows.length === 0 ? NOTHING : numbers(`${title}: the numbers`, table)}
</section>`;
}

function panels({ panels }: PanelGroup, title: string): Html {
  return html`<div class="panels">${panels.map(
    (panel) => html`<figure><figcaption>${panel.title}</figcaption>
<div role="img" aria-label="${alternative(panel, title)}">${Html.trusted(drawPanel(panel))}</div></figure>`,
  )}</div>`;
}

/** What the picture shows, for those who do not see it. */
function alternative(panel: Panel, title: string): string {
  const values =
    panel.kind === "rows"
      ? panel.rows.flatMap(({ lanes }) =>
          lanes.flatMap(({ points, samples }) => samples?.values ?? points.map(({ value }) => value)),
        )
      : panel.lines.flatMap(({ points }) => points.map(({ y }) => y));
  const axis = panel.kind === "rows" ? panel.axis : panel.yAxis;
  const what =
    panel.kind === "rows"
      ? panel.rows.map(({ label }) => label).join("; ")
      : `${panel.lines.length} lines over ${panel.xLabels.length} places of the axis, ${panel.xAxis}`;
  return `Chart. ${title}, ${panel.title}. ${axis}, from ${significant(Math.min(...values))} to ${significant(Math.max(...values))}. ${what}. All numbers are in the table below.`;
}

/** The marks that these panels show. Samples are small filled ones. */
function legend(groups: readonly PanelGroup[], { engines }: ReportModel): Html {
  const shown = new Set(groups.flatMap((group) => group.panels).flatMap(marksOf));
  return html`<ul class="legend">${engines.flatMap((name, engine) => {
    const marks = (["warm", "cold"] as const).filter((start) => shown.has(`${engine} ${start}`));
    const swatches = marks.map((start) => Html.trusted(drawSwatch(engine, start)));
    return marks.length === 0 ? [] : [html`<li>${swatches}<span>${name}</span></li>`];
  })}</ul>`;
}

function marksOf(panel: Panel): string[] {
  if (panel.kind === "lines") return panel.lines.map(({ engine, start }) => `${engine} ${start}`);
  return panel.rows.flatMap(({ lanes }) =>
    lanes.flatMap(({ engine, points, samples }) =>
      samples === undefined ? points.map(({ start }) => `${engine} ${start}`) : [`${engine} warm`],
    ),
  );
}

function notWhole({ incomplete, failed }: ReportModel): Html {
  const head = ["Circuit", "Environment", "Engine", "Start", "Run", "Proofs made", "Proofs not made"];
  const row = ({ series, run }: ReportModel["incomplete"][number]): string[] => [
    ...seriesWords(series),
    `${run.runId.slice(0, 6)}, ${runWords(run)}`,
    String(run.samples.length),
    run.failures.length === 0 ? "none" : failureWords(run),
  ];
  return html`<h2 id="not-whole">Incomplete, and not made</h2>
${incomplete.length === 0 ? paragraph("No measurement is incomplete.") : tableHtml("Incomplete: an interrupted run keeps what it measured", { head, rows: incomplete.map(row) })}
${failed.length === 0 ? paragraph("No proof failed.") : tableHtml("Proofs that were not made", { head, rows: failed.map(row) })}`;
}

function places(model: ReportModel): Html {
  return html`<h2 id="environments">Environments</h2>
<p>A share of a core of our machine is not a slow phone; a phone's window slows nothing. Real devices are named by what their browser tells.</p>
${tableHtml("Where it was measured", { head: ENVIRONMENT_HEAD, rows: environmentRows(model) })}`;
}

function numbers(title: string, table: Table): Html {
  return html`<details class="numbers"><summary>${title}</summary>${tableHtml(title, table)}</details>`;
}

/** A table that scrolls by itself where it is wider than the page. */
function tableHtml(title: string, { head, rows }: Table): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${title}"><table>
<caption>${title}</caption>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`;
}
