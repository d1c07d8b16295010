import type { EChartsOption } from 'echarts';
import type { FormatOptions } from '../units.ts';
import type { ColorScheme } from './theme.ts';

/** What a picture is drawn for: a screen or a page, light or dark, and how its reader writes numbers. */
export interface ChartStyle extends FormatOptions {
  colorScheme: ColorScheme;
}

export interface ChartColumn {
  label: string;
  /** Of its numbers, e.g. "ms"; null for text and plain counts. */
  unit: string | null;
}

/** null: there is no such number. */
export type ChartCell = number | string | null;

/** The numbers of a picture, in the units in which it draws them. */
export interface ChartTable {
  columns: readonly ChartColumn[];
  rows: readonly (readonly ChartCell[])[];
}

/** A picture with its title, its numbers and its text alternative. */
export interface Chart {
  /** The question that the picture answers. */
  question: string;
  /** What it shows, in a sentence with numbers, for those who do not see it. */
  summary: string;
  /** For ECharts 6, without a size: the same on every surface. */
  option: EChartsOption;
  table: ChartTable;
}
