import type { EChartsOption, LineSeriesOption } from 'echarts';
import type { Validity } from '../domain/measurement.ts';
import { formatQuantity } from '../units.ts';
import {
  linearTicks,
  logTicks,
  numberAxis,
  scaleFor,
  throughputUnitFor,
  tickFormatter,
  timeUnitFor,
  type AxisScale,
  type AxisUnit,
} from './axis.ts';
import { bandSeries } from './band.ts';
import type { Chart, ChartStyle, ChartTable } from './chart.ts';
import type { Estimate } from './estimate.ts';
import { frameOption, rowTooltip, textWidthPx } from './frame.ts';
import { labelRoomPx, pointLabels } from './labels.ts';
import { largestOf, medianOf, smallestOf } from './numbers.ts';
import { chartColors, seriesMark, type SeriesMark } from './theme.ts';

/** What one batch size of a configuration reached. */
export interface BatchPoint {
  batch: number;
  /** Samples per second. */
  throughput: Estimate | null;
  /** Median latency of a query, ns. */
  p50Ns: Estimate | null;
  verdict: Validity['verdict'];
}

/** Configurations that differ in nothing but their batch size. */
export interface BatchLine {
  /** E.g. "cpu · 2 threads". */
  label: string;
  points: readonly BatchPoint[];
}

/** Throughput and median latency against batch size, one above the other; invalid results are hollow. */
export function batchCurve(lines: readonly BatchLine[], style: ChartStyle): Chart {
  const sorted = lines.map(({ label, points }) => ({
    label,
    points: [...points].sort((one, other) => one.batch - other.batch),
  }));
  const all = sorted.flatMap(({ points }) => points);
  const throughput = panelOf('throughput', 'Throughput', all, ({ throughput: one }) => one, throughputUnitFor);
  const latency = panelOf('latency', 'Median latency', all, ({ p50Ns }) => p50Ns, timeUnitFor);
  const table = toTable(sorted, throughput.unit, latency.unit);
  const panels = [throughput, latency];
  const right = labelRoomPx(
    sorted.map(({ label }, index) => ({ text: label, mark: seriesMark(index, style.colorScheme) })),
  );
  const left = 12 + Math.max(...panels.flatMap((panel) => labelWidthsPx(panel, style)));
  const summary = summarize(sorted, style);
  const firstRows = sorted.map((_, index) =>
    sorted.slice(0, index).reduce((sum, { points }) => sum + points.length, 0),
  );
  const option: EChartsOption = {
    // Both plots begin at the same place, and leave room for their labels and names.
    grid: [
      { left, right, top: 26, bottom: '57%', outerBoundsMode: 'none' },
      { left, right, top: '56%', bottom: 44, outerBoundsMode: 'none' },
    ],
    xAxis: panels.map((_, gridIndex) => ({ ...batchAxis(all, gridIndex === 1, style), gridIndex })),
    yAxis: panels.map((panel, gridIndex) => ({ ...panelAxis(panel, style), gridIndex })),
    tooltip: rowTooltip(table, style, 'item', (id, index) => {
      const [panel, line] = id.split('-');
      return panels.some((one) => one.id === panel) ? (firstRows[Number(line)] ?? 0) + index : null;
    }),
    series: panels.flatMap((panel, panelIndex) => [
      ...sorted.flatMap((line, index) => drawLine(panel, panelIndex, line.points, index, style)),
      pointLabels(
        `labels-${panel.id}`,
        sorted.flatMap(({ label, points }, index) => {
          const last = points.findLast((point) => panel.read(point) !== null);
          const estimate = last === undefined ? null : panel.read(last);
          if (last === undefined || estimate === null) return [];
          const y = estimate.value / panel.unit.factor;
          return [{ x: last.batch, y, text: label, mark: seriesMark(index, style.colorScheme) }];
        }),
        style,
        panelIndex,
      ),
    ]),
  };
  return {
    question: 'What does a larger batch gain in throughput and cost in latency?',
    summary,
    option: frameOption(summary, style, option),
    table,
  };
}

interface Panel {
  id: string;
  quantity: string;
  unit: AxisUnit;
  scale: AxisScale;
  smallest: number;
  largest: number;
  read: (point: BatchPoint) => Estimate | null;
}

function panelOf(
  id: string,
  quantity: string,
  points: readonly BatchPoint[],
  read: Panel['read'],
  unitFor: (value: number) => AxisUnit,
): Panel {
  const estimates = points.map(read).filter((one) => one !== null);
  const ends = estimates.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]);
  const [smallest, largest] = [smallestOf(ends), largestOf(ends)];
  // Between batch sizes, what is typical is everything from the smallest on.
  const scale = scaleFor(smallest, smallest, largest);
  const unit = unitFor(scale === 'log' ? medianOf(estimates.map(({ value }) => value)) : largest);
  return { id, quantity, unit, scale, smallest: smallest / unit.factor, largest: largest / unit.factor, read };
}

