import { runIdSchema } from '../../../shared/domain/ids.ts';
import type { MatrixMetric } from '../../../shared/matrix/heat-map.ts';
import { matrixDimensions, type DimensionValue, type MatrixDimension } from '../../../shared/matrix/points.ts';

/** Values that dimensions are held at. */
export type FixedDimensions = Partial<Record<MatrixDimension, DimensionValue>>;

/** Which run is shown, and how its reader looks at it; what is left out follows from the run. */
export interface MatrixSearch extends FixedDimensions {
  run?: string;
  metric?: MatrixMetric;
  columns?: MatrixDimension;
  rows?: MatrixDimension;
  percentile?: number;
  /** Of the service level; 0: none, whatever the plan says. */
  limitMs?: number;
}

export function parseMatrixSearch(search: Record<string, unknown>): MatrixSearch {
  const run = runIdSchema.safeParse(search.run);
  const { metric, percentile, limitMs } = search;
  const columns = matrixDimensions.find((dimension) => dimension === search.columns);
  const rows = matrixDimensions.find((dimension) => dimension === search.rows);
  const fixed = matrixDimensions.flatMap((dimension) => {
    const value = search[dimension];
    const isName = dimension === 'model' || dimension === 'provider';
    return typeof value === (isName ? 'string' : 'number') ? [[dimension, value] as const] : [];
  });
  const isPercentile = typeof percentile === 'number' && percentile > 0 && percentile < 100;
  const isLimit = typeof limitMs === 'number' && limitMs >= 0 && Number.isFinite(limitMs);
  return {
    ...(run.success ? { run: run.data } : {}),
    ...(metric === 'latency' || metric === 'throughput' ? { metric } : {}),
    ...(columns === undefined ? {} : { columns }),
    ...(rows === undefined ? {} : { rows }),
    ...(isPercentile ? { percentile } : {}),
    ...(isLimit ? { limitMs } : {}),
    ...Object.fromEntries(fixed),
  };
}
