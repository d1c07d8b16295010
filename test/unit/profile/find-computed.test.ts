import { create } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import { GraphProtoSchema, NodeProtoSchema } from '../../../src/core/onnx/gen/onnx_pb.js';
import { createComputedNodes } from '../../../src/core/profile/find-computed.ts';

const node = (opType: string, input: string[], name = `${opType}_${input[0] ?? ''}`) =>
  create(NodeProtoSchema, { opType, name, input, output: [`${name}_out`] });

const graph = create(GraphProtoSchema, {
  node: [
    node('Conv', ['x', 'w'], 'conv1'),
    node('Clip', ['conv1_out'], 'clip'),
    node('Conv', ['clip_out', 'v'], 'conv2'),
    node('Add', ['conv2_out', 'x'], 'sum'),
    node('Relu', ['sum_out'], 'relu'),
    node('MatMul', ['relu_out', 'm'], 'product'),
    node('Add', ['product_out', 'b'], 'bias'),
    node('Sigmoid', ['bias_out'], 'gate'),
  ],
});
const computedBy = createComputedNodes(graph);

it.each([
  ['clip', 'Conv', 'conv1', 'Conv'],
  ['relu', 'Conv', 'conv2', 'Conv'],
  ['conv2', 'QLinearConv', 'conv2', 'Conv'],
  ['bias', 'Gemm', 'product', 'MatMul'],
  ['gate', 'QGemm', 'product', 'MatMul'],
  ['gate', 'Sigmoid', 'gate', 'Sigmoid'],
])('a kernel known by %s that computes %s is of %s', (label, kernel, found, operator) => {
  expect(computedBy({ node: label, operator: kernel }, kernel)).toEqual({ node: found, operator });
});

it('keeps the node that a kernel is known by where nothing of its kind is near', () => {
  expect(computedBy({ node: 'gate', operator: 'LSTM' }, 'LSTM')).toEqual({ node: 'gate', operator: 'Sigmoid' });
});

it('finds nothing for what the runtime added', () => {
  expect(computedBy({ node: 'ReorderOutput_1', operator: 'ReorderOutput' }, 'ReorderOutput')).toBeNull();
});
