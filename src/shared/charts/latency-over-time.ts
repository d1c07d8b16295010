import type { EChartsOption } from 'echarts';
import { formatCount, formatQuantity } from '../units.ts';
import { inUnit, numberAxis, scaleFor, timeUnitFor, type AxisScale } from './axis.ts';
import { bandSeries } from './band.ts';
import type { Chart, ChartCell, ChartStyle, ChartTable } from './chart.ts';
import { formatPercentile, type MarkedPercentile } from './distribution.ts';
import { frameOption, plotArea, rowsSeriesId, rowTooltip } from './frame.ts';
import { labelRoomPx, levelLine, pointLabels } from './labels.ts';
import { largestOf, medianOf, smallestOf } from './numbers.ts';
import { chartColors, seriesMark } from './theme.ts';
import { topMarks } from './top-marks.ts';

/** A stretch of the measurement in which something was different. */
export interface MarkedSpan {
  fromNs: number;
  toNs: number;
  /** E.g. "throttled" or "after change of level". */
  label: string;
}

/** Latency over time as `results.chart` answers it; all times in ns from the start of the measured part. */
export interface LatencyOverTime {
  /** Queries behind the slices. */
  n: number;
  /** In order of time: when each slice begins, and the range and median of its latencies. */
  overTime: {
    fromNs: readonly number[];
    minNs: readonly number[];
    medianNs: readonly number[];
    maxNs: readonly number[];
  };
  percentiles?: readonly MarkedPercentile[];
  /** What was asked for, drawn as a line. */
  limitNs?: number | null;
  spans?: readonly MarkedSpan[];
  /** Chosen by the data when left out. */
  scale?: AxisScale;
}

/** Latency of every query, or range and median of slices of equal count, against the time since the start. */
export function latencyOverTime(data: LatencyOverTime, style: ChartStyle): Chart {
  const { overTime, n, spans = [] } = data;
  const levels = levelsOf(data, style);
  const endNs = largestOf(overTime.fromNs);
  const smallestNs = smallestOf([...overTime.minNs, ...levels.map(({ latencyNs }) => latencyNs)]);
  const largestNs = largestOf([...overTime.maxNs, ...levels.map(({ latencyNs }) => latencyNs)]);
  const typicalNs = medianOf(overTime.medianNs);
  const scale = data.scale ?? scaleFor(typicalNs, smallestNs, largestNs);
  const timeUnit = timeUnitFor(endNs);
  const unit = timeUnitFor(scale === 'log' ? typicalNs : largestNs);
  const time = inUnit(overTime.fromNs, timeUnit);
  const [low, median, high] = [overTime.minNs, overTime.medianNs, overTime.maxNs].map((values) => inUnit(values, unit));
  const slices = { time, low: low ?? [], median: median ?? [], high: high ?? [] };
  // Slices of one query each are the queries themselves.
  const isRaw = n <= time.length;
  const marks = spans
    .filter(({ fromNs, toNs }) => toNs >= 0 && fromNs <= endNs && toNs >= fromNs)
    .map(({ fromNs, toNs, label }) => ({ from: fromNs / timeUnit.factor, to: toNs / timeUnit.factor, label }));
  const table = toTable(slices, isRaw, marks, timeUnit.symbol, unit.symbol);
  const end = endNs / timeUnit.factor;
  const lines = levels.map((level) => ({
    ...level,
    y: level.latencyNs / unit.factor,
    text: `${level.label} ${level.text}`,
  }));
  const hasMarksAbove = marks.length > 0;
  const summary = summarize(data, levels, endNs, style);
  const colors = chartColors[style.colorScheme];
  const option: EChartsOption = {
    grid: plotArea(labelRoomPx(lines)),
    xAxis: numberAxis(
      {
        direction: 'horizontal',
        quantity: 'Time since start',
        unit: timeUnit.symbol,
        smallest: 0,
        largest: end,
        fitsData: true,
      },
      style,
    ),
    yAxis: numberAxis(
      {
        direction: 'vertical',
        quantity: 'Latency',
        unit: unit.symbol,
        smallest: smallestNs / unit.factor,
        largest: largestNs / unit.factor,
        scale,
        hasMarksAbove,
      },
      style,
    ),
    tooltip: rowTooltip(table, style, 'axis'),
    series: [
      topMarks('spans', marks, style),
      ...(isRaw ? [points(slices, style)] : rangeAndMedian(slices, style)),
      ...lines.map(({ label, y, isLimit }) =>
        levelLine(`level-${label}`, y, 0, end, {
          color: isLimit ? colors.text : colors.mutedText,
          type: isLimit ? 'solid' : 'dashed',
        }),
      ),
      pointLabels(
        'level-labels',
        lines.map(({ y, text }) => ({ x: end, y, text })),
        style,
      ),
    ],
  };
  return {
    question: 'Does latency stay level over the measurement?',
    summary,
    option: frameOption(summary, style, option),
    table,
  };
}

