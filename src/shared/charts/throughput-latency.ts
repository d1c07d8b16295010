import type { CustomSeriesOption, EChartsOption, LineSeriesOption } from 'echarts';
import type { ServiceLevel } from '../domain/plan.ts';
import type { Reading } from '../domain/provenance.ts';
import { formatQuantity } from '../units.ts';
import {
  linearTicks,
  numberAxis,
  scaleFor,
  throughputUnitFor,
  timeUnitFor,
  type AxisScale,
  type AxisUnit,
} from './axis.ts';
import type { Chart, ChartStyle, ChartTable } from './chart.ts';
import { toCells, toColumns, toEstimate } from './estimate.ts';
import { frameOption, plotArea, rowTooltip } from './frame.ts';
import { labelRoomPx, levelLine, pointLabels, type PointLabel } from './labels.ts';
import { largestOf, medianOf, smallestOf } from './numbers.ts';
import { chartColors, seriesMark } from './theme.ts';

/** A configuration with both of its readings. */
export interface TradeOffPoint {
  id: string;
  /** E.g. "batch 8"; what the line has in common is its label. */
  label: string;
  throughput: Reading;
  latency: Reading;
  isValid: boolean;
  isOnFront: boolean;
}

export interface TradeOffLine {
  label: string;
  points: readonly TradeOffPoint[];
}

export interface TradeOff {
  lines: readonly TradeOffLine[];
  /** Of the latency, e.g. 99. */
  percentile: number;
  serviceLevel: ServiceLevel | null;
  /** The configuration to choose, and the one that the reader points at. */
  sweetSpotId: string | null;
  pointedId: string | null;
}

/**
 * Latency against throughput, one line for configurations that differ in the batch alone. What nothing surely beats in
 * both is filled and joined by a step line, the rest is faint, invalid results are hollow.
 */
export function throughputLatency(data: TradeOff, style: ChartStyle): Chart {
  const { lines, percentile, serviceLevel } = data;
  const points = lines.flatMap((line) => line.points);
  const throughput = scaleOf(
    points.map((one) => one.throughput),
    [],
    throughputUnitFor,
  );
  const limits = serviceLevel === null ? [] : [serviceLevel.latencyMs * 1e6];
  const latency = scaleOf(
    points.map((one) => one.latency),
    limits,
    timeUnitFor,
  );
  const place = (one: TradeOffPoint): [number, number] => [
    one.throughput.value / throughput.unit.factor,
    one.latency.value / latency.unit.factor,
  ];
  const table = toTable(data, throughput.unit, latency.unit);
  const firstRows = lines.map((_, index) => lines.slice(0, index).reduce((sum, line) => sum + line.points.length, 0));
  const horizontal = withEvenSteps(
    numberAxis({ direction: 'horizontal', quantity: 'Throughput', ...axisOf(throughput) }, style),
    throughput,
  );
  const vertical = withEvenSteps(
    numberAxis({ direction: 'vertical', quantity: `p${percentile} latency of a query`, ...axisOf(latency) }, style),
    latency,
  );
  const labels = toLabels(data, place, latency.unit, horizontal, style);
  const option: EChartsOption = {
    grid: plotArea(labelRoomPx(labels, longestNamePx)),
    xAxis: horizontal,
    yAxis: vertical,
    tooltip: rowTooltip(table, style, 'item', (id, index) => {
      const [kind, line] = id.split('-');
      return kind === 'line' ? (firstRows[Number(line)] ?? 0) + index : null;
    }),
    series: [
      ...limits.map((limitNs) =>
        levelLine('limit', limitNs / latency.unit.factor, horizontal.min, horizontal.max ?? horizontal.min, {
          color: chartColors[style.colorScheme].text,
          type: 'dashed',
        }),
      ),
      frontLine(points, place, style),
      ...lines.flatMap((line, index) => [
        whiskers(line, index, throughput.unit, latency.unit, style),
        drawLine(line, index, place, style),
      ]),
      ring(
        'sweet-spot',
        points.find(({ id }) => id === data.sweetSpotId),
        place,
        { widthPx: 2, radiusPx: 9 },
        style,
      ),
      ring(
        'pointed',
        points.find(({ id }) => id === data.pointedId),
        place,
        { widthPx: 1, radiusPx: 12 },
        style,
      ),
      pointLabels('labels', labels, style, 0, longestNamePx),
    ],
  };
  const summary = summarize(data, points, style);
  return {
    question: 'What does more throughput cost in latency?',
    summary,
    option: frameOption(summary, style, option),
    table,
  };
}

