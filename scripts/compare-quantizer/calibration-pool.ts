import { generateInputs, type InputPool } from '../../src/core/models/inputs/generate-inputs.ts';
import { findInputHints } from '../../src/core/models/inputs/input-hints.ts';
import { resolveDims } from '../../src/core/onnx/dims.ts';
import { modelInputs, toTensorInfo } from '../../src/core/onnx/inspect.ts';
import { readModel } from '../../src/core/onnx/read.ts';
import type { ComparedModel } from './models.ts';

/** Generated inputs of single samples, the same for both tools. */
export async function writeCalibrationPool(
  { path, dims }: Pick<ComparedModel, 'path' | 'dims'>,
  samples: number,
  target: string,
): Promise<InputPool> {
  const loaded = await readModel(path);
  const tensors = { inputs: modelInputs(loaded), outputs: loaded.graph.output.map(toTensorInfo) };
  const { shapes } = resolveDims(tensors, dims, 1);
  return generateInputs({
    inputs: tensors.inputs.map(({ name, type }) => ({ name, type, dims: shapes[name] ?? [] })),
    batch: 1,
    seed: 1,
    hints: findInputHints(loaded),
    distinct: samples,
    target,
  });
}
