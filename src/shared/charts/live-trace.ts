import type { EChartsOption } from 'echarts';
import { formatCount, formatQuantity } from '../units.ts';
import { inUnit, linearTicks, logTicks, numberAxis, scaleFor, tickFormatter, timeUnitFor } from './axis.ts';
import type { Chart, ChartCell, ChartStyle, ChartTable } from './chart.ts';
import { frameOption, rowsSeriesId, textWidthPx } from './frame.ts';
import { pointLabels } from './labels.ts';
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

/** Latencies that passed by while measuring, in order of time; ns. */
export interface LiveTrace {
  elapsedNs: readonly number[];
  latencyNs: readonly number[];
  /** On the same time axis, one panel each. */
  sensors?: readonly SensorReadings[];
}

/** More points would be redrawn without being seen. */
const mostPoints = 400;
/** Room for the labels is fixed, so that the plot does not jump with the number of digits. */
const rightPx = 88;
const traceHeightPx = 220;

/** Height that the picture needs with so many panels below the trace, px. */
export function liveTraceHeightPx(panels: number): number {
  return traceHeightPx + panels * panelHeightPx;
}

/**
 * Latencies of the running measurement as points, and below them the sensors of the machine. Cheap to draw again: few
 * points, nothing that reacts to the pointer.
 */
export function liveTrace(trace: LiveTrace, style: ChartStyle): Chart {
  const { at: elapsedNs, values: latencyNs } = thin(trace.elapsedNs, trace.latencyNs);
  const panels = (trace.sensors ?? []).map((sensor) => {
    const { at, values } = thin(sensor.elapsedNs, sensor.value);
    return toSensorPanel({ ...sensor, elapsedNs: at, value: values }, style);
  });
  const [largestNs, medianNs] = [largestOf(latencyNs), medianOf(latencyNs)];
  const scale = scaleFor(medianNs, smallestOf(latencyNs), largestNs);
  const unit = timeUnitFor(scale === 'log' ? medianNs : largestNs);
  const [elapsed, latencies] = [elapsedNs.map((ns) => ns / 1e9), inUnit(latencyNs, unit)];
  const [smallest, largest] = [smallestOf(latencies), largestOf(latencies)];
  const ticks = scale === 'log' ? logTicks(smallest, largest).ticks : linearTicks(largest).ticks;
  const times = [elapsed, ...panels.map(({ elapsedS }) => elapsedS)].flat();
  const [lastAt, lastNs] = [elapsed.at(-1), latencyNs.at(-1)];
  const text = (ns: number) => formatQuantity(ns, 'ns', style).text;
  const latencySummary =
    lastNs === undefined
      ? 'No query has completed yet.'
      : `${formatCount(elapsed.length, style)} of the queries so far, latency from ${text(smallestOf(latencyNs))} to ${text(largestNs)}, last ${text(lastNs)}.`;
  const summary = [latencySummary, ...panels.flatMap((panel) => panel.summary ?? [])].join(' ');
  const latencyAxis = numberAxis(
    { direction: 'vertical', quantity: 'Latency', unit: unit.symbol, smallest, largest, scale },
    style,
  );
  const option: EChartsOption = {
    grid: panelGrids(panels.length, leftPx(ticks, panels, style), rightPx),
    xAxis: [null, ...panels].map((_, gridIndex) => timeAxis(times, gridIndex, gridIndex === panels.length, style)),
    yAxis: [
      {
        ...latencyAxis,
        ...(scale === 'linear' ? { interval: (ticks[1] ?? 1) - (ticks[0] ?? 0), max: ticks.at(-1) ?? 1 } : {}),
        gridIndex: 0,
      },
      ...panels.map((panel, index) => panelAxis(panel, index + 1, style)),
    ],
    series: [
      {
        id: rowsSeriesId,
        type: 'scatter',
        silent: true,
        symbol: 'circle',
        symbolSize: 3,
        // All points are one shape.
        large: true,
        largeThreshold: 1,
        itemStyle: { color: seriesMark(0, style.colorScheme).color },
        data: elapsed.map((at, index) => [at, latencies[index]!]),
      },
      pointLabels(
        'last',
        lastAt === undefined || lastNs === undefined
          ? []
          : [{ x: lastAt, y: latencies.at(-1) ?? 0, text: text(lastNs) }],
        style,
      ),
      ...panels.flatMap((panel, index) => panelSeries(panel, index + 1, style)),
    ],
  };
  return {
    question:
      panels.length === 0
        ? 'How has latency gone so far?'
        : 'How has latency gone so far, and what did the machine do meanwhile?',
    summary,
    option: frameOption(summary, style, option),
    table: toTable(elapsed, latencies, unit.symbol, panels),
  };
}

/** All plots begin at the same place. */
function leftPx(ticks: readonly number[], panels: readonly SensorPanel[], style: ChartStyle): number {
  const format = tickFormatter(style);
  const others = panels.flatMap(({ values, fromZero }) => {
    const { min, max, step } = panelTicks(values, fromZero);
    return [min, min + step, max];
  });
  return 12 + Math.max(...[...ticks, ...others].map((tick) => textWidthPx(format(tick))));
}

/** The same under every plot; only the lowest has numbers and a name. */
function timeAxis(times: readonly number[], gridIndex: number, isNamed: boolean, style: ChartStyle) {
  const [smallest, largest] = [smallestOf(times), largestOf(times)];
  const axis = numberAxis(
    {
      direction: 'horizontal',
      quantity: 'Time since start',
      unit: 's',
      smallest,
      largest,
      from: largest > smallest ? smallest : 0,
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

/** A row for each moment at which something was seen, whatever it was. */
function toTable(
  elapsed: readonly number[],
  latencies: readonly number[],
  latencyUnit: string,
  panels: readonly SensorPanel[],
): ChartTable {
  const rows = new Map<number, ChartCell[]>();
  const series = [{ at: elapsed, values: latencies }, ...panels.map(({ elapsedS: at, values }) => ({ at, values }))];
  for (const [column, { at, values }] of series.entries()) {
    for (const [index, moment] of at.entries()) {
      const row = rows.get(moment) ?? [moment, ...series.map(() => null)];
      row[column + 1] = values[index]!;
      rows.set(moment, row);
    }
  }
  return {
    columns: [
      { label: 'Time since start', unit: 's' },
      { label: 'Latency', unit: latencyUnit },
      ...panels.map(({ label, axisUnit }) => ({ label, unit: axisUnit.symbol })),
    ],
    rows: [...rows].sort(([one], [other]) => one - other).map(([, row]) => row),
  };
}

/** The smallest and the largest of each stretch, in their order, and the last of all: what stands out is kept. */
function thin(elapsedNs: readonly number[], all: readonly number[]): { at: number[]; values: number[] } {
  const n = Math.min(elapsedNs.length, all.length);
  if (n <= mostPoints) return { at: elapsedNs.slice(0, n), values: all.slice(0, n) };
  const kept = new Set<number>();
  const stretches = (mostPoints - 2) / 2;
  for (let stretch = 0; stretch < stretches; stretch++) {
    let smallest = Math.floor((stretch * n) / stretches);
    let largest = smallest;
    for (let index = smallest; index < Math.floor(((stretch + 1) * n) / stretches); index++) {
      if (all[index]! < all[smallest]!) smallest = index;
      if (all[index]! > all[largest]!) largest = index;
    }
    kept.add(smallest).add(largest);
  }
  const indices = [...kept.add(n - 1)].sort((one, other) => one - other);
  return { at: indices.map((index) => elapsedNs[index]!), values: indices.map((index) => all[index]!) };
}
