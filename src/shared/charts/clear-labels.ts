import type { CustomSeriesOption } from 'echarts';
import type { ChartStyle } from './chart.ts';
import { textWidthPx } from './frame.ts';
import type { PointLabel } from './labels.ts';
import { chartColors, chartFont } from './theme.ts';

type Point = readonly [x: number, y: number];

/** A place of a text, px. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const heightPx = 16;
const gapPx = 9;
const stepPx = 6;
const steps = 8;

/** Labels inside the plot, each beside its point at the nearest place where it lies on no line and no other label. */
export function clearLabels(
  id: string,
  labels: readonly PointLabel[],
  lines: readonly (readonly Point[])[],
  style: ChartStyle,
  longestPx: number,
): CustomSeriesOption {
  const colors = chartColors[style.colorScheme];
  return {
    id,
    type: 'custom',
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
      const plot = params.coordSys as unknown as Box;
      const toPx = ([x, y]: Point): Point => {
        const [left = 0, top = 0] = api.coord([x, y]);
        return [left, top];
      };
      const drawn = lines.map((line) => line.map(toPx));
      const points = labels.map(({ x, y }) => toPx([x, y]));
      const taken: Box[] = points.map(([x, y]) => ({ x: x - gapPx + 2, y: y - 7, width: 14, height: 14 }));
      return {
        type: 'group',
        children: labels.map(({ text }, index) => {
          const width = Math.min(textWidthPx(text), longestPx);
          const box = findClearBox(points[index]!, width, plot, drawn, taken);
          taken.push(box);
          return {
            type: 'text' as const,
            style: {
              x: box.x,
              y: box.y + heightPx / 2,
              text,
              width: longestPx,
              overflow: 'truncate' as const,
              textVerticalAlign: 'middle' as const,
              fill: colors.text,
              stroke: colors.background,
              lineWidth: 3,
              fontSize: chartFont.sizePx,
              fontFamily: chartFont.family,
            },
          };
        }),
      };
    },
  };
}

/**
 * The nearest place around a point for a text of this width: inside the plot, on no line and on no box. Where there is
 * none, the place right of the point.
 */
export function findClearBox(
  [x, y]: Point,
  width: number,
  plot: Box,
  lines: readonly (readonly Point[])[],
  taken: readonly Box[],
): Box {
  const at = (left: number, top: number): Box => ({ x: left, y: top, width, height: heightPx });
  const middle = y - heightPx / 2;
  const places = Array.from({ length: steps }, (_, step) => step * stepPx).flatMap((away) => [
    at(x + gapPx + away, middle),
    at(x + gapPx, middle + away),
    at(x + gapPx, middle - away),
    at(x - gapPx - width - away, middle),
    at(x - gapPx - width, middle + away),
    at(x - gapPx - width, middle - away),
    at(x - width / 2, y + gapPx + away),
    at(x - width / 2, y - gapPx - heightPx - away),
  ]);
  const isFree = (box: Box): boolean =>
    isInside(box, plot) && !taken.some((other) => overlap(box, other)) && !lines.some((line) => isCrossed(box, line));
  return places.find(isFree) ?? places[0]!;
}

function isInside(box: Box, plot: Box): boolean {
  return (
    box.x >= plot.x &&
    box.y >= plot.y &&
    box.x + box.width <= plot.x + plot.width &&
    box.y + box.height <= plot.y + plot.height
  );
}

function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

function isCrossed(box: Box, line: readonly Point[]): boolean {
  return line.slice(1).some((to, index) => isCut(box, line[index]!, to));
}

/** Clips the stretch between two points to the box, one side after the other (Liang and Barsky 1984). */
function isCut({ x, y, width, height }: Box, [fromX, fromY]: Point, [toX, toY]: Point): boolean {
  let [enters, leaves] = [0, 1];
  const sides = [
    { along: fromX - toX, room: fromX - x },
    { along: toX - fromX, room: x + width - fromX },
    { along: fromY - toY, room: fromY - y },
    { along: toY - fromY, room: y + height - fromY },
  ];
  for (const { along, room } of sides) {
    if (along === 0 && room < 0) return false;
    if (along < 0) enters = Math.max(enters, room / along);
    if (along > 0) leaves = Math.min(leaves, room / along);
  }
  return enters <= leaves;
}
