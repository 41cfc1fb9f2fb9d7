// What a chart is, before it is drawn: panels that each fit a phone's width, and the table of their numbers.
import type { MeasurementLine } from "../../results/schema.ts";

/** A value in a lane. */
export interface Point {
  readonly value: number;
  readonly start: MeasurementLine["start"];
  readonly incomplete: boolean;
}

/** What one engine has in a row. */
export interface Lane {
  /** Index among the report's engines. */
  readonly engine: number;
  readonly points: readonly Point[];
  /** Every sample, with its quartiles; `points` is empty then. */
  readonly samples?: {
    readonly values: readonly number[];
    readonly q1: number;
    readonly median: number;
    readonly q3: number;
  };
}

/** Values side by side: a row for each thing, a lane in it for each engine. */
export interface RowsPanel {
  readonly kind: "rows";
  readonly title: string;
  /** What the axis counts, with its unit. */
  readonly axis: string;
  /** Around nought, or from nought. */
  readonly around: boolean;
  readonly rows: readonly { readonly label: string; readonly lanes: readonly Lane[] }[];
}

/** A line of an engine. */
export interface Line {
  readonly engine: number;
  readonly start: MeasurementLine["start"];
  readonly points: readonly {
    /** Index of a label. */
    readonly x: number;
    readonly y: number;
    /** Quartiles, where there are more samples than one. */
    readonly between?: readonly [number, number];
    readonly incomplete: boolean;
  }[];
}

/** Values in an order. */
export interface LinesPanel {
  readonly kind: "lines";
  readonly title: string;
  readonly xAxis: string;
  readonly yAxis: string;
  readonly xLabels: readonly string[];
  readonly lines: readonly Line[];
}

/** One picture. */
export type Panel = RowsPanel | LinesPanel;

/** Panels that belong together. */
export interface PanelGroup {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Numbers in rows. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A chart with its table. */
export interface Figure {
  /** Of its heading. */
  readonly id: string;
  readonly title: string;
  /** What is shown and how to read it. */
  readonly text: string;
  /** What is missing, and why. */
  readonly notes: readonly string[];
  /** The first is shown, the others on demand. Empty: there is nothing to draw, and `notes` say why. */
  readonly groups: readonly PanelGroup[];
  readonly table: Table;
}
