// A panel as SVG, by ECharts' renderer that needs no browser. Colours are the page's variables: one picture serves
// the light scheme, the dark one and paper.
import { LineChart, type LineSeriesOption, ScatterChart, type ScatterSeriesOption } from "echarts/charts";
import { GraphicComponent, GridComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Lane, Line, LinesPanel, Panel, Point, RowsPanel } from "./figures/figure.ts";

/** Width of a panel in CSS pixels: a phone's, less the margins of the page. */
export const PANEL_WIDTH = 320;

/** How an engine is told from the others without colour. The first are the easiest to tell apart. */
const SYMBOLS = [
  { symbol: "circle", size: 9, dash: "solid" },
  { symbol: "rect", size: 8, dash: [6, 3] },
  { symbol: "triangle", size: 10, dash: [2, 3] },
  { symbol: "diamond", size: 11, dash: [8, 3, 2, 3] },
  { symbol: "path://M3 0H7V3H10V7H7V10H3V7H0V3H3Z", size: 10, dash: [10, 2] },
  { symbol: "path://M0 0L10 0L5 10Z", size: 10, dash: [4, 2, 1, 2] },
] as const;
/** As many as the page's style has. */
export const ENGINE_STYLES = SYMBOLS.length;

const INK = "var(--ink)";
const FAINT = "var(--rule)";
const PAPER = "var(--paper)";
const FONT = { fontSize: 12, fontFamily: "inherit" } as const;
const LABEL_LINE = 15;
/** Characters of a label that fit beside one another. */
const LABEL_CHARACTERS = 50;
const LANE = 15;
const SAMPLES_LANE = 24;
const ROW_GAP = 8;
const AXIS_HEIGHT = 46;
const LINES_HEIGHT = 230;
const SWATCH = 18;

type SeriesOption = LineSeriesOption | ScatterSeriesOption;
type Start = Point["start"];

/**
 * A panel, {@link PANEL_WIDTH} wide.
 *
 * @returns an `svg` element for HTML, without a name space, a style or an identifier of its own.
 */
export function drawPanel(panel: Panel): string {
  return panel.kind === "rows" ? drawRows(panel) : drawLines(panel);
}

/** The mark of an engine, for a legend. */
export function drawSwatch(engine: number, start: Start): string {
  const series = scatter(engine, start, [[0, 0]]);
  const axis = { type: "value", show: false, min: -1, max: 1 } as const;
  const grid = { left: 0, right: 0, top: 0, bottom: 0, outerBoundsMode: "none" };
  return render({ grid, xAxis: axis, yAxis: axis, series: [series] }, SWATCH, SWATCH);
}

/** Colour of an engine, as the page's style names it. */
function colour(engine: number): string {
  return `var(--engine-${engine % ENGINE_STYLES})`;
}

function style(engine: number): (typeof SYMBOLS)[number] {
  return SYMBOLS[engine % ENGINE_STYLES]!;
}

/** Nothing lies outside of its axes, so that nothing has to be clipped. */
const PLAIN = { silent: true, animation: false, clip: false } as const;

function scatter(engine: number, start: Start, data: (readonly [number, number])[]): ScatterSeriesOption {
  const { symbol, size } = style(engine);
  return {
    ...PLAIN,
    type: "scatter",
    symbol,
    symbolSize: size,
    itemStyle: { ...markStyle(engine, start), opacity: 1 },
    data: data.map((point) => [...point]),
  };
}

/** Warm ones are filled, cold ones hollow. */
function markStyle(engine: number, start: Start) {
  return {
    color: start === "warm" ? colour(engine) : PAPER,
    borderColor: colour(engine),
    borderWidth: 1.75,
  };
}

function stroke(
  data: readonly (readonly [number, number])[],
  lineStyle: NonNullable<LineSeriesOption["lineStyle"]>,
): LineSeriesOption {
  return { ...PLAIN, type: "line", symbol: "none", lineStyle, data: data.map((point) => [...point]) };
}

function drawRows({ rows, axis, around }: RowsPanel): string {
  const series: SeriesOption[] = [];
  const texts: object[] = [];
  const values = rows.flatMap(({ lanes }) => lanes.flatMap(valuesOf));
  const reach = Math.ceil(Math.max(...values.map(Math.abs), 1) / 10) * 10;
  let height = 0;
  for (const { label, lanes } of rows) {
    const text = brokenAt(label, LABEL_CHARACTERS);
    const style = { text: text.join("\n"), fill: INK, lineHeight: LABEL_LINE, ...FONT };
    texts.push({ type: "text", left: 0, top: height, silent: true, style });
    height += text.length * LABEL_LINE + 3;
    for (const lane of lanes) {
      const laneHeight = lane.samples === undefined ? LANE : SAMPLES_LANE;
      const far = around ? reach : Math.max(...values);
      series.push(...(lane.samples === undefined ? pointsOf : samplesOf)(lane, height + laneHeight / 2, far));
      height += laneHeight;
    }
    height += ROW_GAP;
  }
  if (around)
    series.unshift(
      stroke(
        [
          [0, 0],
          [0, height],
        ],
        { color: INK, width: 1 },
      ),
    );
  return render(
    {
      grid: {
        left: around ? 18 : 6,
        right: around ? 18 : 14,
        top: 0,
        bottom: AXIS_HEIGHT,
        outerBoundsMode: "none",
      },
      xAxis: {
        ...VALUE_AXIS,
        ...(around ? { min: -reach, max: reach, interval: reach / 2 } : { min: 0 }),
        name: axis,
        nameLocation: "middle",
        nameGap: 26,
      },
      yAxis: { type: "value", show: false, inverse: true, min: 0, max: height },
      series,
      graphic: texts,
    },
    PANEL_WIDTH,
    height + AXIS_HEIGHT,
  );
}

