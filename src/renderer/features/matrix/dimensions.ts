import {
  matrixDimensions,
  valuesOf,
  type DimensionValue,
  type MatrixDimension,
  type MatrixPoint,
} from '../../../shared/matrix/points.ts';
import { shortName } from '../../components/describe-config.ts';

export const dimensionNames: Readonly<Record<MatrixDimension, string>> = {
  model: 'Model',
  provider: 'Provider',
  threads: 'Threads',
  instances: 'Instances',
  batch: 'Batch',
};

/** The same for several values of it. */
export const severalOf: Readonly<Record<MatrixDimension, string>> = {
  model: 'models',
  provider: 'providers',
  threads: 'numbers of threads',
  instances: 'numbers of instances',
  batch: 'batches',
};

/** A value as the head of a row or a column, e.g. "per core" for no number of threads. `models`: shorter names. */
export function nameValue(
  dimension: MatrixDimension,
  value: DimensionValue,
  models: ReadonlyMap<string, string> = new Map(),
): string {
  if (typeof value === 'string') return dimension === 'model' ? (models.get(value) ?? shortName(value)) : value;
  return dimension === 'threads' && value === 0 ? 'per core' : String(value);
}

/** Dimensions along which configurations differ. */
export function varyingDimensions(points: readonly MatrixPoint[]): MatrixDimension[] {
  return matrixDimensions.filter((dimension) => valuesOf(points, dimension).length > 1);
}

const usualColumns: readonly MatrixDimension[] = ['batch', 'threads', 'instances', 'provider', 'model'];
const usualRows: readonly MatrixDimension[] = ['instances', 'threads', 'model', 'provider', 'batch'];

/** What stands across and down where the reader did not choose: what differs, batch across before anything else. */
export function chooseAxes(
  varying: readonly MatrixDimension[],
  asked: { columns?: MatrixDimension | undefined; rows?: MatrixDimension | undefined },
): { x: MatrixDimension; y: MatrixDimension } {
  const first = (usual: readonly MatrixDimension[], other: MatrixDimension | undefined): MatrixDimension =>
    usual.find((one) => one !== other && varying.includes(one)) ?? usual.find((one) => one !== other) ?? 'batch';
  const x = asked.columns ?? first(usualColumns, asked.rows);
  const y = asked.rows !== undefined && asked.rows !== x ? asked.rows : first(usualRows, x);
  return { x, y };
}
