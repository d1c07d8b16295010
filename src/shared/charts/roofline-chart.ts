import type { EChartsOption, LineSeriesOption } from 'echarts';
import type { Observed, Reading } from '../domain/provenance.ts';
import type { PeakPrecision, Roofline } from '../domain/roofline.ts';
import { disturbedPeaksWords, isShareMeaningless } from '../disturbed-peaks.ts';
import { formatQuantity } from '../units.ts';
import { logTicks, numberAxis, type AxisUnit } from './axis.ts';
import type { Chart, ChartStyle, ChartTable } from './chart.ts';
import { clearLabels } from './clear-labels.ts';
import { frameOption, plotArea, rowTooltip } from './frame.ts';
import { labelRoomPx, pointLabels, type PointLabel } from './labels.ts';
import { largestOf, smallestOf } from './numbers.ts';
import { chartColors, seriesMark } from './theme.ts';

/** A ceiling of the picture: a rate that the units were seen to reach. */
interface Ceiling {
  label: string;
  reading: Reading;
  /** The one that the model is held against. */
  isOwn: boolean;
}

const precisionNames: Readonly<Record<PeakPrecision, string>> = { float32: 'FP32', float16: 'FP16', int8: 'INT8' };
const modelSeriesId = 'model';
const bytesLabel = 'Operations per byte';

/**
 * Operations per second against operations per byte, both on log scales: the ceilings that were measured on this
 * machine, each with the slope on which the copy rate feeds it, and where the model is.
 */
export function rooflineChart(roofline: Roofline, model: string, style: ChartStyle): Chart {
  const { peaks, precision, flopsPerByte, achieved } = roofline;
  const ceilings = listCeilings(roofline);
  const copy = valueOf(peaks.copy);
  const isDrawable = flopsPerByte > 0 && achieved.value > 0;
  const rates = [achieved.value, ...ceilings.map(({ reading }) => reading.value)].filter((rate) => rate > 0);
  const highest = largestOf(rates);
  const unit = rateUnitFor(highest, precision === 'int8' ? 'OP/s' : 'FLOP/s');
  const ridges = copy === null ? [] : ceilings.map(({ reading }) => reading.value / copy);
  const bytes = [...(isDrawable ? [flopsPerByte] : []), ...ridges].filter((one) => one > 0);
  const { min: left, max: right } = logTicks((smallestOf(bytes) || 1) / 3, (largestOf(bytes) || 1) * 3);
  const { min: low, max: high } = logTicks(
    (smallestOf(rates) || unit.factor) / unit.factor / 2,
    ((highest || unit.factor) / unit.factor) * 1.2,
  );
  const roofs = ceilings.map(({ reading }) =>
    roofOf(reading.value / unit.factor, copy === null ? null : copy / unit.factor, { left, right, low }),
  );
  const text = ({ value, unit: symbol }: Reading) => formatQuantity(value, symbol, style).text;
  const labels: PointLabel[] = ceilings.map(({ label, reading }) => ({
    x: right,
    y: reading.value / unit.factor,
    text: `${label} ${text(reading)}`,
  }));
  const own: PointLabel[] = isDrawable
    ? [{ x: flopsPerByte, y: achieved.value / unit.factor, text: `${model} ${text(achieved)}` }]
    : [];
  const start = roofs[0]?.[0];
  const named: PointLabel[] =
    start === undefined || peaks.copy.status !== 'present'
      ? []
      : [{ x: start[0], y: start[1], text: `copy ${text(peaks.copy.value)}` }];
  const table = toTable(roofline, ceilings, model, unit);
  const option: EChartsOption = {
    grid: plotArea(labelRoomPx(labels, longestNamePx)),
    xAxis: numberAxis(
      { direction: 'horizontal', quantity: bytesLabel, unit: null, smallest: left, largest: right, scale: 'log' },
      style,
    ),
    yAxis: numberAxis(
      {
        direction: 'vertical',
        quantity: 'Operations per second',
        unit: unit.symbol,
        smallest: low,
        largest: high,
        scale: 'log',
      },
      style,
    ),
    tooltip: rowTooltip(table, style, 'item', (id) => (id === modelSeriesId ? 0 : null)),
    series: [
      ...ceilings.map(({ isOwn }, index) => roof(`ceiling-${index}`, roofs[index]!, isOwn, style)),
      {
        id: modelSeriesId,
        type: 'scatter',
        symbol: 'circle',
        symbolSize: 11,
        cursor: 'default',
        itemStyle: { color: seriesMark(0, style.colorScheme).color },
        data: own.map(({ x, y }) => [x, y]),
      },
      pointLabels('ceilings', labels, style, 0, longestNamePx),
      clearLabels('inside', [...own, ...named], roofs, style, longestNamePx),
    ],
  };
  const summary = summarize(roofline, model, ceilings, style);
  return {
    question: 'How near does it come to what this machine can do?',
    summary,
    option: frameOption(summary, style, option),
    table,
  };
}

