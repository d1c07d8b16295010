import type { CustomSeriesOption, LineSeriesOption } from 'echarts';
import type { ChartStyle } from './chart.ts';
import { textWidthPx } from './frame.ts';
import { chartColors, chartFont, type SeriesMark } from './theme.ts';

/** A text to the right of a point, which gives way to its neighbours up or down. */
export interface PointLabel {
  x: number;
  y: number;
  text: string;
  /** Shown before the text in the colour of its series. */
  mark?: SeriesMark;
  /** Of the point, where it is larger than usual; the label keeps clear of it. */
  radiusPx?: number;
}

const gapPx = 8;
const lineHeightPx = 15;
const longestLabelPx = 160;
/** A glyph and the space after it. */
const glyphPx = 15;

/** Room that such labels need beside the plot, px. */
export function labelRoomPx(labels: readonly Pick<PointLabel, 'text' | 'mark'>[], longestPx = longestLabelPx): number {
  const widest = Math.max(0, ...labels.map(({ text, mark }) => textWidthPx(text) + (mark === undefined ? 0 : glyphPx)));
  return labels.length === 0 ? 12 : gapPx + Math.min(widest, longestPx) + 4;
}

/** Labels beside points; the points themselves are drawn by their own series. */
export function pointLabels(
  id: string,
  labels: readonly PointLabel[],
  style: ChartStyle,
  axisIndex = 0,
  longestPx = longestLabelPx,
): CustomSeriesOption {
  const colors = chartColors[style.colorScheme];
  return {
    id,
    type: 'custom',
    xAxisIndex: axisIndex,
    yAxisIndex: axisIndex,
    silent: true,
    clip: false,
    tooltip: { show: false },
    dimensions: ['x', 'y'],
    encode: { x: 'x', y: 'y' },
    data: labels.map(({ x, y }) => [x, y]),
    z: 10,
    // All labels are placed together, with the first point.
    renderItem: (params, api) => {
      if (params.dataIndexInside > 0) return null;
      const plot = params.coordSys as unknown as { y: number; height: number };
      const points = labels.map(({ x, y }) => api.coord([x, y]));
      const tops = spreadOut(
        points.map(([, y = 0]) => y),
        lineHeightPx,
        plot.y,
        plot.y + plot.height,
      );
      const font = { fontSize: chartFont.sizePx, fontFamily: chartFont.family };
      return {
        type: 'group',
        children: labels.flatMap(({ text, mark, radiusPx = 0 }, index) => {
          const at = {
            x: (points[index]?.[0] ?? 0) + gapPx + radiusPx,
            y: tops[index]!,
            textVerticalAlign: 'middle' as const,
            // Readable where a label stands on a line of another series.
            stroke: colors.background,
            lineWidth: 3,
            ...font,
          };
          const glyph =
            mark === undefined ? [] : [{ type: 'text' as const, style: { ...at, text: mark.glyph, fill: mark.color } }];
          const indent = mark === undefined ? 0 : glyphPx;
          const words = { ...at, x: at.x + indent, text, fill: colors.text };
          return [
            ...glyph,
            { type: 'text' as const, style: { ...words, width: longestPx, overflow: 'truncate' as const } },
          ];
        }),
      };
    },
  };
}

/**
 * Moves places apart to at least `distance`, keeping their order and staying between the bounds where they fit: each
 * is pushed down by the one above it, and then up by the bound or the one below.
 */
export function spreadOut(places: readonly number[], distance: number, from: number, to: number): number[] {
  const order = places.map((_, index) => index).sort((one, other) => places[one]! - places[other]!);
  const moved = [...places];
  let free = from;
  for (const index of order) {
    moved[index] = Math.max(places[index]!, free);
    free = moved[index] + distance;
  }
  let limit = to;
  for (const index of order.reverse()) {
    moved[index] = Math.min(moved[index]!, limit);
    limit = moved[index] - distance;
  }
  return moved;
}

/** A line across the plot at one height, such as a percentile or a limit; its label is a point label at its end. */
export function levelLine(
  id: string,
  y: number,
  from: number,
  to: number,
  line: { color: string; type: 'solid' | 'dashed' | 'dotted' },
): LineSeriesOption {
  return {
    id,
    type: 'line',
    silent: true,
    symbol: 'none',
    tooltip: { show: false },
    lineStyle: { ...line, width: 1 },
    data: [
      [from, y],
      [to, y],
    ],
  };
}
