import type { EChartsOption } from 'echarts';
import { formatCount, formatReading } from '../units.ts';
import type { Reading } from '../domain/provenance.ts';
import { inUnit, numberAxis, timeUnitFor } from './axis.ts';
import { bandSeries } from './band.ts';
import type { Chart, ChartStyle, ChartTable } from './chart.ts';
import { frameOption, plotArea, rowsSeriesId, rowTooltip } from './frame.ts';
import { labelRoomPx, levelLine, pointLabels, type PointLabel } from './labels.ts';
import { largestOf, medianOf, smallestOf } from './numbers.ts';
import { marginBounds, marginLabel, marginParts, speedupAxis } from './ratio-axis.ts';
import { chartColors, seriesMark } from './theme.ts';

/** The pairs of a comparison as `comparisons.pairs` answers them. */
export interface PairRatios {
  /** Median latency of each block, ns, in the order of measuring. */
  baselineNs: readonly number[];
  candidateNs: readonly number[];
  /** Differences within this share count as none. */
  margin: number;
  /** Mean over the pairs with its interval; null where there is none. */
  speedup: Reading | null;
  /** False: the pairs are no result and are drawn hollow. */
  counts: boolean;
}

/** The speed-up of every pair in order of time, against the margin within which nothing differs. */
export function pairRatios(data: PairRatios, style: ChartStyle): Chart {
  const { baselineNs, candidateNs, margin, speedup } = data;
  const n = Math.min(baselineNs.length, candidateNs.length);
  const ratios = Array.from({ length: n }, (_, index) => baselineNs[index]! / candidateNs[index]!);
  const ends = { from: 0, to: n + 1 };
  const interval = boundsOf(speedup);
  const drawn = [...ratios, ...(speedup === null ? [] : [speedup.value]), ...interval];
  const table = toTable(data, ratios);
  const summary = summarize(data, ratios, style);
  const { color } = seriesMark(0, style.colorScheme);
  const labels: PointLabel[] = [
    marginLabel(margin, ends.to, style),
    ...(speedup === null ? [] : [{ x: ends.to, y: speedup.value, text: `mean ${formatReading(speedup, style).text}` }]),
  ];
  const option: EChartsOption = {
    grid: plotArea(labelRoomPx(labels)),
    xAxis: numberAxis(
      {
        direction: 'horizontal',
        quantity: 'Pair of blocks, in order of time',
        unit: null,
        smallest: 0,
        largest: ends.to,
        fitsData: true,
      },
      style,
    ),
    yAxis: speedupAxis(drawn, margin, style),
    tooltip: rowTooltip(table, style, 'item'),
    series: [
      ...marginParts(margin, ends, style),
      ...meanParts(speedup, interval, ends, color),
      points(ratios, data.counts, style),
      pointLabels('labels', labels, style),
    ],
  };
  return {
    question: 'How many times as fast is the candidate, pair by pair?',
    summary,
    option: frameOption(summary, style, option),
    table,
  };
}

function points(ratios: readonly number[], counts: boolean, style: ChartStyle) {
  const { color } = seriesMark(0, style.colorScheme);
  const { background } = chartColors[style.colorScheme];
  return {
    id: rowsSeriesId,
    type: 'scatter' as const,
    symbol: 'circle',
    symbolSize: ratios.length > 300 ? 4 : 6,
    itemStyle: counts ? { color, opacity: 0.75 } : { color: background, borderColor: color, borderWidth: 1.2 },
    emphasis: { disabled: true },
    data: ratios.map((ratio, index) => [index + 1, ratio]),
  };
}

function boundsOf(speedup: Reading | null): number[] {
  return [speedup?.interval?.low, speedup?.interval?.high].filter((bound) => bound != null);
}

function meanParts(
  speedup: Reading | null,
  interval: readonly number[],
  { from, to }: { from: number; to: number },
  color: string,
) {
  if (speedup === null) return [];
  const mean = levelLine('mean', speedup.value, from, to, { color, type: 'dashed' });
  const [low, high] = interval;
  if (low === undefined || high === undefined) return [mean];
  const points = [from, to].map((x) => ({ x, low, high }));
  return [bandSeries('interval', points, { color, opacity: 0.3 }), mean];
}

function toTable({ baselineNs, candidateNs }: PairRatios, ratios: readonly number[]): ChartTable {
  const unit = timeUnitFor(medianOf(baselineNs));
  const [baseline, candidate] = [inUnit(baselineNs, unit), inUnit(candidateNs, unit)];
  return {
    columns: [
      { label: 'Pair', unit: null },
      { label: 'Baseline', unit: unit.symbol },
      { label: 'Candidate', unit: unit.symbol },
      { label: 'Speed-up', unit: '×' },
    ],
    rows: ratios.map((ratio, index) => [index + 1, baseline[index]!, candidate[index]!, ratio]),
  };
}

function summarize({ margin, speedup, counts }: PairRatios, ratios: readonly number[], style: ChartStyle): string {
  if (ratios.length === 0) return 'No pairs were measured.';
  const text = (value: number) =>
    formatReading({ value, unit: '1', kind: 'measured', interval: null, n: null }, style).text;
  const { low, high } = marginBounds(margin);
  const count = (picked: (ratio: number) => boolean) => formatCount(ratios.filter(picked).length, style);
  const sentences = [
    `${formatCount(ratios.length, style)} ${ratios.length === 1 ? 'pair' : 'pairs'}, speed-up from ${text(smallestOf(ratios))} to ${text(largestOf(ratios))}.`,
    ...(speedup === null ? [] : [describeMean(speedup, style)]),
    `The margin is from ${text(low)} to ${text(high)}: ${count((ratio) => ratio > high)} above it, ${count((ratio) => ratio < low)} below it.`,
    ...(counts ? [] : ['They are no result.']),
  ];
  return sentences.join(' ');
}

function describeMean(speedup: Reading, style: ChartStyle): string {
  const { text, interval } = formatReading(speedup, style);
  return interval === null ? `Mean ${text}.` : `Mean ${text}, interval ${interval}.`;
}
