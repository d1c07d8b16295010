import { InferometerError } from '../../../shared/errors.ts';
import type { Storage } from '../../storage/open.ts';
import { findReferenceModel } from '../registry.ts';
import { importModel, type ImportedModel } from './import-model.ts';

/** Checks a file and stores it under a name. Throws USAGE for a name that is taken, and what importModel throws. */
export async function addModel(
  storage: Storage,
  file: string,
  options: { name?: string; signal?: AbortSignal } = {},
): Promise<ImportedModel> {
  const model = await importModel(file, options);
  const { name, path, summary } = model;
  if (findReferenceModel(name) !== undefined) {
    throw new InferometerError({
      code: 'USAGE',
      message: `A reference model is called "${name}" already.`,
      remedy: 'Choose another name.',
      data: { name },
    });
  }
  const addedAt = new Date().toISOString();
  storage.models.add({ name, path, sha256: summary.sha256, kind: 'imported', addedAt, summary });
  return model;
}
