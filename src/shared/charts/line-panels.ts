import type { EChartsOption, LineSeriesOption } from 'echarts';
import {
  axisName,
  linearTicks,
  logTicks,
  numberAxis,
  scaleFor,
  tickFormatter,
  type AxisScale,
  type AxisUnit,
} from './axis.ts';
import { bandSeries } from './band.ts';
import type { ChartStyle, ChartTable } from './chart.ts';
import type { Estimate } from './estimate.ts';
import { rowTooltip, textWidthPx } from './frame.ts';
import { labelRoomPx, levelLine, pointLabels, type PointLabel } from './labels.ts';
import { largestOf, medianOf, smallestOf } from './numbers.ts';
import { chartColors, seriesMark, type SeriesMark } from './theme.ts';

/** What was measured at one place of the horizontal axis. */
export interface CurvePoint {
  x: number;
  estimate: Estimate | null;
  /** No result: drawn hollow. */
  hollow: boolean;
}

export interface Curve {
  label: string;
  points: readonly CurvePoint[];
  /** Drawn as a plain dashed line, because it was not measured. */
  isReference?: boolean;
}

/** One plot; several stand one above the other over the same horizontal axis. */
export interface LinePanel {
  quantity: string;
  unitFor: (value: number) => AxisUnit;
  curves: readonly Curve[];
  /** Lines across the plot, such as a limit. */
  levels?: readonly { value: number; label: string }[];
}

/** What the plots have in common below them. */
export interface SharedAxis {
  quantity: string;
  unit: string | null;
  /** Labelled where something was measured. "log from 1": the logarithm of one more, so that zero has a place. */
  scale: 'linear' | 'log' | 'log from 1';
}

interface PanelsSpec {
  panels: readonly LinePanel[];
  axis: SharedAxis;
  table: ChartTable;
  /** The row of the table that a point is. */
  toRow: (panel: number, curve: number, point: number) => number;
}

/** Curves with their intervals as bands, the unit of each plot, and the parts of an option that draw them. */
export function linePanels({ panels, axis, table, toRow }: PanelsSpec, style: ChartStyle): EChartsOption {
  const scaled = panels.map(scalePanel);
  const places = toPlaces(axis, panels);
  const labels = scaled.map((panel) => labelsOf(panel, places, style));
  const right = labelRoomPx(labels.flat());
  const left = 12 + Math.max(...scaled.flatMap((panel) => labelWidthsPx(panel, style)));
  const last = panels.length - 1;
  return {
    grid: scaled.map((_, index) => ({ left, right, ...rowOf(index, panels.length), outerBoundsMode: 'none' as const })),
    xAxis: scaled.map((_, gridIndex) => ({ ...horizontalAxis(axis, places, gridIndex === last, style), gridIndex })),
    yAxis: scaled.map((panel, gridIndex) => ({ ...verticalAxis(panel, style), gridIndex })),
    tooltip: rowTooltip(table, style, 'item', (id, point) => {
      const [kind, panel, curve] = id.split('-');
      return kind === 'curve' ? toRow(Number(panel), Number(curve), point) : null;
    }),
    series: scaled.flatMap((panel, index) => [
      ...panel.curves.flatMap((curve, number) =>
        drawCurve(curve, panel, { panel: index, curve: number }, places, style),
      ),
      ...(panel.levels ?? []).map(({ value }, level) => ({
        ...levelLine(`level-${index}-${level}`, value / panel.unit.factor, places.min, places.max, {
          color: chartColors[style.colorScheme].text,
          type: 'dashed',
        }),
        xAxisIndex: index,
        yAxisIndex: index,
      })),
      pointLabels(`labels-${index}`, labels[index] ?? [], style, index),
    ]),
  };
}

/** The unit in which a plot draws its numbers, for the table beside it. */
export function unitOf({ curves, levels = [], unitFor }: LinePanel): AxisUnit {
  const values = curves.flatMap(({ points }) => points.flatMap(({ estimate }) => estimate?.value ?? []));
  const ends = [...values, ...levels.map(({ value }) => value)];
  return unitFor(scaleOf(ends) === 'log' ? medianOf(values) : largestOf(ends));
}

interface ScaledPanel extends LinePanel {
  unit: AxisUnit;
  scale: AxisScale;
  smallest: number;
  largest: number;
}

function scalePanel(panel: LinePanel): ScaledPanel {
  const unit = unitOf(panel);
  const bounds = panel.curves.flatMap(({ points }) =>
    points.flatMap(({ estimate }) =>
      estimate === null ? [] : [estimate.value, estimate.low ?? estimate.value, estimate.high ?? estimate.value],
    ),
  );
  const ends = [...bounds, ...(panel.levels ?? []).map(({ value }) => value)];
  const [smallest, largest] = [smallestOf(ends) / unit.factor, largestOf(ends) / unit.factor];
  return { ...panel, unit, scale: scaleOf(ends), smallest, largest };
}

/** Between places of the horizontal axis, what is typical is everything from the smallest on. */
function scaleOf(ends: readonly number[]): AxisScale {
  const smallest = smallestOf(ends);
  return scaleFor(smallest, smallest, largestOf(ends));
}

interface Places {
  values: number[];
  min: number;
  max: number;
  place: (x: number) => number;
}

const placings: Readonly<Record<SharedAxis['scale'], (x: number) => number>> = {
  linear: (x) => x,
  log: (x) => Math.log10(Math.max(x, Number.MIN_VALUE)),
  'log from 1': (x) => Math.log10(1 + x),
};

