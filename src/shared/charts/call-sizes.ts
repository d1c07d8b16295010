import type { BarSeriesOption, EChartsOption } from 'echarts';
import { formatCount, formatQuantity } from '../units.ts';
import { numberAxis } from './axis.ts';
import type { Chart, ChartStyle, ChartTable } from './chart.ts';
import { frameOption, plotArea, rowsSeriesId, rowTooltip } from './frame.ts';
import { largestOf } from './numbers.ts';
import { chartColors, seriesMark } from './theme.ts';

/** Calls of a model that held so many queries. */
export interface CallSize {
  queries: number;
  calls: number;
  /** Mean time of one, ns. */
  meanServiceNs: number;
}

/** How many queries a server put together: the share of calls by the number of queries in them. */
export function callSizes(sizes: readonly CallSize[], style: ChartStyle): Chart {
  const sorted = [...sizes].sort((one, other) => one.queries - other.queries);
  const total = sorted.reduce((sum, { calls }) => sum + calls, 0);
  const shares = sorted.map(({ calls }) => (total === 0 ? 0 : (100 * calls) / total));
  const table: ChartTable = {
    columns: [
      { label: 'Queries in a call', unit: null },
      { label: 'Calls', unit: null },
      { label: 'Share of calls', unit: '%' },
      { label: 'Mean service time', unit: 'ms' },
    ],
    rows: sorted.map(({ queries, calls, meanServiceNs }, index) => [
      queries,
      calls,
      Number(shares[index]!.toPrecision(6)),
      meanServiceNs / 1e6,
    ]),
  };
  const colors = chartColors[style.colorScheme];
  const bars: BarSeriesOption = {
    id: rowsSeriesId,
    type: 'bar',
    barMaxWidth: 36,
    barCategoryGap: '20%',
    itemStyle: { color: seriesMark(0, style.colorScheme).color, opacity: 0.8 },
    data: shares,
  };
  const option: EChartsOption = {
    grid: plotArea(),
    xAxis: {
      type: 'category',
      data: sorted.map(({ queries }) => formatCount(queries, style)),
      name: 'Queries in a call',
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: { color: colors.mutedText },
      axisLine: { show: true, lineStyle: { color: colors.axis } },
      axisTick: { show: false },
      axisLabel: { color: colors.mutedText, hideOverlap: true },
    },
    yAxis: numberAxis(
      { direction: 'vertical', quantity: 'Calls', unit: '%', smallest: 0, largest: largestOf(shares) },
      style,
    ),
    tooltip: rowTooltip(table, style, 'item'),
    series: [bars],
  };
  const summary = summarize(sorted, total, style);
  return {
    question: 'How many queries share one call of the model?',
    summary,
    option: frameOption(summary, style, option),
    table,
  };
}

function summarize(sizes: readonly CallSize[], total: number, style: ChartStyle): string {
  const [largest] = sizes.toSorted((one, other) => other.calls - one.calls);
  if (largest === undefined) return 'No calls were made.';
  const queries = sizes.reduce((sum, { queries: each, calls }) => sum + each * calls, 0);
  const mean = new Intl.NumberFormat(style.locale, { maximumSignificantDigits: 3 }).format(queries / total);
  return (
    `${formatCount(total, style)} calls with ${mean} queries on average; ` +
    `most often ${formatCount(largest.queries, style)}, which take ${formatQuantity(largest.meanServiceNs, 'ns', style).text}.`
  );
}