const VALUE_AXIS = {
  type: "value",
  splitNumber: 4,
  // Not at nought: rows are counted from the top.
  axisLine: { show: true, onZero: false, lineStyle: { color: INK } },
  axisTick: { show: true, lineStyle: { color: INK } },
  axisLabel: { color: INK, hideOverlap: true, ...FONT },
  splitLine: { lineStyle: { color: FAINT } },
  nameTextStyle: { color: INK, ...FONT },
} as const;

function valuesOf({ points, samples }: Lane): readonly number[] {
  return samples === undefined ? points.map(({ value }) => value) : samples.values;
}

/** Marks of a lane, joined where there are two. */
function pointsOf({ engine, points }: Lane, y: number, greatest: number): SeriesOption[] {
  const values = points.map(({ value }) => value);
  const joined =
    points.length < 2
      ? []
      : [
          stroke(
            [
              [Math.min(...values), y],
              [Math.max(...values), y],
            ],
            { color: colour(engine), width: 1 },
          ),
        ];
  return [
    ...joined,
    ...points.map(({ start, value, incomplete }) => ({
      ...scatter(engine, start, [[value, y]]),
      ...(incomplete ? incompleteLabel(value > greatest / 2 ? "left" : "right") : {}),
    })),
  ];
}

function incompleteLabel(position: "left" | "right" | "top") {
  const label = { show: true, formatter: "incomplete", position, color: INK, ...FONT } as const;
  return { label, labelLayout: { hideOverlap: false } };
}

/** Places above and below the middle of a lane, so that equal samples do not hide one another. */
const JITTER = [0, -5, 5, -2.5, 2.5, -7, 7] as const;

function samplesOf({ engine, samples }: Lane, y: number): SeriesOption[] {
  if (samples === undefined) return [];
  const { values, q1, median, q3 } = samples;
  const dots = scatter(
    engine,
    "warm",
    values.map((value, i) => [value, y + JITTER[i % JITTER.length]!] as const),
  );
  return [
    stroke(
      [
        [q1, y],
        [q3, y],
      ],
      { color: colour(engine), width: 14, opacity: 0.25 },
    ),
    {
      ...dots,
      symbolSize: style(engine).size * 0.6,
      itemStyle: { color: colour(engine), opacity: 0.8 },
    },
    stroke(
      [
        [median, y - 10],
        [median, y + 10],
      ],
      { color: INK, width: 2 },
    ),
  ];
}

function drawLines({ lines, xLabels, xAxis, yAxis }: LinesPanel): string {
  return render(
    {
      grid: {
        left: 46,
        right: 22,
        top: 30,
        bottom: xLabels.some(isTall) ? 80 : AXIS_HEIGHT,
        outerBoundsMode: "none",
      },
      xAxis: {
        ...VALUE_AXIS,
        type: "category",
        data: [...xLabels],
        boundaryGap: true,
        name: xAxis,
        nameLocation: "middle",
        nameGap: xLabels.some(isTall) ? 58 : 26,
        axisTick: { alignWithLabel: true, lineStyle: { color: INK } },
      },
      yAxis: {
        ...VALUE_AXIS,
        min: 0,
        name: yAxis,
        nameGap: 12,
        nameTextStyle: { color: INK, align: "left", padding: [0, 0, 0, -40], ...FONT },
      },
      series: lines.flatMap(lineOf),
    },
    PANEL_WIDTH,
    LINES_HEIGHT,
  );
}

const isTall = (label: string): boolean => label.includes("\n");

function lineOf({ engine, start, points }: Line): SeriesOption[] {
  const { dash } = style(engine);
  const bars = points.flatMap(({ x, between }) =>
    between === undefined
      ? []
      : [
          stroke(
            [
              [x, between[0]],
              [x, between[1]],
            ],
            { color: colour(engine), width: 4, opacity: 0.35 },
          ),
        ],
  );
  return [
    ...bars,
    stroke(
      points.map(({ x, y }) => [x, y] as const),
      { color: colour(engine), width: 1.5, type: typeof dash === "string" ? dash : [...dash] },
    ),
    ...points.map(({ x, y, incomplete }) => ({
      ...scatter(engine, start, [[x, y]]),
      ...(incomplete ? incompleteLabel("top") : {}),
    })),
  ];
}

/** Lines of at most so many characters, broken at spaces where there are any. */
function brokenAt(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(...(word.match(new RegExp(`.{1,${most}}`, "gu")) ?? []));
  }
  return lines;
}

function render(option: EChartsCoreOption, width: number, height: number): string {
  use([GraphicComponent, GridComponent, LineChart, SVGRenderer, ScatterChart]);
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({ animation: false, backgroundColor: "transparent", ...option });
    return plain(chart.renderToSVGString());
  } finally {
    // Its clock would keep the process alive.
    chart.dispose();
  }
}

/**
 * Without what only a script, or a file of its own, has use for, and without clip paths, whose identifiers count up
 * from one picture to the next: the same lines are to give the same page. What stands in quotes or between tags is escaped by
 * the renderer, so none of these can be part of a text.
 */
function plain(svg: string): string {
  return svg
    .replace(/<(style|defs)\s*>.*?<\/\1>/gs, "")
    .replace(
      / (?:xmlns(?::xlink)?|xml:space|version|baseProfile|class|clip-path|pointer-events|ecmeta_[a-z_]+)="[^"]*"/g,
      "",
    )
    .replace("<svg ", '<svg aria-hidden="true" focusable="false" ');
}
