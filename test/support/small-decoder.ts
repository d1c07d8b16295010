import type { ReferenceInput, ReferenceModel } from '../../src/core/models/building/define-reference-model.ts';
import { decoderGraph, decoderInputs, decoderOutputs } from '../../src/core/models/building/gpt2-decoder.ts';
import { linear, table, type Layers } from '../../src/core/models/building/layers.ts';
import { buildModel } from '../../src/core/models/building/materialise.ts';
import { attend, splitHeads } from '../../src/core/models/building/transformer.ts';
import { writeModel } from '../../src/core/onnx/write.ts';

const sizes = { vocabulary: 97, positions: 64, hidden: 32, heads: 4, layers: 2 };

/** Writes a decoder as in GPT-2, too small to take time: positions and mask follow from the length of the cache. */
export function writeSmallDecoder(path: string): Promise<unknown> {
  const inputs = decoderInputs(sizes);
  return write(path, inputs, decoderOutputs(sizes), (layers) => decoderGraph(layers, sizes));
}

/**
 * Writes one layer of attention that takes its mask and its positions as inputs, as exported models do, and gives the
 * scores of every position. `mistake` makes it misread what it is fed, as a wrong export would.
 */
export function writeExportedDecoder(path: string, mistake: 'none' | 'positions' = 'none'): Promise<unknown> {
  const size = sizes.hidden / sizes.heads;
  const cache = (name: string): ReferenceInput => ({
    name,
    type: 'float32',
    dims: ['batch_size', sizes.heads, 'past_sequence_length', size],
    description: name,
    content: { kind: 'cache' },
  });
  const whole = (name: string, length: string): ReferenceInput => ({
    name,
    type: 'int64',
    dims: ['batch_size', length],
    description: name,
    content: { kind: 'tokens', vocabulary: sizes.vocabulary },
  });
  const inputs = [
    whole('input_ids', 'sequence_length'),
    whole('attention_mask', 'past_sequence_length + sequence_length'),
    whole('position_ids', 'sequence_length'),
    cache('past_key_values.0.key'),
    cache('past_key_values.0.value'),
  ];
  const grown = ['batch_size', sizes.heads, 'past_sequence_length + sequence_length', size];
  const outputs = [
    { name: 'logits', dims: ['batch_size', 'sequence_length', sizes.vocabulary], description: 'logits' },
    { name: 'present.0.key', dims: grown, description: 'keys' },
    { name: 'present.0.value', dims: grown, description: 'values' },
  ];
  return write(path, inputs, outputs, (layers) => exportedGraph(layers, mistake));
}

function exportedGraph(layers: Layers, mistake: 'none' | 'positions'): Record<string, string> {
  const { graph } = layers;
  const { hidden, heads, vocabulary } = sizes;
  const size = hidden / heads;
  // Counting from 0 in every step is what a model does that forgets how much is cached.
  const firstOfStep = graph.node('Gather', ['position_ids', graph.integers([0])], { attributes: { axis: { int: 1 } } });
  const positions = mistake === 'none' ? 'position_ids' : graph.node('Sub', ['position_ids', firstOfStep]);
  const embedded = graph.node('Gather', [table(layers, 'tokens', [vocabulary, hidden], 1), 'input_ids']);
  const placed = graph.node('Gather', [table(layers, 'positions', [sizes.positions, hidden], 1), positions]);
  const input = graph.node('Add', [embedded, placed]);
  const project = (name: string): string =>
    splitHeads(graph, linear(layers, name, input, { inputs: hidden, outputs: hidden }), heads, size, name);
  const append = (part: string, fresh: string): string =>
    graph.node('Concat', [`past_key_values.0.${part}`, fresh], { attributes: { axis: { int: 2 } } });
  const key = append('key', project('key'));
  const value = append('value', project('value'));
  const counted = graph.node('CumSum', ['attention_mask', graph.integers(1)]);
  const keyAt = graph.node('Unsqueeze', [graph.node('Sub', [counted, graph.integers(1)]), graph.integers([1, 2])]);
  const queryAt = graph.node('Unsqueeze', ['position_ids', graph.integers([1, 3])]);
  const later = graph.node('Greater', [keyAt, queryAt]);
  const mask = graph.node('Where', [later, graph.floats(-10_000), graph.floats(0)]);
  const context = attend(graph, { query: project('query'), key, value, mask, count: heads, size }, 'attention');
  const logits = linear(layers, 'scores', graph.node('Add', [input, context]), { inputs: hidden, outputs: vocabulary });
  return { logits, 'present.0.key': key, 'present.0.value': value };
}

async function write(
  path: string,
  inputs: ReferenceModel['inputs'],
  outputs: ReferenceModel['outputs'],
  buildGraph: (layers: Layers) => Readonly<Record<string, string>>,
): Promise<unknown> {
  const weights = { kind: 'seeded', recipe: 1, buildGraph, calibrationDims: {} } as const;
  const model: ReferenceModel = {
    id: 'small-decoder',
    title: 'small decoder',
    task: 'text-generation',
    source: 'none',
    inputs,
    outputs,
    expected: { parameters: 1, macs: 1, macsDims: {}, source: 'none' },
    defaultDims: {},
    weights,
  };
  const neutral = { mean: new Float32Array(4096), deviation: new Float32Array(4096).fill(1) };
  const everyLayer = new Proxy(new Map<string, typeof neutral>(), { get: () => () => neutral });
  const built = buildModel(model, weights, 3, everyLayer, { onShare: () => undefined });
  return writeModel(built.model, path, { tensorData: built.tensorData });
}