function panelAxis({ quantity, unit, scale, smallest, largest }: Panel, style: ChartStyle) {
  const axis = numberAxis({ direction: 'vertical', quantity, unit: unit.symbol, smallest, largest, scale }, style);
  if (scale === 'log') return axis;
  const { step, ticks } = linearTicks(largest);
  return { ...axis, interval: step, max: ticks.at(-1) ?? 1 };
}

function labelWidthsPx({ scale, smallest, largest }: Panel, style: ChartStyle): number[] {
  const { ticks } = scale === 'log' ? logTicks(smallest, largest) : linearTicks(largest);
  const format = tickFormatter(style);
  return ticks.map((tick) => textWidthPx(format(tick)));
}

/** Batch sizes are multiplied from one to the next, so their axis is a log axis, labelled where something was measured. */
function batchAxis(points: readonly BatchPoint[], isNamed: boolean, style: ChartStyle) {
  const batches = [...new Set(points.map(({ batch }) => batch))].sort((one, other) => one - other);
  const [smallest, largest] = [batches[0] ?? 1, batches.at(-1) ?? 1];
  const axis = numberAxis(
    { direction: 'horizontal', quantity: 'Batch size', unit: null, smallest, largest, scale: 'log' },
    style,
  );
  const margin = smallest === largest ? 2 : (largest / smallest) ** 0.03;
  return {
    ...axis,
    ...(isNamed ? {} : { name: '' }),
    min: smallest / margin,
    max: largest * margin,
    axisTick: { show: false, customValues: batches },
    axisLabel: { ...axis.axisLabel, customValues: batches },
    splitLine: { show: false },
  };
}

function drawLine(
  { id, unit, read }: Panel,
  axisIndex: number,
  points: readonly BatchPoint[],
  index: number,
  style: ChartStyle,
) {
  const mark = seriesMark(index, style.colorScheme);
  const band = points.flatMap((point) => {
    const estimate = read(point);
    if (estimate === null) return [];
    const { value, low, high } = estimate;
    return [{ x: point.batch, low: (low ?? value) / unit.factor, high: (high ?? value) / unit.factor }];
  });
  const line: LineSeriesOption = {
    id: `${id}-${index}`,
    type: 'line',
    xAxisIndex: axisIndex,
    yAxisIndex: axisIndex,
    symbol: mark.symbol,
    symbolSize: 7,
    showAllSymbol: true,
    connectNulls: true,
    lineStyle: { color: mark.color, width: 1.5, type: mark.line },
    itemStyle: { color: mark.color },
    emphasis: { disabled: true },
    data: points.map((point) => toItem(point, read(point), unit, mark, style)),
  };
  return [bandSeries(`interval-${id}-${index}`, band, { color: mark.color, opacity: 0.2 }, axisIndex), line];
}

function toItem(
  { batch, verdict }: BatchPoint,
  estimate: Estimate | null,
  unit: AxisUnit,
  mark: SeriesMark,
  style: ChartStyle,
) {
  const value = [batch, estimate === null ? null : estimate.value / unit.factor] as [number, number];
  if (verdict !== 'INVALID') return { value };
  const hollow = { color: chartColors[style.colorScheme].background, borderColor: mark.color, borderWidth: 1.5 };
  return { value, itemStyle: hollow };
}

function toTable(lines: readonly BatchLine[], throughputUnit: AxisUnit, latencyUnit: AxisUnit): ChartTable {
  const cells = (estimate: Estimate | null, { factor }: AxisUnit) =>
    estimate === null
      ? [null, null, null]
      : [estimate.value, estimate.low, estimate.high].map((one) => (one === null ? null : one / factor));
  const columns = (label: string, { symbol }: AxisUnit) =>
    [label, `${label} from`, `${label} to`].map((one) => ({ label: one, unit: symbol }));
  return {
    columns: [
      { label: 'Configuration', unit: null },
      { label: 'Batch size', unit: null },
      ...columns('Throughput', throughputUnit),
      ...columns('Median latency', latencyUnit),
      { label: 'Verdict', unit: null },
    ],
    rows: lines.flatMap(({ label, points }) =>
      points.map(({ batch, throughput, p50Ns, verdict }) => [
        label,
        batch,
        ...cells(throughput, throughputUnit),
        ...cells(p50Ns, latencyUnit),
        verdict,
      ]),
    ),
  };
}

function summarize(lines: readonly BatchLine[], style: ChartStyle): string {
  const sentences = lines.flatMap(({ label, points }) => {
    const valid = points.filter(({ verdict }) => verdict !== 'INVALID');
    const best = valid.reduce<BatchPoint | null>(
      (one, other) => ((other.throughput?.value ?? 0) > (one?.throughput?.value ?? 0) ? other : one),
      null,
    );
    const invalid = points.length - valid.length;
    const remark = invalid === 0 ? '' : `, ${invalid} of ${points.length} invalid`;
    if (best?.throughput == null) return [`${label}: no valid throughput${remark}.`];
    const text = formatQuantity(best.throughput.value, 'samples/s', style).text;
    return [`${label}: largest throughput ${text} at batch size ${best.batch}${remark}.`];
  });
  return sentences.length === 0 ? 'No batch sizes were measured.' : sentences.join(' ');
}