/** The configuration that a point of the picture is; null for anything else in it. */
export function tradeOffIdAt({ lines }: Pick<TradeOff, 'lines'>, seriesId: string, index: number): string | null {
  const [kind, line] = seriesId.split('-');
  return kind === 'line' ? (lines[Number(line)]?.points[index]?.id ?? null) : null;
}

interface Scaled {
  unit: AxisUnit;
  scale: AxisScale;
  smallest: number;
  largest: number;
}

function scaleOf(
  readings: readonly Reading[],
  others: readonly number[],
  unitFor: (value: number) => AxisUnit,
): Scaled {
  const values = [...readings.map(({ value }) => value), ...others];
  const bounds = readings.flatMap(({ interval }) => [interval?.low, interval?.high].filter((one) => one != null));
  const ends = [...values, ...bounds];
  const [smallest, largest] = [smallestOf(ends), largestOf(ends)];
  const scale = scaleFor(smallest, smallest, largest);
  const unit = unitFor(scale === 'log' ? medianOf(values) : largest);
  return { unit, scale, smallest: smallest / unit.factor, largest: largest / unit.factor };
}

function axisOf({ unit, ...rest }: Scaled) {
  return { ...rest, unit: unit.symbol };
}

function withEvenSteps(axis: ReturnType<typeof numberAxis>, { scale, largest }: Scaled) {
  if (scale === 'log') return axis;
  const { step, ticks } = linearTicks(largest);
  return { ...axis, interval: step, max: ticks.at(-1) ?? 1 };
}

type Place = (point: TradeOffPoint) => [number, number];

function drawLine({ points }: TradeOffLine, index: number, place: Place, style: ChartStyle): LineSeriesOption {
  const mark = seriesMark(index, style.colorScheme);
  const { background } = chartColors[style.colorScheme];
  return {
    id: `line-${index}`,
    type: 'line',
    symbol: mark.symbol,
    showAllSymbol: true,
    emphasis: { disabled: true },
    lineStyle: { color: mark.color, width: 1, type: mark.line, opacity: 0.5 },
    data: points.map((point) => ({
      value: place(point),
      symbolSize: point.isOnFront ? 9 : 7,
      itemStyle: point.isValid
        ? { color: mark.color, opacity: point.isOnFront ? 1 : 0.45 }
        : { color: background, borderColor: mark.color, borderWidth: 1.5 },
    })),
  };
}

/** Intervals in both directions, as thin bars. */
function whiskers(
  { points }: TradeOffLine,
  index: number,
  throughputUnit: AxisUnit,
  latencyUnit: AxisUnit,
  style: ChartStyle,
): CustomSeriesOption {
  const { color } = seriesMark(index, style.colorScheme);
  const boundsOf = ({ value, interval }: Reading, { factor }: AxisUnit): [number, number] => [
    (interval?.low ?? value) / factor,
    (interval?.high ?? value) / factor,
  ];
  return {
    id: `whiskers-${index}`,
    type: 'custom',
    silent: true,
    clip: true,
    tooltip: { show: false },
    data: points.map(({ throughput, latency }) => [
      throughput.value / throughputUnit.factor,
      latency.value / latencyUnit.factor,
    ]),
    renderItem: ({ dataIndex }, api) => {
      const { throughput, latency } = points[dataIndex]!;
      const [left, right] = boundsOf(throughput, throughputUnit);
      const [low, high] = boundsOf(latency, latencyUnit);
      const [x, y] = [throughput.value / throughputUnit.factor, latency.value / latencyUnit.factor];
      const line = (from: [number, number], to: [number, number]) => {
        const [x1 = 0, y1 = 0] = api.coord(from);
        const [x2 = 0, y2 = 0] = api.coord(to);
        return {
          type: 'line' as const,
          shape: { x1, y1, x2, y2 },
          style: { stroke: color, lineWidth: 1, opacity: 0.6 },
        };
      };
      return { type: 'group', children: [line([left, y], [right, y]), line([x, low], [x, high])] };
    },
  };
}

/**
 * What can be had at most for each throughput, as steps. It leads through the points whose values nothing beats; more
 * are filled, because intervals that overlap say nothing.
 */
