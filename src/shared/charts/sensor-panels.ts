import type { GridComponentOption, LineSeriesOption, CustomSeriesOption } from 'echarts';
import type { Unit } from '../domain/provenance.ts';
import { formatQuantity } from '../units.ts';
import { inUnit, numberAxis, roundStep, sensorUnitFor, type AxisUnit } from './axis.ts';
import type { ChartStyle } from './chart.ts';
import { pointLabels } from './labels.ts';
import { largestOf, smallestOf } from './numbers.ts';
import { seriesMark } from './theme.ts';

/** Readings of one sensor in order of time, in its unit. */
export interface SensorReadings {
  id: string;
  label: string;
  unit: Unit;
  elapsedNs: readonly number[];
  value: readonly number[];
}

/** A sensor as its panel draws it. */
export interface SensorPanel {
  id: string;
  label: string;
  axisUnit: AxisUnit;
  elapsedS: readonly number[];
  /** In the unit of the axis. */
  values: readonly number[];
  summary: string | null;
  lastText: string | null;
  fromZero: boolean;
}

/** Name of the axis, plot, and the gap to the next panel, px. */
export const panelHeightPx = 82;
const panelNamePx = 24;
const panelGapPx = 12;

export function toSensorPanel({ id, label, unit, elapsedNs, value }: SensorReadings, style: ChartStyle): SensorPanel {
  const axisUnit = sensorUnitFor(unit, largestOf(value));
  const text = (one: number) => formatQuantity(one, unit, style).text;
  const last = value.at(-1);
  return {
    id,
    label,
    axisUnit,
    elapsedS: elapsedNs.map((ns) => ns / 1e9),
    values: inUnit(value, axisUnit),
    summary:
      last === undefined
        ? null
        : `${label} from ${text(smallestOf(value))} to ${text(largestOf(value))}, last ${text(last)}.`,
    lastText: last === undefined ? null : text(last),
    // Half the clock is half the speed; half the degrees are half of nothing.
    fromZero: unit !== '°C',
  };
}

/** Places of the trace and of the panels below it; the plots begin and end at the same places. */
export function panelGrids(panels: number, left: number, right: number): GridComponentOption[] {
  const below = 44;
  const trace = { left, right, top: 26, bottom: below + panels * panelHeightPx, outerBoundsMode: 'none' as const };
  return [
    trace,
    ...Array.from({ length: panels }, (_, index) => ({
      left,
      right,
      bottom: below + (panels - 1 - index) * panelHeightPx,
      height: panelHeightPx - panelNamePx - panelGapPx,
      outerBoundsMode: 'none' as const,
    })),
  ];
}

/** A vertical axis with as few labels as its height takes. */
export function panelAxis({ label, axisUnit, values, fromZero }: SensorPanel, gridIndex: number, style: ChartStyle) {
  const { min, max, step } = panelTicks(values, fromZero);
  const axis = numberAxis(
    { direction: 'vertical', quantity: label, unit: axisUnit.symbol, smallest: min, largest: max, from: min },
    style,
  );
  return {
    ...axis,
    gridIndex,
    max,
    interval: step,
    axisLabel: { ...axis.axisLabel, showMinLabel: true, show: values.length > 0 },
  };
}

/** Bounds on whole steps around the values. */
export function panelTicks(values: readonly number[], fromZero: boolean): { min: number; max: number; step: number } {
  if (values.length === 0) return { min: 0, max: 1, step: 1 };
  const [smallest, largest] = [fromZero ? 0 : smallestOf(values), largestOf(values)];
  // At most four labels fit: from zero that is three steps, elsewhere two and what rounding adds.
  const step = roundStep((largest - smallest) / (fromZero ? 3 : 2) || 5);
  const min = Math.floor(smallest / step) * step;
  const max = Math.max(Math.ceil(largest / step) * step, min + step);
  return { min: Number(min.toPrecision(12)), max: Number(max.toPrecision(12)), step };
}

/** The line of a sensor with its last value beside it. */
export function panelSeries(
  { id, elapsedS, values, lastText }: SensorPanel,
  gridIndex: number,
  style: ChartStyle,
): (LineSeriesOption | CustomSeriesOption)[] {
  const { color } = seriesMark(gridIndex, style.colorScheme);
  const [x, y] = [elapsedS.at(-1), values.at(-1)];
  const line: LineSeriesOption = {
    id: `sensor-${id}`,
    type: 'line',
    xAxisIndex: gridIndex,
    yAxisIndex: gridIndex,
    silent: true,
    symbol: 'circle',
    symbolSize: 3,
    showSymbol: values.length === 1,
    itemStyle: { color },
    lineStyle: { color, width: 1.5 },
    data: elapsedS.map((at, index) => [at, values[index]!]),
  };
  const last = x === undefined || y === undefined || lastText === null ? [] : [{ x, y, text: lastText }];
  return [line, pointLabels(`last-${id}`, last, style, gridIndex)];
}
