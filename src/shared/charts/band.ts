import type { CustomSeriesOption } from 'echarts';

export interface BandPoint {
  x: number;
  low: number;
  high: number;
}

/** The area between two lines, e.g. of an interval or a range; with one point alone, a bar from low to high. */
export function bandSeries(
  id: string,
  points: readonly BandPoint[],
  fill: { color: string; opacity: number },
  axisIndex = 0,
): CustomSeriesOption {
  return {
    id,
    type: 'custom',
    xAxisIndex: axisIndex,
    yAxisIndex: axisIndex,
    silent: true,
    clip: true,
    tooltip: { show: false },
    dimensions: ['x', 'low', 'high'],
    encode: { x: 'x', y: ['low', 'high'] },
    data: points.map(({ x, low, high }) => [x, low, high]),
    // The whole area is one shape, drawn with its first point.
    renderItem: (params, api) => {
      if (params.dataIndexInside > 0) return null;
      const upper = points.map(({ x, high }) => api.coord([x, high]));
      const lower = points.map(({ x, low }) => api.coord([x, low]));
      const style = { fill: fill.color, opacity: fill.opacity };
      const [only, another] = [lower[0], lower[1]];
      if (only === undefined) return null;
      if (another !== undefined) {
        return { type: 'polygon', shape: { points: [...upper, ...lower.reverse()] }, style };
      }
      const [x = 0, bottom = 0] = only;
      const top = upper[0]?.[1] ?? bottom;
      return { type: 'rect', shape: { x: x - 3, width: 6, y: top, height: bottom - top }, style };
    },
  };
}
