import { rangeOf, type ValueRange } from '../../src/shared/calibration/value-range.ts';
import { readModel } from '../../src/core/onnx/read.ts';
import { withAddition } from '../../src/core/onnx/shape-graph.ts';
import { writeModel } from '../../src/core/onnx/write.ts';
import { openGraph } from '../../src/core/quantize/graph/editable-graph.ts';
import { recipes } from '../../src/core/quantize/registry.ts';
import { runFloats, typesOf, type QuantizedFile } from './quantize-file.ts';
import path from 'node:path';

export type Feeds = Readonly<Record<string, { dims: readonly number[]; data: Float32Array }>>;

/** Quantizes with the ranges of one feed, by the runtime of this process; the product asks its engine process. */
export async function quantizeStatic(
  source: string,
  feeds: Feeds,
  parameters: Readonly<Record<string, unknown>>,
): Promise<QuantizedFile> {
  const loaded = await readModel(source);
  const prepared = await recipes['int8-static']
    .prepare(parameters)
    .resolve({ architecture: 'x64', saturates: () => Promise.resolve(true) });
  const graph = openGraph(loaded);
  const nodes = await prepared.apply({
    graph,
    isExcluded: () => false,
    tensorTypes: () => typesOf(source),
    collectRanges: (tensors) => rangesOf(source, tensors, feeds),
  });
  const { model, tensorData } = graph.finish();
  const target = `${source.replace(/\.onnx$/, '')}.static.onnx`;
  const { sha256 } = await writeModel(model, target, { tensorData });
  return { path: target, sha256, nodes };
}

async function rangesOf(source: string, tensors: readonly string[], feeds: Feeds): Promise<Map<string, ValueRange>> {
  const copies = tensors.map((name, index) => ({ opType: 'Identity', input: [name], output: [`copy:${index}`] }));
  await using file = await withAddition(
    await readModel(source),
    { node: copies, output: copies.map(({ output: [name] }) => ({ name: name ?? '' })) },
    path.dirname(source),
  );
  const found = await runFloats(file.path, feeds, { graphOptimizationLevel: 'disabled' });
  return new Map(
    tensors.flatMap((name, index) => {
      const range = rangeOf(found[`copy:${index}`] ?? new Float32Array());
      return range === null ? [] : [[name, range] as const];
    }),
  );
}
