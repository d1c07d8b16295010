import type { Unit } from '../domain/provenance.ts';
import type { FormatOptions } from '../units.ts';
import type { ChartStyle } from './chart.ts';
import { chartColors } from './theme.ts';

/** One unit for all numbers of an axis; a number is divided by `factor` to be drawn. */
export interface AxisUnit {
  symbol: string;
  factor: number;
}

/** The prefixes of src/shared/units.ts. */
const timeUnits: readonly AxisUnit[] = [
  { symbol: 'ns', factor: 1 },
  { symbol: 'µs', factor: 1e3 },
  { symbol: 'ms', factor: 1e6 },
  { symbol: 's', factor: 1e9 },
];
const throughputUnits: readonly AxisUnit[] = [
  { symbol: 'samples/s', factor: 1 },
  { symbol: 'M samples/s', factor: 1e6 },
];

const clockUnits: readonly AxisUnit[] = [
  { symbol: 'Hz', factor: 1 },
  { symbol: 'kHz', factor: 1e3 },
  { symbol: 'MHz', factor: 1e6 },
  { symbol: 'GHz', factor: 1e9 },
];

/** The largest prefix in which a duration is at least 1; ns for 0. */
export function timeUnitFor(durationNs: number): AxisUnit {
  return largestWithin(timeUnits, durationNs);
}

/** The unit of a throughput axis that reaches `samplesPerS`. */
export function throughputUnitFor(samplesPerS: number): AxisUnit {
  return largestWithin(throughputUnits, samplesPerS);
}

const byteUnits: readonly AxisUnit[] = [
  { symbol: 'B', factor: 1 },
  { symbol: 'KiB', factor: 1024 },
  { symbol: 'MiB', factor: 1024 ** 2 },
  { symbol: 'GiB', factor: 1024 ** 3 },
];

/** The unit of an axis of a sensor that reaches `value`. */
export function sensorUnitFor(unit: Unit, value: number): AxisUnit {
  switch (unit) {
    case 'Hz':
      return largestWithin(clockUnits, value);
    case 'B':
      return largestWithin(byteUnits, value);
    case 'ratio':
      return { symbol: '%', factor: 0.01 };
    default:
      return { symbol: unit, factor: 1 };
  }
}

/** Division by a power of ten keeps the decimals that a number has; multiplying by 0.000001 would not. */
export function inUnit(values: readonly number[], { factor }: AxisUnit): number[] {
  return values.map((value) => value / factor);
}

function largestWithin(units: readonly AxisUnit[], value: number): AxisUnit {
  return units.findLast(({ factor }) => factor <= Math.abs(value)) ?? units[0]!;
}

export type AxisScale = 'linear' | 'log';

/** Beyond this ratio a linear axis from zero presses what is typical into a line at its bottom. */
const longestLinearRatio = 10;

/** "log" where the largest value is many times the typical one and all are above zero. */
export function scaleFor(typical: number, smallest: number, largest: number): AxisScale {
  return smallest > 0 && largest / typical > longestLinearRatio ? 'log' : 'linear';
}

/** "Latency (ms)" or "Latency (ms, log scale)": a log axis always says so. */
export function axisName(quantity: string, unit: string | null, scale: AxisScale): string {
  const remarks = [unit, scale === 'log' ? 'log scale' : null].filter((remark) => remark !== null);
  return remarks.length === 0 ? quantity : `${quantity} (${remarks.join(', ')})`;
}

/** Bounds of a log axis, on whole steps, and where its labels stand. */
export interface LogTicks {
  min: number;
  max: number;
  ticks: number[];
}

const mostLogTicks = 8;

/** Steps of 1, 2, 5 over a short range, of 1, 3 over a longer one, else powers of ten. Both bounds are above zero. */
export function logTicks(smallest: number, largest: number): LogTicks {
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const found = stepsAround(smallest, largest, steps);
    if (found.ticks.length <= mostLogTicks || steps.length === 1) return found;
  }
  return stepsAround(smallest, largest, [1]);
}

function stepsAround(smallest: number, largest: number, steps: readonly number[]): LogTicks {
  const first = Math.floor(Math.log10(smallest)) - 1;
  const last = Math.ceil(Math.log10(largest)) + 1;
  const all = Array.from({ length: last - first + 1 }, (_, index) => first + index).flatMap((power) =>
    steps.map((step) => Number(`${step}e${power}`)),
  );
  const min = all.findLast((tick) => tick <= smallest) ?? smallest;
  const max = all.find((tick) => tick >= largest && tick > min) ?? largest;
  return { min, max, ticks: all.filter((tick) => tick >= min && tick <= max) };
}

