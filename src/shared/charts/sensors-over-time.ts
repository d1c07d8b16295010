import type { EChartsOption } from 'echarts';
import { formatQuantity } from '../units.ts';
import { inUnit, linearTicks, logTicks, numberAxis, scaleFor, tickFormatter, timeUnitFor } from './axis.ts';
import { bandSeries } from './band.ts';
import type { Chart, ChartCell, ChartStyle, ChartTable } from './chart.ts';
import { frameOption, rowsSeriesId, textWidthPx } from './frame.ts';
import type { LatencyOverTime, MarkedSpan } from './latency-over-time.ts';
import { largestOf, medianOf, smallestOf } from './numbers.ts';
import {
  panelAxis,
  panelGrids,
  panelHeightPx,
  panelSeries,
  panelTicks,
  toSensorPanel,
  type SensorPanel,
  type SensorReadings,
} from './sensor-panels.ts';
import { seriesMark } from './theme.ts';
import { topMarks } from './top-marks.ts';

/** One engine process: its latencies, and below them what the sensors read meanwhile. */
export interface SensorsOverTime {
  /** null: no samples were kept. */
  latency: LatencyOverTime['overTime'] | null;
  sensors: readonly SensorReadings[];
  /** In which something was throttled. */
  spans: readonly MarkedSpan[];
}

const rightPx = 96;
const traceHeightPx = 240;

/** Height that the picture needs with so many sensors, px. */
export function sensorsHeightPx(sensors: number): number {
  return traceHeightPx + sensors * panelHeightPx;
}

/** Latency and sensors on one time axis, throttled spans shaded through all of them. */
export function sensorsOverTime({ latency, sensors, spans }: SensorsOverTime, style: ChartStyle): Chart {
  const panels = sensors.map((sensor) => toSensorPanel(sensor, style));
  const over = latency ?? { fromNs: [], minNs: [], medianNs: [], maxNs: [] };
  const [smallestNs, largestNs, typicalNs] = [smallestOf(over.minNs), largestOf(over.maxNs), medianOf(over.medianNs)];
  const scale = scaleFor(typicalNs, smallestNs, largestNs);
  const unit = timeUnitFor(scale === 'log' ? typicalNs : largestNs);
  const elapsed = over.fromNs.map((ns) => ns / 1e9);
  const [low, median, high] = [inUnit(over.minNs, unit), inUnit(over.medianNs, unit), inUnit(over.maxNs, unit)];
  const [smallest, largest] = [smallestOf(low), largestOf(high)];
  const ticks = scale === 'log' ? logTicks(smallest, largest).ticks : linearTicks(largest).ticks;
  // Readings from before the start belong to no query.
  const end = largestOf([...elapsed, ...panels.flatMap(({ elapsedS }) => elapsedS)]);
  const marks = spans.map(({ fromNs, toNs, label }) => ({ from: fromNs / 1e9, to: toNs / 1e9, label }));
  const latencyAxis = numberAxis(
    {
      direction: 'vertical',
      quantity: 'Latency',
      unit: unit.symbol,
      smallest,
      largest,
      scale,
      hasMarksAbove: marks.length > 0,
    },
    style,
  );
  const grids = panelGrids(panels.length, leftPx(ticks, panels, style), rightPx);
  const { color } = seriesMark(0, style.colorScheme);
  const option: EChartsOption = {
    grid: marks.length === 0 ? grids : grids.map((grid, index) => (index === 0 ? { ...grid, top: 42 } : grid)),
    xAxis: [null, ...panels].map((_, gridIndex) => timeAxis(end, gridIndex, gridIndex === panels.length, style)),
    yAxis: [
      {
        ...latencyAxis,
        ...(scale === 'linear' ? { interval: (ticks[1] ?? 1) - (ticks[0] ?? 0), max: ticks.at(-1) ?? 1 } : {}),
        gridIndex: 0,
      },
      ...panels.map((panel, index) => panelAxis(panel, index + 1, style)),
    ],
    series: [
      ...[null, ...panels].map((_, gridIndex) =>
        topMarks(
          `spans-${gridIndex}`,
          gridIndex === 0 ? marks : marks.map((mark) => ({ ...mark, label: '' })),
          style,
          gridIndex,
        ),
      ),
      bandSeries(
        'range',
        elapsed.map((x, index) => ({ x, low: low[index]!, high: high[index]! })),
        { color, opacity: 0.25 },
      ),
      {
        id: rowsSeriesId,
        type: 'line',
        silent: true,
        showSymbol: elapsed.length === 1,
        itemStyle: { color },
        lineStyle: { color, width: 1.5 },
        data: elapsed.map((at, index) => [at, median[index]!]),
      },
      ...panels.flatMap((panel, index) => panelSeries(panel, index + 1, style)),
    ],
  };
  const summary = summarize(over, panels, spans, style);
  return {
    question: 'What did the machine do while it was measured?',
    summary,
    option: frameOption(summary, style, option),
    table: toTable({ elapsed, low, median, high, unit: unit.symbol }, panels, marks),
  };
}

