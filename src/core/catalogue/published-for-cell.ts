import type { CellId } from '../../shared/domain/ids.ts';
import type { PublishedResult } from '../../shared/domain/published.ts';
import type { CellRecord } from '../../shared/domain/run.ts';
import { findReferenceModel } from '../models/registry.ts';
import type { Storage } from '../storage/open.ts';
import { findPublished, type PublishedQuery } from './published-results.ts';

type Stored = Pick<Storage, 'cells' | 'models'>;

/** Published figures that a measured configuration can be set beside; none where it has no provenance. Throws NOT_FOUND. */
export function publishedForCell(cellId: CellId, storage: Stored): PublishedResult[] {
  const cell = storage.cells.get(cellId);
  if (cell.provenance === null) return [];
  return findPublished({
    config: cell.config,
    precision: precisionOf(cell, storage),
    runtime: cell.provenance.runtime,
  });
}

/** Shares of the weights above which a model is called by their type. */
const mostWeights = 0.5;

function precisionOf({ config, provenance }: CellRecord, { models }: Stored): PublishedQuery['precision'] {
  const recipe = provenance?.quantization?.recipe;
  if (recipe !== undefined) return recipe === 'fp16' ? 'float16' : recipe.startsWith('int8') ? 'int8' : null;
  if (findReferenceModel(config.model) !== undefined) return 'float32';
  const listed = models.list().find(({ name }) => name === config.model);
  if (listed === undefined) return null;
  const { float32 = 0, float16 = 0, int8 = 0, uint8 = 0 } = listed.summary.weightPrecision;
  if (int8 + uint8 > mostWeights) return 'int8';
  if (float16 > mostWeights) return 'float16';
  return float32 > mostWeights ? 'float32' : null;
}
