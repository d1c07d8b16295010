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
 * Shades stretches and draws a line at places, over the whole height of the plot. A name that finds no room beside its
 * neighbours is left out; the table has all of them.
 */
export function topMarks(id: string, marks: readonly TopMark[], style: ChartStyle): CustomSeriesOption {
  const colors = chartColors[style.colorScheme];
  return {
    id,
    type: 'custom',
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

/** Names from left to right, each beginning at its mark or ending at the edge of the plot, none over another. */
function placeNames(placed: readonly { left: number; label: string }[], edge: number): { label: string; at: number }[] {
  let free = -Infinity;
  return [...placed]
    .sort((one, other) => one.left - other.left)
    .flatMap(({ left, label }) => {
      const width = textWidthPx(label);
      const at = Math.min(left, edge - width);
      if (at < free) return [];
      free = at + width + gapPx;
      return [{ label, at }];
    });
}