const longestNamePx = 220;

function roof(id: string, data: [number, number][], isOwn: boolean, style: ChartStyle): LineSeriesOption {
  const colors = chartColors[style.colorScheme];
  return {
    id,
    type: 'line',
    silent: true,
    symbol: 'none',
    tooltip: { show: false },
    lineStyle: { color: isOwn ? colors.text : colors.axis, width: isOwn ? 1.5 : 1, type: isOwn ? 'solid' : 'dashed' },
    // The slope of the one that counts covers those of the others.
    z: isOwn ? 3 : 2,
    data,
  };
}

/**
 * One ceiling: from the edge of the plot up the slope to the ridge, where the copy rate just feeds it, then flat. Rates
 * in the unit of the axis, `copy` per byte; null: the copy rate is not known, and there is no slope.
 */
function roofOf(
  height: number,
  copy: number | null,
  { left, right, low }: { left: number; right: number; low: number },
): [number, number][] {
  if (copy === null) {
    return [
      [left, height],
      [right, height],
    ];
  }
  const from = Math.max(left, low / copy);
  return [
    [from, copy * from],
    [height / copy, height],
    [right, height],
  ];
}

function listCeilings({ peaks, precision }: Roofline): Ceiling[] {
  const of = (label: string, reading: Observed<Reading>, isOwn: boolean): Ceiling[] =>
    reading.status === 'present' && reading.value.value > 0 ? [{ label, reading: reading.value, isOwn }] : [];
  const precisions = Object.keys(precisionNames) as PeakPrecision[];
  return [
    ...precisions.flatMap((one) => of(`${precisionNames[one]} peak`, peaks.products[one], one === precision)),
    ...(peaks.threads === 1 ? [] : of('FP32, one thread', peaks.float32OneThread, false)),
  ];
}

function valueOf(reading: Observed<Reading>): number | null {
  return reading.status === 'present' && reading.value.value > 0 ? reading.value.value : null;
}

function rateUnitFor(value: number, symbol: string): AxisUnit {
  const prefixes = [
    { symbol: `T${symbol}`, factor: 1e12 },
    { symbol: `G${symbol}`, factor: 1e9 },
    { symbol: `M${symbol}`, factor: 1e6 },
  ];
  return prefixes.find(({ factor }) => value >= factor) ?? { symbol, factor: 1 };
}

function toTable(roofline: Roofline, ceilings: readonly Ceiling[], model: string, unit: AxisUnit): ChartTable {
  const { achieved, flopsPerByte, peaks } = roofline;
  return {
    columns: [
      { label: 'What', unit: null },
      { label: 'Rate', unit: unit.symbol },
      { label: bytesLabel, unit: null },
      { label: 'Bytes per second', unit: 'GiB/s' },
    ],
    rows: [
      [model, achieved.value / unit.factor, flopsPerByte, null],
      ...ceilings.map(({ label, reading }) => [label, reading.value / unit.factor, null, null]),
      ...(peaks.copy.status === 'present' ? [['Copy rate', null, null, peaks.copy.value.value / 1024 ** 3]] : []),
    ],
  };
}

function summarize(
  { achieved, flopsPerByte, peakShare, attainable, peaks }: Roofline,
  model: string,
  ceilings: readonly Ceiling[],
  style: ChartStyle,
): string {
  const text = ({ value, unit }: Reading) => formatQuantity(value, unit, style).text;
  const own = ceilings.find(({ isOwn }) => isOwn);
  return [
    `${model} computes ${text(achieved)} at ${new Intl.NumberFormat(style.locale, { maximumSignificantDigits: 3 }).format(flopsPerByte)} operations per byte.`,
    peakShare.status === 'present' && own !== undefined
      ? `That is ${text(peakShare.value)} of the ${own.label} of ${text(own.reading)}${isShareMeaningless(peakShare.value, peaks) ? `, but ${disturbedPeaksWords}` : ''}.`
      : 'No peak was measured to hold it against.',
    ...(attainable.status === 'present'
      ? [`${attainable.value.limit === 'memory' ? 'The memory' : 'The computing'} limits it.`]
      : []),
  ].join(' ');
}
