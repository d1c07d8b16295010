import { axisName, roundStep, tickFormatter, type NumberAxis } from './axis.ts';
import { bandSeries } from './band.ts';
import type { ChartStyle } from './chart.ts';
import { levelLine, type PointLabel } from './labels.ts';
import { chartColors } from './theme.ts';

/** Up to this ratio of its ends, steps of equal width read better than 1, 2, 5. */
const longestEvenRatio = 3;
const mostTicks = 8;
/** Room above and below what is drawn, as a share of the height. */
const padding = 0.06;

interface Ends {
  min: number;
  max: number;
}

/** Where a log axis of ratios from `smallest` to `largest` is labelled; 1 is always one of the places within. */
export function ratioTicks(smallest: number, largest: number): number[] {
  const within = (ticks: readonly number[]) => ticks.filter((tick) => tick >= smallest && tick <= largest);
  if (largest / smallest <= longestEvenRatio) {
    const step = roundStep((largest - smallest) / 6);
    const first = Math.ceil(smallest / step);
    const count = Math.floor(largest / step) - first + 1;
    return within(Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12))));
  }
  const [from, to] = [Math.floor(Math.log10(smallest)), Math.ceil(Math.log10(largest))];
  const powers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  for (const steps of [
    [1, 1.5, 2, 3, 4, 6, 8],
    [1, 2, 5],
    [1, 3],
  ]) {
    const ticks = within(powers.flatMap((power) => steps.map((step) => Number(`${step}e${power}`))));
    if (ticks.length <= mostTicks) return ticks;
  }
  return within(powers.map((power) => Number(`1e${power}`)));
}

/** A vertical log axis of speed-ups that holds these values, no difference, and the margin around it. */
export function speedupAxis(values: readonly number[], margin: number, style: ChartStyle): NumberAxis & Ends {
  const { low, high } = marginBounds(margin);
  const smallest = values.reduce((one, other) => Math.min(one, other), low);
  const largest = values.reduce((one, other) => Math.max(one, other), high);
  const room = (largest / smallest) ** padding;
  const [min, max] = [smallest / room, largest * room];
  const ticks = ratioTicks(min, max);
  const colors = chartColors[style.colorScheme];
  return {
    type: 'log',
    name: axisName('Speed-up', '×', 'log'),
    nameLocation: 'end',
    nameGap: 10,
    nameTextStyle: { color: colors.mutedText, align: 'left', verticalAlign: 'bottom' },
    min,
    max,
    axisLine: { show: true, onZero: false, lineStyle: { color: colors.axis } },
    axisTick: { show: false, customValues: ticks },
    splitLine: { show: false, lineStyle: { color: colors.hairline } },
    axisLabel: {
      color: colors.mutedText,
      hideOverlap: true,
      formatter: tickFormatter(style),
      customValues: ticks,
    },
  };
}

/** Speed-ups that count as none: as far from 1 to either side, since the statistics work on logarithms. */
export function marginBounds(margin: number): { low: number; high: number } {
  return { low: 1 / (1 + margin), high: 1 + margin };
}

/** The band of the margin with the line of no difference in it, from one end of the plot to the other. */
export function marginParts(margin: number, ends: { from: number; to: number }, style: ChartStyle) {
  const colors = chartColors[style.colorScheme];
  const bounds = marginBounds(margin);
  const { from, to } = ends;
  return [
    bandSeries(
      'margin',
      [
        { x: from, ...bounds },
        { x: to, ...bounds },
      ],
      { color: colors.mutedText, opacity: 0.22 },
    ),
    levelLine('no-difference', 1, from, to, { color: colors.axis, type: 'solid' }),
  ];
}

/** Names the band of the margin, at the right end of the plot. */
export function marginLabel(margin: number, to: number, { locale }: ChartStyle): PointLabel {
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 }).format(margin);
  return { x: to, y: 1, text: `same, ± ${share}` };
}