function frontLine(points: readonly TradeOffPoint[], place: Place, style: ChartStyle): LineSeriesOption {
  const front = points
    .filter(({ isOnFront }) => isOnFront)
    .map(place)
    .sort(([one], [other]) => one - other)
    .filter(([, latency], index, sorted) => sorted.slice(index + 1).every(([, slower]) => slower > latency));
  return {
    id: 'front',
    type: 'line',
    step: 'start',
    silent: true,
    symbol: 'none',
    tooltip: { show: false },
    lineStyle: { color: chartColors[style.colorScheme].axis, width: 1.5 },
    data: front,
  };
}

/** A ring around a point; always there, so that a picture is changed by merging. */
function ring(
  id: string,
  point: TradeOffPoint | undefined,
  place: Place,
  { widthPx, radiusPx }: { widthPx: number; radiusPx: number },
  style: ChartStyle,
): CustomSeriesOption {
  return {
    id,
    type: 'custom',
    silent: true,
    clip: false,
    tooltip: { show: false },
    z: 5,
    data: point === undefined ? [] : [place(point)],
    renderItem: (_, api) => {
      const [cx = 0, cy = 0] = api.coord([api.value(0), api.value(1)]);
      return {
        type: 'circle',
        shape: { cx, cy, r: radiusPx },
        style: { fill: 'none', stroke: chartColors[style.colorScheme].text, lineWidth: widthPx },
      };
    },
  };
}

/** Names of lines say what sets them apart, which may be several things. */
const longestNamePx = 190;
/** Beyond it only lines with a point on the front are named. */
const mostNamed = 8;

function toLabels(
  { lines, serviceLevel, sweetSpotId }: TradeOff,
  place: Place,
  latencyUnit: AxisUnit,
  { max, min }: ReturnType<typeof numberAxis>,
  style: ChartStyle,
): PointLabel[] {
  const named =
    lines.length <= mostNamed ? lines : lines.filter((line) => line.points.some((point) => point.isOnFront));
  const ofLines = named.flatMap((line): PointLabel[] => {
    const last = line.points.at(-1);
    if (last === undefined) return [];
    const [x, y] = place(last);
    return [{ x, y, text: line.label, mark: seriesMark(lines.indexOf(line), style.colorScheme) }];
  });
  const spot = lines
    .flatMap((line) => line.points.map((point) => ({ point, line })))
    .find(({ point }) => point.id === sweetSpotId);
  const ofSpot = spot === undefined ? [] : [{ ...toPlace(place(spot.point)), text: 'sweet spot', radiusPx: 6 }];
  if (serviceLevel === null) return [...ofLines, ...ofSpot];
  const limitNs = serviceLevel.latencyMs * 1e6;
  const limit = {
    x: max ?? min,
    y: limitNs / latencyUnit.factor,
    text: `limit ${formatQuantity(limitNs, 'ns', style).text}`,
  };
  return [...ofLines, ...ofSpot, limit];
}

function toPlace([x, y]: [number, number]): { x: number; y: number } {
  return { x, y };
}

function toTable({ lines, percentile }: TradeOff, throughputUnit: AxisUnit, latencyUnit: AxisUnit): ChartTable {
  return {
    columns: [
      { label: 'Line', unit: null },
      { label: 'Configuration', unit: null },
      ...toColumns('Throughput', throughputUnit.symbol),
      ...toColumns(`p${percentile} latency`, latencyUnit.symbol),
      { label: 'Pareto front', unit: null },
    ],
    rows: lines.flatMap((line) =>
      line.points.map(({ label, throughput, latency, isValid, isOnFront }) => [
        line.label,
        label,
        ...toCells(toEstimate(throughput), throughputUnit.factor),
        ...toCells(toEstimate(latency), latencyUnit.factor),
        isOnFront ? 'on it' : isValid ? 'behind it' : 'invalid',
      ]),
    ),
  };
}

function summarize({ percentile, sweetSpotId }: TradeOff, points: readonly TradeOffPoint[], style: ChartStyle): string {
  if (points.length === 0) return 'No configuration has both a throughput and a latency.';
  const onFront = points.filter(({ isOnFront }) => isOnFront).length;
  const spot = points.find(({ id }) => id === sweetSpotId);
  const count = `${points.length} ${points.length === 1 ? 'configuration' : 'configurations'}, ${onFront} on the Pareto front.`;
  if (spot === undefined) return count;
  const [throughput, latency] = [
    formatQuantity(spot.throughput.value, 'samples/s', style).text,
    formatQuantity(spot.latency.value, 'ns', style).text,
  ];
  return `${count} Sweet spot: ${spot.label} with ${throughput} at p${percentile} ${latency}.`;
}
