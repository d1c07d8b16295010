import type { CustomSeriesOption } from 'echarts';
import type { ChartStyle } from './chart.ts';
import { textWidthPx } from './frame.ts';
import { chartColors, chartFont } from './theme.ts';

/** A stretch of the horizontal axis, or a place on it where `from` equals `to`, named above the plot. */
export interface TopMark {
  from: number;
  to: number;
  label: string;
}

const gapPx = 4;

/**
 * Shades stretches and draws a line at places, over the whole height of the plot. Places too near one another for
 * their names share one, from left to right; the name of a stretch that finds no room is left out. The table has all.
 */
export function topMarks(id: string, marks: readonly TopMark[], style: ChartStyle, axisIndex = 0): CustomSeriesOption {
  const colors = chartColors[style.colorScheme];
  return {
    id,
    type: 'custom',
    xAxisIndex: axisIndex,
    yAxisIndex: axisIndex,
    silent: true,
    tooltip: { show: false },
    // Only the horizontal axis knows these numbers.
    dimensions: ['from', 'to'],
    encode: { x: ['from', 'to'], y: [] },
    data: marks.map(({ from, to }) => [from, to]),
    z: 1,
    renderItem: (params, api) => {
      if (params.dataIndexInside > 0) return null;
      const plot = params.coordSys as unknown as { x: number; y: number; width: number; height: number };
      const toPx = (value: number) => {
        const [x = plot.x] = api.coord([value, 0]);
        return Math.min(Math.max(x, plot.x), plot.x + plot.width);
      };
      const placed = marks.map(({ from, to, label }) => ({ left: toPx(from), right: toPx(to), label }));
      const names = placeNames(placed, plot.x + plot.width);
      return {
        type: 'group',
        children: [
          ...placed.map(({ left, right }) =>
            left === right
              ? {
                  type: 'line' as const,
                  shape: { x1: left, x2: left, y1: plot.y, y2: plot.y + plot.height },
                  style: { stroke: colors.axis, lineWidth: 1, lineDash: [4, 3] },
                }
              : {
                  type: 'rect' as const,
                  shape: { x: left, y: plot.y, width: Math.max(right - left, 1), height: plot.height },
                  style: { fill: colors.shade },
                },
          ),
          ...names.map(({ label, at }) => ({
            type: 'text' as const,
            style: {
              text: label,
              x: at,
              y: plot.y - gapPx,
              textAlign: 'left' as const,
              textVerticalAlign: 'bottom' as const,
              fill: colors.text,
              fontSize: chartFont.sizePx,
              fontFamily: chartFont.family,
            },
          })),
        ],
      };
    },
  };
}

interface Name {
  label: string;
  /** Where its first mark is. */
  left: number;
  isPlace: boolean;
}

/** Names from left to right, each beginning at its mark or ending at the edge of the plot, none over another. */
function placeNames(
  placed: readonly { left: number; right: number; label: string }[],
  edge: number,
): { label: string; at: number }[] {
  const startOf = ({ left, label }: Name) => Math.min(left, edge - textWidthPx(label));
  const names: Name[] = [];
  for (const { left, right, label } of [...placed].sort((one, other) => one.left - other.left)) {
    let name: Name | null = { label, left, isPlace: left === right };
    let before = names.at(-1);
    while (
      name !== null &&
      before !== undefined &&
      startOf(name) < startOf(before) + textWidthPx(before.label) + gapPx
    ) {
      if (before.isPlace && name.isPlace) {
        names.pop();
        name = { ...before, label: `${before.label}, ${name.label}` };
        before = names.at(-1);
      } else name = null;
    }
    if (name !== null) names.push(name);
  }
  return names.map((name) => ({ label: name.label, at: startOf(name) }));
}
