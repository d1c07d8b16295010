import type { CellId } from '../domain/ids.ts';
import type { Percentile } from '../domain/measurement.ts';
import type { CellConfig, ServiceLevel } from '../domain/plan.ts';
import type { Reading } from '../domain/provenance.ts';
import type { CellRecord, CellState } from '../domain/run.ts';
import { readThroughput, usualPercentile } from './merit.ts';
import { judgeLevels, type LevelStanding } from './service-level.ts';

/** One configuration of a matrix as charts and tables see it. */
export interface MatrixPoint {
  id: CellId;
  config: CellConfig;
  state: CellState;
  /** False for what has no result and for results that are INVALID: they are drawn hollow and never win. */
  isValid: boolean;
  /** Executed samples per second; null without a result. */
  throughput: Reading | null;
  /** Latency of a query at the percentile of the service level, or the median; null where it is not earned. */
  latency: Reading | null;
  /** null without a service level, or without a result. Valid results are judged together. */
  level: LevelStanding | null;
  /** Why it was not measured, in one sentence, where the run left it out. */
  skipped: string | null;
}

/** Configurations of a matrix in their order; trials of a search are no results and left out. */
export function toMatrixPoints(cells: readonly CellRecord[], serviceLevel: ServiceLevel | undefined): MatrixPoint[] {
  const shown = cells.filter(({ config }) => config.trial?.purpose !== 'search');
  const valid = shown.flatMap((cell) => {
    const { outcome } = cell;
    const isValid = outcome.state === 'completed' && outcome.validity.verdict !== 'INVALID';
    return isValid ? [{ id: cell.id, summary: outcome.measurement.summary }] : [];
  });
  const standings =
    serviceLevel === undefined
      ? []
      : judgeLevels(
          valid.map(({ summary }) => summary),
          serviceLevel,
        );
  const levels = new Map(valid.map(({ id }, index) => [id, standings[index] ?? null]));
  return shown.map(({ id, config, outcome }) => {
    const summary = outcome.state === 'completed' ? outcome.measurement.summary : null;
    return {
      id,
      config,
      state: outcome.state,
      isValid: levels.has(id),
      throughput: outcome.state === 'completed' ? readThroughput(outcome.measurement) : null,
      latency: findEarned(summary?.percentiles ?? [], serviceLevel?.percentile ?? usualPercentile),
      level: levels.get(id) ?? null,
      skipped: outcome.state === 'skipped' ? outcome.reason : null,
    };
  });
}

function findEarned(percentiles: readonly Percentile[], percentile: number): Reading | null {
  const found = percentiles.find((one) => one.percentile === percentile);
  return found?.status === 'earned' ? found.reading : null;
}

/** What a matrix spans. A precision is a model of its own. */
export const matrixDimensions = ['model', 'provider', 'threads', 'instances', 'batch'] as const;
export type MatrixDimension = (typeof matrixDimensions)[number];
export type DimensionValue = string | number;

/** The place of a configuration along a dimension; one instance where it says nothing. */
export function valueOf({ model, provider, threads, instances = 1, batch }: CellConfig, dimension: MatrixDimension) {
  return { model, provider, threads, instances, batch }[dimension] satisfies DimensionValue;
}

/** Values that occur along a dimension: sizes and counts ascending, names as they come. */
export function valuesOf(points: readonly MatrixPoint[], dimension: MatrixDimension): DimensionValue[] {
  const values = [...new Set(points.map(({ config }) => valueOf(config, dimension)))];
  return values.every((value) => typeof value === 'number') ? values.toSorted((left, right) => left - right) : values;
}
