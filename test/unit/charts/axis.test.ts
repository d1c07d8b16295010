import { describe, expect, it } from 'vitest';
import {
  axisName,
  linearTicks,
  logTicks,
  numberAxis,
  scaleFor,
  sensorUnitFor,
  throughputUnitFor,
  timeUnitFor,
} from '../../../src/shared/charts/axis.ts';
import { spreadOut } from '../../../src/shared/charts/labels.ts';
import { chartColors, seriesMark } from '../../../src/shared/charts/theme.ts';
import { formatQuantity } from '../../../src/shared/units.ts';
import { style } from './samples.ts';

describe('the unit of an axis', () => {
  it.each([0, 1, 999, 1_000, 27_413_000, 1e9, 3.6e12])('has the prefix that %d ns has elsewhere', (value) => {
    expect(timeUnitFor(value).symbol).toBe(formatQuantity(value, 'ns', { locale: 'en-US' }).unit);
  });

  it.each([0, 12.5, 999_999, 2e6])('has the prefix that %d samples/s has elsewhere', (value) => {
    expect(throughputUnitFor(value).symbol).toBe(formatQuantity(value, 'samples/s', { locale: 'en-US' }).unit);
  });

  it.each([
    [512, 'B'],
    [200 * 1024 ** 2, 'B'],
    [3e9, 'Hz'],
    [0.97, 'ratio'],
    [312.5, 'W'],
  ] as const)('has the prefix that %d %s of a sensor has elsewhere', (value, unit) => {
    expect(sensorUnitFor(unit, value).symbol).toBe(formatQuantity(value, unit, { locale: 'en-US' }).unit);
  });
});

describe('an axis', () => {
  it('is a log axis for a long tail only, and never with zeros', () => {
    expect(scaleFor(1.2, 1, 4)).toBe('linear');
    expect(scaleFor(1.2, 1, 40)).toBe('log');
    expect(scaleFor(1.2, 0, 40)).toBe('linear');
  });

  it('says that it is a log axis', () => {
    expect(axisName('Latency', 'ms', 'log')).toBe('Latency (ms, log scale)');
    expect(axisName('Latency', 'ms', 'linear')).toBe('Latency (ms)');
    expect(axisName('Batch size', null, 'log')).toBe('Batch size (log scale)');
  });

  it.each([
    [1.1, 48, [1, 2, 5, 10, 20, 50]],
    [0.031, 18.3, [0.03, 0.1, 0.3, 1, 3, 10, 30]],
    [1e-4, 1e6, [1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1e3, 1e4, 1e5, 1e6]],
    [2, 2, [2, 5]],
  ])('from %d to %d has log steps that hold both', (smallest, largest, ticks) => {
    expect(logTicks(smallest, largest)).toEqual({ min: ticks[0], max: ticks.at(-1), ticks });
  });

  it('has at most eight even steps from zero', () => {
    expect(linearTicks(2_400).ticks).toEqual([0, 500, 1_000, 1_500, 2_000, 2_500]);
    expect(linearTicks(0.27).ticks).toEqual([0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]);
    expect(linearTicks(0).ticks).toEqual([0, 1]);
  });

  it('writes its numbers by the locale', () => {
    const spec = { direction: 'vertical', quantity: 'Latency', unit: 'ms', smallest: 0, largest: 2_500 } as const;
    const { formatter } = numberAxis(spec, { ...style, locale: 'de-DE' }).axisLabel;
    expect([formatter(2_500), formatter(0.25)]).toEqual(['2.500', '0,25']);
  });
});

describe('labels beside a plot', () => {
  it('move apart, keep their order and stay inside', () => {
    const moved = spreadOut([3, 0, 1, 100, 99], 15, 0, 110);
    expect(moved).toEqual([30, 0, 15, 110, 95]);
  });

  it('stay where they are when there is room', () => {
    expect(spreadOut([80, 20, 50], 15, 0, 100)).toEqual([80, 20, 50]);
  });
});

describe('colours', () => {
  it.each(['light', 'dark'] as const)('of the %s scheme stand out: 3:1 for series, 4.5:1 for text', (scheme) => {
    const { background, series, text, mutedText } = chartColors[scheme];
    for (const color of series) expect(contrast(color, background), color).toBeGreaterThan(3);
    for (const color of [text, mutedText]) expect(contrast(color, background), color).toBeGreaterThan(4.5);
  });

  it('are not all that tells series apart', () => {
    const marks = Array.from({ length: 12 }, (_, index) => seriesMark(index, 'light'));
    expect(new Set(marks.map(({ symbol, line }) => `${symbol} ${line}`)).size).toBe(12);
  });
});

/** Contrast ratio of WCAG 2.2. */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
