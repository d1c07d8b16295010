import type { EChartsOption } from 'echarts';
import { formatCount, formatQuantity } from '../units.ts';
import { inUnit, numberAxis, scaleFor, timeUnitFor } from './axis.ts';
import type { Chart, ChartStyle, ChartTable } from './chart.ts';
import { frameOption, plotArea, rowsSeriesId } from './frame.ts';
import { pointLabels } from './labels.ts';
import { largestOf, medianOf, smallestOf } from './numbers.ts';
import { seriesMark } from './theme.ts';

/** Latencies that passed by while measuring, in order of time; ns. */
export interface LiveTrace {
  elapsedNs: readonly number[];
  latencyNs: readonly number[];
}

/** More points would be redrawn without being seen. */
const mostPoints = 400;

/** Latencies of the running measurement as points. Cheap to draw again: few points, nothing that reacts to the pointer. */
export function liveTrace(trace: LiveTrace, style: ChartStyle): Chart {
  const { elapsedNs, latencyNs } = thin(trace);
  const [largestNs, medianNs] = [largestOf(latencyNs), medianOf(latencyNs)];
  const scale = scaleFor(medianNs, smallestOf(latencyNs), largestNs);
  const timeUnit = { symbol: 's', factor: 1e9 };
  const unit = timeUnitFor(scale === 'log' ? medianNs : largestNs);
  const [elapsed, latencies] = [inUnit(elapsedNs, timeUnit), inUnit(latencyNs, unit)];
  const [startS, endS] = [smallestOf(elapsed), largestOf(elapsed)];
  const table: ChartTable = {
    columns: [
      { label: 'Time since start', unit: timeUnit.symbol },
      { label: 'Latency', unit: unit.symbol },
    ],
    rows: elapsed.map((at, index) => [at, latencies[index]!]),
  };
  const [lastAt, lastNs] = [elapsed.at(-1), latencyNs.at(-1)];
  const text = (ns: number) => formatQuantity(ns, 'ns', style).text;
  const summary =
    lastNs === undefined
      ? 'No query has completed yet.'
      : `${formatCount(elapsed.length, style)} of the queries so far, latency from ${text(smallestOf(latencyNs))} to ${text(largestNs)}, last ${text(lastNs)}.`;
  const option: EChartsOption = {
    // Room for the label is fixed, so that the plot does not jump with the number of digits.
    grid: plotArea(76),
    xAxis: numberAxis(
      {
        direction: 'horizontal',
        quantity: 'Time since start',
        unit: timeUnit.symbol,
        smallest: startS,
        largest: endS,
        from: endS > startS ? startS : 0,
        fitsData: true,
      },
      style,
    ),
    yAxis: numberAxis(
      {
        direction: 'vertical',
        quantity: 'Latency',
        unit: unit.symbol,
        smallest: smallestOf(latencies),
        largest: largestOf(latencies),
        scale,
      },
      style,
    ),
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
        data: table.rows as number[][],
      },
      pointLabels(
        'last',
        lastAt === undefined || lastNs === undefined
          ? []
          : [{ x: lastAt, y: latencies.at(-1) ?? 0, text: text(lastNs) }],
        style,
      ),
    ],
  };
  return { question: 'How has latency gone so far?', summary, option: frameOption(summary, style, option), table };
}

/** The smallest and the largest of each stretch, in their order, and the last of all: what stands out is kept. */
function thin({ elapsedNs, latencyNs }: LiveTrace): { elapsedNs: number[]; latencyNs: number[] } {
  const n = Math.min(elapsedNs.length, latencyNs.length);
  if (n <= mostPoints) return { elapsedNs: elapsedNs.slice(0, n), latencyNs: latencyNs.slice(0, n) };
  const kept = new Set<number>();
  const stretches = (mostPoints - 2) / 2;
  for (let stretch = 0; stretch < stretches; stretch++) {
    let smallest = Math.floor((stretch * n) / stretches);
    let largest = smallest;
    for (let index = smallest; index < Math.floor(((stretch + 1) * n) / stretches); index++) {
      if (latencyNs[index]! < latencyNs[smallest]!) smallest = index;
      if (latencyNs[index]! > latencyNs[largest]!) largest = index;
    }
    kept.add(smallest).add(largest);
  }
  const indices = [...kept.add(n - 1)].sort((one, other) => one - other);
  return { elapsedNs: indices.map((index) => elapsedNs[index]!), latencyNs: indices.map((index) => latencyNs[index]!) };
}
