import path from 'node:path';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import type { TensorInfo } from '../../src/shared/domain/model.ts';
import { readModel } from '../../src/core/onnx/read.ts';
import { withAllTensorsAsOutputs } from '../../src/core/onnx/shape-graph.ts';
import { writeModel } from '../../src/core/onnx/write.ts';
import { openGraph } from '../../src/core/quantize/graph/editable-graph.ts';
import { upgradeOpset, type OpsetUpgrade } from '../../src/core/quantize/opset/upgrade-opset.ts';

/** Converts a model file to an operator set beside it; the runtime of this process describes its tensors. */
export async function upgradeFile(source: string, to: number): Promise<{ path: string; upgrade: OpsetUpgrade | null }> {
  const loaded = await readModel(source);
  const upgrade = await upgradeOpset(loaded, to, () => describeTensors(source));
  const { model, tensorData } = openGraph(loaded).finish();
  const target = `${source.replace(/\.onnx$/, '')}.opset${to}.onnx`;
  await writeModel(model, target, { tensorData });
  return { path: target, upgrade };
}

async function describeTensors(source: string): Promise<Map<string, TensorInfo>> {
  await using file = await withAllTensorsAsOutputs(await readModel(source), path.dirname(source));
  const session = await InferenceSession.create(file.path, { graphOptimizationLevel: 'disabled', logSeverityLevel: 3 });
  const known = [...session.inputMetadata, ...session.outputMetadata];
  await session.release();
  return new Map(
    known.map((value) => [
      value.name,
      value.isTensor
        ? { name: value.name, type: value.type as TensorInfo['type'], dims: [...value.shape] }
        : { name: value.name, type: 'other', dims: null },
    ]),
  );
}

/** Outputs of a model without optimizations, of any type, as plain numbers with their dimensions. */
export async function runTensors(
  modelPath: string,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, { type: string; dims: readonly number[]; values: number[] }>> {
  const session = await InferenceSession.create(modelPath, {
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
    graphOptimizationLevel: 'disabled',
  });
  try {
    const outputs = await session.run(feeds);
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { type, dims, data }]) => [
        name,
        { type, dims, values: Array.from(data as Iterable<number | bigint | boolean>, Number) },
      ]),
    );
  } finally {
    await session.release();
  }
}
