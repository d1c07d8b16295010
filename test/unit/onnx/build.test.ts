import { expect, test } from 'vitest';
import { createGraphBuilder } from '../../../src/core/onnx/build.ts';

const bytes = () => [new Uint8Array(8)];

test('keeps only the nodes, inputs and weights that an output needs', () => {
  const graph = createGraphBuilder();
  graph.input('used', 'float32', ['batch', 2]);
  graph.input('unused', 'float32', ['batch', 2]);
  const weight = graph.weight('weight', [2], bytes);
  graph.node('Mul', ['unused', graph.weight('other', [2], bytes)]);
  graph.output('sum', graph.node('Add', ['used', weight]), 'float32', ['batch', 2]);

  const { model } = graph.build('test');

  expect(model.graph?.node.map((node) => node.opType)).toEqual(['Add']);
  expect(model.graph?.input.map((input) => input.name)).toEqual(['used']);
  expect(model.graph?.initializer.map((tensor) => tensor.name)).toEqual(['weight']);
});

test('publishes a tensor under the output name where it is produced and where it is read', () => {
  const graph = createGraphBuilder();
  graph.input('x', 'float32', [2]);
  const hidden = graph.node('Relu', ['x']);
  graph.output('hidden', hidden, 'float32', [2]);
  graph.output('y', graph.node('Neg', [hidden]), 'float32', [2]);

  const nodes = graph.build('test').model.graph?.node ?? [];

  expect(nodes.map(({ opType, input, output }) => [opType, ...input, '>', ...output])).toEqual([
    ['Relu', 'x', '>', 'hidden'],
    ['Neg', 'hidden', '>', 'y'],
  ]);
});

test('shares one initializer among equal constants and keeps scalars apart from vectors', () => {
  const graph = createGraphBuilder();

  expect(graph.integers([1, 2])).toBe(graph.integers([1, 2]));
  expect(graph.integers(1)).not.toBe(graph.integers([1]));
  expect(graph.floats(1)).not.toBe(graph.integers(1));
});

test('refuses a name that is taken and a tensor that does not exist', () => {
  const graph = createGraphBuilder();
  graph.weight('w', [2], bytes);

  expect(() => graph.input('w', 'float32', [2])).toThrow('"w" is used twice');
  expect(() => graph.node('Relu', ['missing'])).toThrow('unknown tensor "missing"');
});

test('names nodes after their layer, with a number where a layer repeats an operator', () => {
  const graph = createGraphBuilder();
  graph.input('x', 'float32', [2]);
  const once = graph.node('Add', ['x', 'x'], { scope: 'layer.0' });
  const twice = graph.node('Add', [once, 'x'], { scope: 'layer.0' });
  graph.output('y', twice, 'float32', [2]);

  expect(graph.build('test').model.graph?.node.map((node) => node.name)).toEqual(['layer.0/Add', 'layer.0/Add_1']);
});

test('produces the data of a weight only when it is asked for', () => {
  let produced = 0;
  const graph = createGraphBuilder();
  graph.input('x', 'float32', [2]);
  const weight = graph.weight('w', [2], () => {
    produced++;
    return [new Uint8Array(8)];
  });
  graph.output('y', graph.node('Add', ['x', weight]), 'float32', [2]);
  const { tensorData } = graph.build('test');

  expect(produced).toBe(0);
  expect([...(tensorData('w') ?? [])]).toHaveLength(1);
  expect(tensorData('unknown')).toBeUndefined();
});
