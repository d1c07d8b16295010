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
  storeModel(storage, model);
  return model;
}

/** Stores a model that was checked under its name. Throws USAGE for a name that is taken. */
export function storeModel(
  storage: Storage,
  { name, path, summary }: ImportedModel,
  kind: 'imported' | 'quantized' = 'imported',
): void {
  refuseReferenceName(name);
  const addedAt = new Date().toISOString();
  storage.models.add({ name, path, sha256: summary.sha256, kind, addedAt, summary });
}

/** Throws USAGE for a name that a model has already, so that work ahead of storing is not in vain. */
export function refuseTakenName(storage: Storage, name: string): void {
  refuseReferenceName(name);
  if (!storage.models.list().some((model) => model.name === name)) return;
  throw new InferometerError({
    code: 'USAGE',
    message: `A model named "${name}" exists already.`,
    remedy: 'Choose another name, or remove the stored model first.',
    data: { name },
  });
}

/** Throws USAGE for the name of a reference model, which no other model may have. */
export function refuseReferenceName(name: string): void {
  if (findReferenceModel(name) === undefined) return;
  throw new InferometerError({
    code: 'USAGE',
    message: `A reference model is called "${name}" already.`,
    remedy: 'Choose another name.',
    data: { name },
  });
}
