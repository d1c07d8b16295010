import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Core } from '../../../src/core/create-core.ts';
import type { InputPool } from '../../../src/core/models/inputs/generate-inputs.ts';
import type { RecipeId } from '../../../src/shared/domain/quantization.ts';
import { writeCalibrationPool } from '../../compare-quantizer/calibration-pool.ts';
import type { QuantizerCase } from '../../compare-quantizer/cases.ts';
import type { ComparedModel } from '../../compare-quantizer/models.ts';
import { quantizeHere } from '../../compare-quantizer/quantize-here.ts';

/** Enough for speed, which does not depend on the ranges. */
const calibrationSamples = 8;

export interface VariantOptions {
  model: ComparedModel;
  recipe: RecipeId;
  parameters?: Readonly<Record<string, unknown>>;
  /** Calibration inputs; generated ones unless given. */
  pool?: InputPool;
  /** Folder for what is written. */
  folder: string;
  name: string;
}

/** Quantizes a model with the application and returns the file. */
export async function writeVariant(core: Core, options: VariantOptions): Promise<string> {
  const { model, recipe, parameters = {}, folder, name } = options;
  const target = join(folder, `${name}.onnx`);
  const pool =
    recipe === 'int8-static'
      ? (options.pool ?? (await writeCalibrationPool(model, calibrationSamples, join(folder, `${name}.bin`))))
      : null;
  const request = { source: model.path, target, dims: model.dims, recipe, parameters: { ...parameters }, pool };
  await quantizeHere(request, { spawn: core.spawn, temporaryFolder: folder });
  return target;
}

/** Quantizes a model with the official Python package and returns the file. */
export async function writePythonVariant(
  interpreter: string,
  { python }: QuantizerCase,
  { model, folder, name }: Pick<VariantOptions, 'model' | 'folder' | 'name'>,
): Promise<string> {
  const target = join(folder, `${name}.onnx`);
  const pool = await writeCalibrationPool(model, calibrationSamples, join(folder, `${name}.bin`));
  const script = join(import.meta.dirname, '..', '..', 'compare-quantizer', 'python_quantizer.py');
  const request = JSON.stringify({ source: model.path, pool, cases: [{ ...python, target }] });
  const { stdout } = await promisify(execFile)(interpreter, [script, request]);
  const { failed } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as { failed?: string | null };
  if (failed !== null) throw new Error(`Python does not quantize ${model.name}: ${failed ?? 'it did not answer'}`);
  return target;
}