interface Level {
  label: string;
  latencyNs: number;
  text: string;
  isLimit: boolean;
}

function levelsOf({ percentiles = [], limitNs = null }: LatencyOverTime, style: ChartStyle): Level[] {
  const limit =
    limitNs === null
      ? []
      : [{ label: 'limit', latencyNs: limitNs, text: formatQuantity(limitNs, 'ns', style).text, isLimit: true }];
  return [
    ...percentiles.map((one) => ({
      label: `p${one.percentile}`,
      latencyNs: one.latencyNs,
      text: formatPercentile(one, style),
      isLimit: false,
    })),
    ...limit,
  ];
}

interface Slices {
  time: readonly number[];
  low: readonly number[];
  median: readonly number[];
  high: readonly number[];
}

function points({ time, median }: Slices, style: ChartStyle) {
  return {
    id: rowsSeriesId,
    type: 'scatter' as const,
    symbol: 'circle',
    symbolSize: time.length > 300 ? 3 : 5,
    itemStyle: { color: seriesMark(0, style.colorScheme).color, opacity: 0.75 },
    emphasis: { disabled: true },
    data: time.map((at, index) => [at, median[index]!]),
  };
}

function rangeAndMedian({ time, low, median, high }: Slices, style: ChartStyle) {
  const { color } = seriesMark(0, style.colorScheme);
  const range = time.map((x, index) => ({ x, low: low[index]!, high: high[index]! }));
  return [
    bandSeries('range', range, { color, opacity: 0.25 }),
    {
      id: rowsSeriesId,
      type: 'line' as const,
      showSymbol: time.length === 1,
      symbol: 'circle',
      symbolSize: 5,
      itemStyle: { color },
      lineStyle: { color, width: 1.5 },
      emphasis: { disabled: true },
      data: time.map((at, index) => [at, median[index]!]),
    },
  ];
}

function toTable(
  { time, low, median, high }: Slices,
  isRaw: boolean,
  marks: readonly { from: number; to: number; label: string }[],
  timeUnit: string,
  unit: string,
): ChartTable {
  const namesAt = (from: number, to: number): ChartCell =>
    marks
      .filter((mark) => mark.from <= to && mark.to >= from)
      .map(({ label }) => label)
      .join(', ') || null;
  const latencies = isRaw ? ['Latency'] : ['Smallest', 'Median', 'Largest'];
  return {
    columns: [
      { label: isRaw ? 'Time since start' : 'From', unit: timeUnit },
      ...latencies.map((label) => ({ label, unit })),
      ...(marks.length === 0 ? [] : [{ label: 'Marked as', unit: null }]),
    ],
    rows: time.map((at, index) => [
      at,
      ...(isRaw ? [median[index]!] : [low[index]!, median[index]!, high[index]!]),
      ...(marks.length === 0 ? [] : [namesAt(at, isRaw ? at : (time[index + 1] ?? at))]),
    ]),
  };
}

function summarize(
  { n, overTime, spans = [] }: LatencyOverTime,
  levels: readonly Level[],
  endNs: number,
  style: ChartStyle,
): string {
  if (overTime.fromNs.length === 0) return 'No queries were kept.';
  const text = (ns: number) => formatQuantity(ns, 'ns', style).text;
  const sentences = [
    `${formatCount(n, style)} ${n === 1 ? 'query' : 'queries'} over ${text(endNs)}, latency from ${text(smallestOf(overTime.minNs))} to ${text(largestOf(overTime.maxNs))}.`,
    ...levels.map((level) => `${level.label}: ${level.text}.`),
    ...spans.map(({ fromNs, toNs, label }) => `From ${text(fromNs)} to ${text(toNs)}: ${label}.`),
  ];
  return sentences.join(' ');
}
