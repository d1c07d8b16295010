import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { concreteShapes, type CheckPorts } from '../check-result.ts';
import { findInputHints } from '../../models/inputs/input-hints.ts';
import { generateInputs, type InputPool } from '../../models/inputs/generate-inputs.ts';
import { modelInputs } from '../../onnx/inspect.ts';
import type { LoadedModel } from '../../onnx/read.ts';
import { checkPool } from './check-pool.ts';

/** Samples that are generated where none are given. */
const generatedSamples = 32;
/** Other values than a measurement generates. */
const seed = 1;

/** Inputs to calibrate with: those that were given, or generated ones in a file that disposing removes. */
export async function openPool(
  source: LoadedModel,
  given: InputPool | undefined,
  { dims, temporaryFolder, signal }: CheckPorts,
): Promise<AsyncDisposable & { pool: InputPool }> {
  if (given !== undefined) {
    checkPool(source, given);
    return { pool: given, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const { shapes, batch } = concreteShapes(source, dims);
  const target = path.join(temporaryFolder, `calibration-${process.pid}-${randomBytes(4).toString('hex')}.bin`);
  const remove = (): Promise<void> => rm(target, { force: true });
  try {
    const pool = await generateInputs({
      inputs: modelInputs(source).map(({ name, type }) => ({ name, type, dims: shapes[name] ?? [] })),
      batch,
      seed,
      hints: findInputHints(source),
      distinct: generatedSamples,
      target,
      ...(signal ? { signal } : {}),
    });
    return { pool, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
