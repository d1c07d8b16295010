import {
  matrixDimensions,
  valueOf,
  valuesOf,
  type DimensionValue,
  type MatrixDimension,
  type MatrixPoint,
} from './points.ts';

export type MatrixMetric = 'throughput' | 'latency';

export interface HeatMapOptions {
  x: MatrixDimension;
  y: MatrixDimension;
  metric: MatrixMetric;
  /** Values that other dimensions are held at; in one that is left out the best configuration is shown. */
  fixed?: Partial<Record<MatrixDimension, DimensionValue>>;
}

export interface HeatMapCell {
  x: DimensionValue;
  y: DimensionValue;
  /** The configuration that stands for this place; null where the plan has none here. */
  shown: MatrixPoint | null;
  /** Every configuration of this place, `shown` included. */
  points: MatrixPoint[];
  /** From 0 for the worst of the valid values to 1 for the best, on a logarithmic scale; null for anything else. */
  shade: number | null;
}

/** A piece of the line between configurations that keep the service level and those that are known not to. */
export interface LevelEdge {
  row: number;
  column: number;
  side: 'right' | 'below';
}

export interface HeatMap {
  xValues: DimensionValue[];
  yValues: DimensionValue[];
  /** By y, then x. */
  rows: HeatMapCell[][];
  line: LevelEdge[];
  /** Dimensions that vary within a place, of which the best is shown. */
  folded: MatrixDimension[];
}

/** Configurations in a table of two dimensions. An invalid result is shown only where there is no valid one. */
export function toHeatMap(points: readonly MatrixPoint[], { x, y, metric, fixed = {} }: HeatMapOptions): HeatMap {
  const chosen = points.filter(({ config }) =>
    matrixDimensions.every(
      (dimension) => fixed[dimension] === undefined || valueOf(config, dimension) === fixed[dimension],
    ),
  );
  const xValues = valuesOf(chosen, x);
  const yValues = valuesOf(chosen, y);
  const places = yValues.map((yValue) =>
    xValues.map((xValue) => {
      const here = chosen.filter(({ config }) => valueOf(config, x) === xValue && valueOf(config, y) === yValue);
      const [shown = null] = here.toSorted((left, right) => comparePoints(left, right, metric));
      return { x: xValue, y: yValue, shown, points: here };
    }),
  );
  const shadeOf = createShade(
    places.flat().flatMap(({ shown }) => shown ?? []),
    metric,
  );
  const rows = places.map((row) => row.map((place) => ({ ...place, shade: shadeOf(place.shown) })));
  const folded = matrixDimensions.filter(
    (dimension) =>
      dimension !== x && dimension !== y && fixed[dimension] === undefined && valuesOf(chosen, dimension).length > 1,
  );
  return { xValues, yValues, rows, line: findLine(rows), folded };
}

/** Below 0 where the left one is to be shown: valid ones first, then those that keep the level, then by the metric. */
function comparePoints(left: MatrixPoint, right: MatrixPoint, metric: MatrixMetric): number {
  const order = (point: MatrixPoint): number => {
    if (!point.isValid) return point.state === 'completed' ? 3 : 4;
    return point.level === 'misses' ? 2 : point.level === null || point.level === 'keeps' ? 0 : 1;
  };
  return order(left) - order(right) || goodness(right, metric) - goodness(left, metric);
}

/** Larger is better; the least where there is no reading. */
function goodness(point: MatrixPoint, metric: MatrixMetric): number {
  const value = point[metric]?.value;
  if (value === undefined || !(value > 0)) return -1e9;
  return metric === 'throughput' ? Math.log(value) : -Math.log(value);
}

function createShade(
  points: readonly MatrixPoint[],
  metric: MatrixMetric,
): (point: MatrixPoint | null) => number | null {
  const values = points
    .filter(({ isValid }) => isValid)
    .flatMap((point) => (point[metric] === null ? [] : goodness(point, metric)));
  const least = Math.min(...values);
  const most = Math.max(...values);
  return (point) => {
    if (point === null || !point.isValid || point[metric] === null) return null;
    return most > least ? (goodness(point, metric) - least) / (most - least) : 1;
  };
}

function findLine(rows: readonly (readonly HeatMapCell[])[]): LevelEdge[] {
  const edges: LevelEdge[] = [];
  rows.forEach((cells, row) => {
    cells.forEach((cell, column) => {
      if (isParted(cell, cells[column + 1])) edges.push({ row, column, side: 'right' });
      if (isParted(cell, rows[row + 1]?.[column])) edges.push({ row, column, side: 'below' });
    });
  });
  return edges;
}

/** Whether one keeps the level and of the other it is known that it was not shown to. */
function isParted(one: HeatMapCell, other: HeatMapCell | undefined): boolean {
  if (one.shown === null || other === undefined || other.shown === null) return false;
  const [left, right] = [keepsLevel(one.shown), keepsLevel(other.shown)];
  return left !== null && right !== null && left !== right;
}

function keepsLevel({ level, skipped }: MatrixPoint): boolean | null {
  if (level !== null) return level === 'keeps';
  return skipped === null ? null : false;
}
