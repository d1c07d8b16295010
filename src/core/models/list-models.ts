import { statSync } from 'node:fs';
import path from 'node:path';
import type { Reading } from '../../shared/domain/provenance.ts';
import type { DataDirectory } from '../storage/data-directory.ts';
import type { ModelRecord } from '../storage/models.ts';
import type { Storage } from '../storage/open.ts';
import { referenceModelKey } from './building/build-reference-model.ts';
import type { ReferenceModel } from './building/define-reference-model.ts';
import { isOwnFile } from './import/copies.ts';
import { referenceModels } from './registry.ts';
import { readVariantMetadata } from './variant-metadata.ts';

/** A model that a plan can name. */
export interface ListedModel {
  name: string;
  kind: ModelRecord['kind'];
  title: string;
  /** A citation, or the absolute path of the file. */
  source: string;
  parameters: Reading;
  /** Multiply-accumulates of one sample; null where the model has to be looked into first. */
  macs: Reading | null;
  /** null: a reference model that was not built yet. */
  sizeBytes: number | null;
  /** False: a file is not where it was when the model was added. */
  present: boolean;
  /** Absolute path of the first file that is gone: the model itself, or external data of it. */
  missing: string | null;
  /** True: the file is the application's own, a copy of one that was handed to it or a variant; it goes with the model. */
  copied: boolean;
  /** How it was quantized; null for a model that was not quantized by this application. */
  variant: Variant | null;
}

/** What a quantized file says of itself. */
export interface Variant {
  /** Name of the model that it was made from; null where that is not listed any more. */
  of: string | null;
  recipe: string;
  /** True: it was calibrated with generated inputs, so it tells of speed only. */
  isQualityVoid: boolean;
}

/** Reference models in their order, then those of the user by name. Looks at no file's content. */
export function listModels({ storage, directory }: { storage: Storage; directory: DataDirectory }): ListedModel[] {
  const stored = storage.models.list();
  return [
    ...referenceModels.map((model) => describeReference(model, directory)),
    ...stored.map((model) => describeStored(model, stored, directory)),
  ];
}

/** Where the file of a reference model lies once it is built. */
function referenceModelPath(model: ReferenceModel, directory: DataDirectory): string {
  return path.join(directory.models, referenceModelKey(model, 0), `${model.id}.onnx`);
}

function describeReference(model: ReferenceModel, directory: DataDirectory): ListedModel {
  const { parameters, macs, source } = model.expected;
  const kind = /^computed\b/.test(source) ? 'computed' : 'catalogue';
  return {
    name: model.id,
    kind: 'reference',
    title: model.title,
    source: model.source,
    parameters: toReading(parameters, '1', kind),
    macs: toReading(macs, 'MAC', kind),
    sizeBytes: sizeOf(referenceModelPath(model, directory)),
    present: true,
    missing: null,
    copied: false,
    variant: null,
  };
}

function describeStored(
  { name, kind, path: file, summary }: ModelRecord,
  models: readonly ModelRecord[],
  directory: DataDirectory,
): ListedModel {
  const files = [file, ...summary.externalFiles.map((location) => path.resolve(path.dirname(file), location))];
  const missing = files.find((one) => sizeOf(one) === null) ?? null;
  return {
    name,
    kind,
    title: path.basename(file),
    source: file,
    parameters: toReading(summary.parameters, '1', 'computed'),
    macs: null,
    sizeBytes: summary.sizeBytes,
    present: missing === null,
    missing,
    copied: isOwnFile(file, directory),
    variant: describeVariant(summary.metadata, models),
  };
}

/** The source is known by its content, and a reference model by the name that its file keeps through every change. */
function describeVariant(metadata: Readonly<Record<string, string>>, models: readonly ModelRecord[]): Variant | null {
  const variant = readVariantMetadata(metadata);
  if (variant === null) return null;
  const { recipe, sourceSha256, calibration } = variant;
  const source = models.find(({ sha256 }) => sha256 === sourceSha256)?.name;
  const reference = referenceModels.find(({ id }) => id === metadata.reference_model)?.id;
  return { of: source ?? reference ?? null, recipe, isQualityVoid: calibration?.source === 'generated' };
}

function sizeOf(file: string): number | null {
  try {
    return statSync(file, { throwIfNoEntry: false })?.size ?? null;
  } catch {
    // A folder on the way may not be entered: as good as gone.
    return null;
  }
}

function toReading(value: number, unit: Reading['unit'], kind: Reading['kind']): Reading {
  return { value, unit, kind, interval: null, n: null };
}
