import type { CustomSeriesOption, EChartsOption } from 'echarts';
import { formatCount, formatQuantity } from '../units.ts';
import { inUnit, numberAxis, scaleFor, timeUnitFor, type AxisScale } from './axis.ts';
import { toBins } from './bins.ts';
import type { Chart, ChartStyle, ChartTable } from './chart.ts';
import { limitMarks, quantileOf, type LatencyDistribution } from './distribution.ts';
import { frameOption, plotArea, rowsSeriesId, rowTooltip } from './frame.ts';
import { largestOf, smallestOf } from './numbers.ts';
import { seriesMark } from './theme.ts';
import { topMarks } from './top-marks.ts';

/** How often each latency occurred: the share of queries in bins of equal width, or of equal ratio on a log axis. */
export function latencyHistogram(data: LatencyDistribution & { scale?: AxisScale }, style: ChartStyle): Chart {
  const { latencyNs } = data.distribution;
  const [smallestNs, largestNs, medianNs] = [smallestOf(latencyNs), largestOf(latencyNs), quantileOf(data, 0.5)];
  const scale = data.scale ?? scaleFor(medianNs, smallestNs, largestNs);
  const unit = timeUnitFor(scale === 'log' ? medianNs : largestNs);
  const bins = toBins(data, scale);
  const edges = inUnit(bins.edgesNs, unit);
  const percents = bins.shares.map((share) => Number((share * 100).toPrecision(10)));
  const width =
    scale === 'log'
      ? `${bins.step} bins per power of ten`
      : `per bin of ${formatQuantity(bins.step, 'ns', style).text}`;
  const table: ChartTable = {
    columns: [
      { label: 'Latency from', unit: unit.symbol },
      { label: 'Latency below', unit: unit.symbol },
      { label: 'Queries', unit: '%' },
    ],
    rows: percents.map((percent, index) => [edges[index]!, edges[index + 1]!, percent]),
  };
  const marks = [
    ...(data.percentiles ?? []).map(({ percentile, latencyNs: ns }) => ({
      from: ns / unit.factor,
      to: ns / unit.factor,
      label: `p${percentile}`,
    })),
    ...limitMarks(data.limitNs ?? null, unit, style),
  ];
  const hasMarksAbove = marks.length > 0;
  const summary = summarize(data, percents, edges, unit.symbol, style);
  const places = [...edges, ...marks.map(({ from }) => from)];
  const [first, last] = [smallestOf(places), largestOf(places)];
  // The shape is what is asked for, so the axis covers the bins only; a bin alone would fill the plot.
  const margin = edges.length === 2 ? (last - first) * 5 : 0;
  const option: EChartsOption = {
    grid: plotArea(),
    xAxis: {
      ...numberAxis(
        {
          direction: 'horizontal',
          quantity: 'Latency',
          unit: unit.symbol,
          smallest: first,
          largest: last + margin,
          scale,
          from: first - margin,
          fitsData: true,
        },
        style,
      ),
      splitLine: { show: false },
    },
    yAxis: numberAxis(
      {
        direction: 'vertical',
        quantity: 'Queries',
        unit: bins.shares.length === 0 ? '%' : `%, ${width}`,
        smallest: 0,
        largest: largestOf(percents),
        hasMarksAbove,
      },
      style,
    ),
    tooltip: rowTooltip(table, style, 'item'),
    series: [bars(edges, percents, style), topMarks('percentiles', marks, style)],
  };
  return {
    question: 'Around which latencies do queries gather?',
    summary,
    option: frameOption(summary, style, option),
    table,
  };
}

function bars(edges: readonly number[], percents: readonly number[], style: ChartStyle): CustomSeriesOption {
  const { color } = seriesMark(0, style.colorScheme);
  return {
    id: rowsSeriesId,
    type: 'custom',
    clip: true,
    dimensions: ['from', 'to', 'percent'],
    encode: { x: ['from', 'to'], y: 'percent' },
    data: percents.map((percent, index) => [edges[index]!, edges[index + 1]!, percent]),
    renderItem: (_params, api) => {
      const [left = 0, top = 0] = api.coord([api.value('from'), api.value('percent')]);
      const [right = 0, bottom = 0] = api.coord([api.value('to'), 0]);
      // A gap of half a pixel on either side, where there is room for one.
      const gap = right - left > 4 ? 0.5 : 0;
      return {
        type: 'rect',
        shape: { x: left + gap, y: top, width: Math.max(right - left - 2 * gap, 0.5), height: bottom - top },
        style: { fill: color, opacity: 0.8 },
      };
    },
  };
}

function summarize(
  data: LatencyDistribution,
  percents: readonly number[],
  edges: readonly number[],
  unit: string,
  style: ChartStyle,
): string {
  if (percents.length === 0) return 'No queries were kept.';
  const fullest = percents.indexOf(largestOf(percents));
  const number = (value: number) => new Intl.NumberFormat(style.locale, { maximumSignificantDigits: 4 }).format(value);
  return (
    `${formatCount(data.n, style)} ${data.n === 1 ? 'query' : 'queries'} in ${formatCount(percents.length, style)} ` +
    `${percents.length === 1 ? 'bin' : 'bins'}; the fullest, from ${number(edges[fullest]!)} to ` +
    `${number(edges[fullest + 1]!)} ${unit}, holds ${number(percents[fullest]!)} %.`
  );
}