function toPlaces({ scale }: SharedAxis, panels: readonly LinePanel[]): Places {
  const all = panels.flatMap(({ curves }) => curves.flatMap(({ points }) => points.map(({ x }) => x)));
  const values = [...new Set(all)].sort((one, other) => one - other);
  const place = placings[scale];
  const [first, last] = [place(values[0] ?? 1), place(values.at(-1) ?? 1)];
  const margin = last > first ? (last - first) * 0.03 : 1;
  return { values, min: first - margin, max: last + margin, place };
}

const scaleWords: Readonly<Record<SharedAxis['scale'], string | null>> = {
  linear: null,
  log: 'log scale',
  'log from 1': 'log scale shifted by 1',
};

function horizontalAxis({ quantity, unit, scale }: SharedAxis, places: Places, isNamed: boolean, style: ChartStyle) {
  const format = tickFormatter(style);
  const axis = numberAxis(
    { direction: 'horizontal', quantity, unit, smallest: places.min, largest: places.max, fitsData: true },
    style,
  );
  const remarks = [unit, scaleWords[scale]].filter((remark) => remark !== null);
  const ticks = places.values.map(places.place);
  const nearest = (at: number): number =>
    places.values.reduce((one, other) =>
      Math.abs(places.place(other) - at) < Math.abs(places.place(one) - at) ? other : one,
    );
  return {
    ...axis,
    name: isNamed ? axisName(quantity, remarks.length === 0 ? null : remarks.join(', '), 'linear') : '',
    min: places.min,
    max: places.max,
    axisTick: { show: false, customValues: ticks },
    axisLabel: {
      ...axis.axisLabel,
      showMinLabel: true,
      showMaxLabel: true,
      customValues: ticks,
      formatter: (at: number) => (places.values.length === 0 ? '' : format(nearest(at))),
    },
    splitLine: { show: false },
  };
}

function verticalAxis({ quantity, unit, scale, smallest, largest }: ScaledPanel, style: ChartStyle) {
  const axis = numberAxis({ direction: 'vertical', quantity, unit: unit.symbol, smallest, largest, scale }, style);
  if (scale === 'log') return axis;
  const { step, ticks } = linearTicks(largest);
  return { ...axis, interval: step, max: ticks.at(-1) ?? 1 };
}

function labelWidthsPx({ scale, smallest, largest }: ScaledPanel, style: ChartStyle): number[] {
  const { ticks } = scale === 'log' ? logTicks(smallest, largest) : linearTicks(largest);
  const format = tickFormatter(style);
  return ticks.map((tick) => textWidthPx(format(tick)));
}

/** Places of the plots in a figure, with room for the name of each vertical axis and below the last. */
function rowOf(index: number, count: number): { top: number | string; bottom: number | string } {
  const top = index === 0 ? 26 : '56%';
  return { top, bottom: index === count - 1 ? 44 : '57%' };
}

function drawCurve(
  { points, isReference = false }: Curve,
  { unit }: ScaledPanel,
  number: { panel: number; curve: number },
  { place }: Places,
  style: ChartStyle,
) {
  const mark = markOf(number.curve, isReference, style);
  const bounds = points.flatMap(({ x, estimate }) => {
    const { low = null, high = null } = estimate ?? {};
    return low === null || high === null ? [] : [{ x: place(x), low: low / unit.factor, high: high / unit.factor }];
  });
  const line: LineSeriesOption = {
    id: `curve-${number.panel}-${number.curve}`,
    type: 'line',
    xAxisIndex: number.panel,
    yAxisIndex: number.panel,
    symbol: isReference ? 'none' : mark.symbol,
    symbolSize: 7,
    showAllSymbol: true,
    connectNulls: true,
    lineStyle: { color: mark.color, width: isReference ? 1 : 1.5, type: isReference ? 'dashed' : mark.line },
    itemStyle: { color: mark.color },
    emphasis: { disabled: true },
    data: points.map(({ x, estimate, hollow }) => {
      const value = [place(x), estimate === null ? null : estimate.value / unit.factor] as [number, number];
      if (!hollow) return { value };
      const { background } = chartColors[style.colorScheme];
      return { value, itemStyle: { color: background, borderColor: mark.color, borderWidth: 1.5 } };
    }),
  };
  const band = bandSeries(
    `interval-${number.panel}-${number.curve}`,
    bounds,
    { color: mark.color, opacity: 0.2 },
    number.panel,
  );
  return bounds.length === 0 ? [line] : [band, line];
}

function markOf(curve: number, isReference: boolean, style: ChartStyle): SeriesMark {
  const mark = seriesMark(curve, style.colorScheme);
  return isReference ? { ...mark, color: chartColors[style.colorScheme].mutedText } : mark;
}

function labelsOf({ curves, levels = [], unit }: ScaledPanel, { place, max }: Places, style: ChartStyle): PointLabel[] {
  const ofCurves = curves.flatMap(({ label, points, isReference = false }, index): PointLabel[] => {
    const last = points.findLast(({ estimate }) => estimate !== null);
    if (last?.estimate == null || label === '') return [];
    const at = { x: place(last.x), y: last.estimate.value / unit.factor, text: label };
    return [isReference ? at : { ...at, mark: seriesMark(index, style.colorScheme) }];
  });
  return [...ofCurves, ...levels.map(({ value, label }) => ({ x: max, y: value / unit.factor, text: label }))];
}
