import type { Measurement, Validity } from '../../../shared/domain/measurement.ts';
import type { CellConfig } from '../../../shared/domain/plan.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';

/** A configuration with its result. */
export interface MeasuredCell extends Pick<CellRecord, 'id' | 'index' | 'config'> {
  measurement: Measurement;
  verdict: Validity['verdict'];
}

/** Those of a run that have a result. */
export function toMeasured(cells: readonly CellRecord[]): MeasuredCell[] {
  return cells.flatMap(({ id, index, config, outcome }) =>
    outcome.state === 'completed'
      ? [{ id, index, config, measurement: outcome.measurement, verdict: outcome.validity.verdict }]
      : [],
  );
}

/** Results of a run that differ from a configuration in these parts of it, in its purpose, and in nothing else. */
export function findSiblings(
  cells: readonly CellRecord[],
  config: CellConfig,
  varied: readonly (keyof CellConfig)[],
): MeasuredCell[] {
  const own = toKey(config, varied);
  return toMeasured(cells).filter((cell) => toKey(cell.config, varied) === own);
}

function toKey(config: CellConfig, varied: readonly string[]): string {
  const kept = Object.entries(config).filter(([name]) => name !== 'trial' && !varied.includes(name));
  return JSON.stringify(kept.sort(([one], [other]) => (one < other ? -1 : 1)));
}