/** Numbers along an axis: as short as they can be without rounding, and with separators of the locale. */
export function tickFormatter({ locale }: FormatOptions): (value: number) => string {
  const format = new Intl.NumberFormat(locale, { maximumSignificantDigits: 6 });
  return (value) => format.format(value);
}

/** A horizontal or vertical axis of numbers. */
export interface AxisSpec {
  direction: 'horizontal' | 'vertical';
  quantity: string;
  unit: string | null;
  /** What is drawn reaches from here to there, in the unit of the axis. */
  smallest: number;
  largest: number;
  scale?: AxisScale;
  /** From where a linear axis begins, 0 unless the shape is asked for rather than ratios. */
  from?: number;
  /** Ends where the data end rather than at the next whole step. */
  fitsData?: boolean;
  /** Names of marks stand between the plot and the name of a vertical axis. */
  hasMarksAbove?: boolean;
}

/** Steps of a linear axis from zero, 1, 2 or 5 times a power of ten apart, at most eight of them. */
export function linearTicks(largest: number): { step: number; ticks: number[] } {
  if (largest <= 0) return { step: 1, ticks: [0, 1] };
  const step = roundStep(largest / 6);
  const count = Math.ceil(largest / step);
  return { step, ticks: Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12))) };
}

/** The nearest of 1, 2, 5 times a power of ten, upwards. */
export function roundStep(width: number): number {
  const power = Math.floor(Math.log10(width));
  const step = [1, 2, 5, 10].find((one) => one * 10 ** power >= width * (1 - 1e-9)) ?? 10;
  return Number((step * 10 ** power).toPrecision(1));
}

/** The part of ECharts' axis option that is used here. */
export interface NumberAxis {
  type: 'value' | 'log';
  name: string;
  nameLocation: 'end' | 'middle';
  nameGap: number;
  nameTextStyle: { color: string; align?: 'left'; verticalAlign?: 'bottom' };
  min: number;
  max?: number;
  axisLine: { show: boolean; onZero: boolean; lineStyle: { color: string } };
  axisTick: { show: boolean; customValues?: number[] };
  splitLine: { show: boolean; lineStyle: { color: string } };
  axisLabel: {
    color: string;
    hideOverlap: boolean;
    formatter: (value: number) => string;
    showMinLabel?: boolean;
    showMaxLabel?: boolean;
    customValues?: number[];
  };
}

/**
 * A linear axis begins at zero, because the eye compares heights; a log axis has labelled steps and says that it is
 * one. Names stand above a vertical axis and below a horizontal one.
 */
export function numberAxis(spec: AxisSpec, style: ChartStyle): NumberAxis {
  const { direction, quantity, unit, smallest, largest, scale = 'linear', fitsData = false, from = 0 } = spec;
  const colors = chartColors[style.colorScheme];
  const isVertical = direction === 'vertical';
  const shared = {
    name: axisName(quantity, unit, scale),
    nameLocation: isVertical ? ('end' as const) : ('middle' as const),
    nameGap: isVertical ? (spec.hasMarksAbove === true ? 26 : 10) : 26,
    nameTextStyle: {
      color: colors.mutedText,
      ...(isVertical ? { align: 'left' as const, verticalAlign: 'bottom' as const } : {}),
    },
    axisLine: { show: true, onZero: false, lineStyle: { color: colors.axis } },
    splitLine: { show: true, lineStyle: { color: colors.hairline } },
  };
  const label = { color: colors.mutedText, hideOverlap: true, formatter: tickFormatter(style) };
  if (scale === 'linear') {
    return {
      ...shared,
      type: 'value',
      min: from,
      ...(fitsData && largest > 0 ? { max: largest } : {}),
      axisTick: { show: false },
      // Where data begin and end is seldom a round number.
      axisLabel: { ...label, showMinLabel: from === 0, showMaxLabel: !fitsData },
    };
  }
  const { min, max, ticks } = logTicks(smallest, largest);
  return {
    ...shared,
    type: 'log',
    min,
    max,
    axisTick: { show: false, customValues: ticks },
    axisLabel: { ...label, customValues: ticks },
  };
}