function leftPx(ticks: readonly number[], panels: readonly SensorPanel[], style: ChartStyle): number {
  const format = tickFormatter(style);
  const others = panels.flatMap(({ values, fromZero }) => {
    const { min, max, step } = panelTicks(values, fromZero);
    return [min, min + step, max];
  });
  return 12 + Math.max(...[...ticks, ...others].map((tick) => textWidthPx(format(tick))));
}

/** The same under every plot; only the lowest has numbers and a name. */
function timeAxis(end: number, gridIndex: number, isNamed: boolean, style: ChartStyle) {
  const axis = numberAxis(
    {
      direction: 'horizontal',
      quantity: 'Time since start',
      unit: 's',
      smallest: 0,
      largest: end,
      fitsData: true,
    },
    style,
  );
  return {
    ...axis,
    ...(isNamed ? {} : { name: '' }),
    gridIndex,
    axisLabel: { ...axis.axisLabel, show: isNamed },
  };
}

interface Slices {
  elapsed: readonly number[];
  low: readonly number[];
  median: readonly number[];
  high: readonly number[];
  unit: string;
}

/** A row for each moment at which something was seen, whatever it was. */
function toTable(
  { elapsed, low, median, high, unit }: Slices,
  panels: readonly SensorPanel[],
  marks: readonly { from: number; to: number; label: string }[],
): ChartTable {
  const series = [
    ...[low, median, high].map((values) => ({ at: elapsed, values })),
    ...panels.map(({ elapsedS: at, values }) => ({ at, values })),
  ];
  const rows = new Map<number, ChartCell[]>();
  for (const [column, { at, values }] of series.entries()) {
    for (const [index, moment] of at.entries()) {
      const row = rows.get(moment) ?? [moment, ...series.map(() => null)];
      row[column + 1] = values[index]!;
      rows.set(moment, row);
    }
  }
  const namesAt = (moment: number): ChartCell =>
    marks.find(({ from, to }) => moment >= from && moment <= to)?.label ?? null;
  const sorted = [...rows].sort(([one], [other]) => one - other);
  return {
    columns: [
      { label: 'Time since start', unit: 's' },
      ...['Smallest', 'Median', 'Largest'].map((label) => ({ label, unit })),
      ...panels.map(({ label, axisUnit }) => ({ label, unit: axisUnit.symbol })),
      ...(marks.length === 0 ? [] : [{ label: 'Marked as', unit: null }]),
    ],
    rows: sorted.map(([moment, row]) => (marks.length === 0 ? row : [...row, namesAt(moment)])),
  };
}

function summarize(
  { minNs, maxNs }: LatencyOverTime['overTime'],
  panels: readonly SensorPanel[],
  spans: readonly MarkedSpan[],
  style: ChartStyle,
): string {
  const text = (ns: number) => formatQuantity(ns, 'ns', style).text;
  return [
    minNs.length === 0
      ? 'No latencies were kept.'
      : `Latency from ${text(smallestOf(minNs))} to ${text(largestOf(maxNs))}.`,
    ...panels.flatMap((panel) => panel.summary ?? []),
    ...spans.map(({ fromNs, toNs, label }) => `From ${text(fromNs)} to ${text(toNs)}: ${label}.`),
  ].join(' ');
}
