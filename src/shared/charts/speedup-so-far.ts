import type { EChartsOption } from 'echarts';
import { formatCount, formatQuantity } from '../units.ts';
import { numberAxis } from './axis.ts';
import { bandSeries } from './band.ts';
import type { Chart, ChartStyle } from './chart.ts';
import { frameOption, plotArea, rowsSeriesId, rowTooltip } from './frame.ts';
import { labelRoomPx, pointLabels, type PointLabel } from './labels.ts';
import { marginLabel, marginParts, speedupAxis } from './ratio-axis.ts';
import { seriesMark } from './theme.ts';

/** The mean speed-up and its interval after so many pairs. */
export interface SpeedupPoint {
  pairs: number;
  value: number;
  low: number | null;
  high: number | null;
}

export interface SpeedupSoFar {
  /** In order of time. */
  points: readonly SpeedupPoint[];
  /** Differences within this share count as none. */
  margin: number;
}

/** How the interval of the speed-up narrows while pairs are measured: the verdict falls when it leaves the margin or fits into it. */
export function speedupSoFar({ points, margin }: SpeedupSoFar, style: ChartStyle): Chart {
  const last = points.at(-1);
  const ends = { from: 0, to: Math.max(10, last?.pairs ?? 0) };
  const bounded = points.flatMap(({ pairs, low, high }) =>
    low === null || high === null ? [] : [{ x: pairs, low, high }],
  );
  const drawn = [...points.map(({ value }) => value), ...bounded.flatMap(({ low, high }) => [low, high])];
  const { color } = seriesMark(0, style.colorScheme);
  const table = {
    columns: [
      { label: 'Pairs', unit: null },
      { label: 'Speed-up', unit: '×' },
      { label: 'From', unit: '×' },
      { label: 'To', unit: '×' },
    ],
    rows: points.map(({ pairs, value, low, high }) => [pairs, value, low, high]),
  };
  const summary = summarize(points, style);
  const margins = marginLabel(margin, ends.to, style);
  const labels: PointLabel[] = [
    margins,
    ...(last === undefined ? [] : [{ x: ends.to, y: last.value, text: `now ${textOf(last.value, style)}` }]),
  ];
  const option: EChartsOption = {
    // As wide whatever the number is: nothing moves sideways while measuring.
    grid: plotArea(labelRoomPx([margins, { text: 'now 10.00 ×' }])),
    xAxis: numberAxis(
      { direction: 'horizontal', quantity: 'Pairs', unit: null, smallest: 0, largest: ends.to, fitsData: true },
      style,
    ),
    yAxis: speedupAxis(drawn, margin, style),
    tooltip: rowTooltip(table, style, 'axis'),
    series: [
      ...marginParts(margin, ends, style),
      bandSeries('interval', bounded, { color, opacity: 0.25 }),
      meanLine(points, color),
      pointLabels('labels', labels, style),
    ],
  };
  return {
    question: 'Has the interval left the margin, or settled within it?',
    summary,
    option: frameOption(summary, style, option),
    table,
  };
}

function meanLine(points: readonly SpeedupPoint[], color: string) {
  return {
    id: rowsSeriesId,
    type: 'line' as const,
    showSymbol: points.length === 1,
    symbol: 'circle',
    symbolSize: 5,
    itemStyle: { color },
    lineStyle: { color, width: 1.5 },
    emphasis: { disabled: true },
    data: points.map(({ pairs, value }) => [pairs, value]),
  };
}

function textOf(value: number, style: ChartStyle): string {
  return formatQuantity(value, '1', style).text;
}

function summarize(points: readonly SpeedupPoint[], style: ChartStyle): string {
  const last = points.at(-1);
  if (last === undefined) return 'No speed-up is known yet.';
  const { pairs, value, low, high } = last;
  const interval = low === null || high === null ? '' : `, interval ${textOf(low, style)} to ${textOf(high, style)}`;
  return `After ${formatCount(pairs, style)} pairs: ${textOf(value, style)}${interval}.`;
}
