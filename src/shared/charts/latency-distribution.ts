import type { EChartsOption, LineSeriesOption } from 'echarts';
import { formatCount, formatQuantity } from '../units.ts';
import { inUnit, numberAxis, scaleFor, timeUnitFor, type AxisScale, type AxisUnit } from './axis.ts';
import { bandSeries } from './band.ts';
import type { Chart, ChartStyle, ChartTable } from './chart.ts';
import {
  formatPercentile,
  limitMarks,
  quantileOf,
  type LatencyDistribution,
  type MarkedPercentile,
} from './distribution.ts';
import { frameOption, plotArea, rowsSeriesId, rowTooltip } from './frame.ts';
import { labelRoomPx, pointLabels } from './labels.ts';
import { largestOf, smallestOf } from './numbers.ts';
import { chartColors, seriesMark } from './theme.ts';
import { topMarks } from './top-marks.ts';

/** The share of queries at or below each latency, with percentiles marked and their intervals as bands. */
export function latencyDistribution(data: LatencyDistribution & { scale?: AxisScale }, style: ChartStyle): Chart {
  const { latencyNs, share } = data.distribution;
  const percentiles = data.percentiles ?? [];
  const limitNs = data.limitNs ?? null;
  const bounds = percentiles.flatMap(({ latencyNs: at, lowNs, highNs }) => [at, lowNs ?? at, highNs ?? at]);
  const shown = [...latencyNs, ...bounds, ...(limitNs === null ? [] : [limitNs])];
  const [smallestNs, largestNs] = [smallestOf(shown), largestOf(shown)];
  const medianNs = quantileOf(data, 0.5);
  const scale = data.scale ?? scaleFor(medianNs, smallestNs, largestNs);
  const unit = timeUnitFor(scale === 'log' ? medianNs : largestNs);
  const latencies = inUnit(latencyNs, unit);
  const percents = share.map(toPercent);
  const marks = percentiles.map((one) => ({
    x: one.latencyNs / unit.factor,
    y: one.percentile,
    // An interval without a bound reaches as far as anything was seen.
    low: (one.lowNs ?? smallestNs) / unit.factor,
    high: (one.highNs ?? largestNs) / unit.factor,
    text: `p${one.percentile} ${formatPercentile(one, style)}`,
  }));
  const latencyAxis = numberAxis(
    {
      direction: 'horizontal',
      quantity: 'Latency',
      unit: unit.symbol,
      smallest: smallestNs / unit.factor,
      largest: largestNs / unit.factor,
      scale,
      fitsData: true,
    },
    style,
  );
  const edge = latencyAxis.max ?? 0;
  const table = toTable(latencies, percents, percentiles, unit);
  const limit = limitMarks(limitNs, unit, style);
  const summary = summarize(data, style);
  const colors = chartColors[style.colorScheme];
  const { color } = seriesMark(0, style.colorScheme);
  const curve: LineSeriesOption = {
    id: rowsSeriesId,
    type: 'line',
    // A share is reached at a latency and holds until the next.
    step: 'end',
    showSymbol: false,
    itemStyle: { color },
    lineStyle: { color, width: 1.5 },
    emphasis: { disabled: true },
    data: [
      ...latencies.slice(0, 1).map((latency) => [latency, 0]),
      ...latencies.map((latency, index) => [latency, percents[index]!]),
    ],
  };
  const option: EChartsOption = {
    grid: plotArea(labelRoomPx(marks)),
    xAxis: latencyAxis,
    yAxis: {
      ...numberAxis(
        {
          direction: 'vertical',
          quantity: 'Queries',
          unit: '%',
          smallest: 0,
          largest: 100,
          hasMarksAbove: limit.length > 0,
        },
        style,
      ),
      max: 100,
    },
    // The rows of the percentiles come first, and the curve begins with a point at 0 % that is no row.
    tooltip: rowTooltip(table, style, 'axis', (id, index) =>
      id === rowsSeriesId && index > 0 ? percentiles.length + index - 1 : null,
    ),
    series: [
      ...marks.map(({ y, low, high }) =>
        bandSeries(
          `interval-p${y}`,
          [low, high].map((x) => ({ x, low: 0, high: y })),
          { color: colors.mutedText, opacity: 0.16 },
        ),
      ),
      ...marks.map(({ x, y }) => ({
        id: `guide-p${y}`,
        type: 'line' as const,
        silent: true,
        symbol: 'none',
        tooltip: { show: false },
        lineStyle: { color: colors.axis, width: 1, type: 'dashed' as const },
        data: [
          [x, 0],
          [x, y],
          [edge, y],
        ],
      })),
      curve,
      {
        id: 'percentile-points',
        type: 'scatter',
        silent: true,
        tooltip: { show: false },
        symbol: 'circle',
        symbolSize: 6,
        itemStyle: { color: colors.text },
        data: marks.map(({ x, y }) => [x, y]),
      },
      topMarks('limit', limit, style),
      pointLabels(
        'percentile-labels',
        marks.map(({ y, text }) => ({ x: edge, y, text })),
        style,
      ),
    ],
  };
  return {
    question: 'Which share of queries is answered within a given time?',
    summary,
    option: frameOption(summary, style, option),
    table,
  };
}

/** 0.07 becomes 7, not 7.000000000000001. */
function toPercent(share: number): number {
  return Number((share * 100).toPrecision(12));
}

function toTable(
  latencies: readonly number[],
  percents: readonly number[],
  percentiles: readonly MarkedPercentile[],
  { symbol, factor }: AxisUnit,
): ChartTable {
  const inAxisUnit = (ns: number | null) => (ns === null ? null : ns / factor);
  return {
    columns: [
      { label: 'Latency', unit: symbol },
      { label: 'Queries at or below', unit: '%' },
      { label: 'Percentile', unit: null },
      { label: 'Interval from', unit: symbol },
      { label: 'Interval to', unit: symbol },
    ],
    rows: [
      ...percentiles.map(({ percentile, latencyNs, lowNs, highNs }) => [
        inAxisUnit(latencyNs),
        percentile,
        `p${percentile}`,
        inAxisUnit(lowNs),
        inAxisUnit(highNs),
      ]),
      ...latencies.map((latency, index) => [latency, percents[index]!, null, null, null]),
    ],
  };
}

function summarize(data: LatencyDistribution, style: ChartStyle): string {
  const { latencyNs } = data.distribution;
  if (latencyNs.length === 0) return 'No queries were kept.';
  const text = (ns: number) => formatQuantity(ns, 'ns', style).text;
  return [
    `${formatCount(data.n, style)} ${data.n === 1 ? 'query' : 'queries'}, latency from ${text(smallestOf(latencyNs))} to ${text(largestOf(latencyNs))}.`,
    ...(data.percentiles ?? []).map((one) => `p${one.percentile}: ${formatPercentile(one, style)}.`),
  ].join(' ');
}
