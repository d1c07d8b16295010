import { expect, it } from 'vitest';
import { explainRuntimeMessage } from '../../../src/core/engine-client/explain-failure.ts';

// Texts of ONNX Runtime 1.30.
it.each([
  ['Unsupported model IR version: 14, max supported IR version: 13', 'MODEL_IR_TOO_NEW', '14'],
  [
    'ONNX Runtime only *guarantees* support for models stamped with official released onnx opset versions. Opset 27 is under development and support for this is limited. Current official support for domain ai.onnx is till opset 26.',
    'MODEL_OPSET_UNSUPPORTED',
    '26',
  ],
  ['Fatal error: Frobnicate is not a registered function/op', 'MODEL_UNKNOWN_OPERATOR', 'Frobnicate'],
  ['Could not find an implementation for Attention(24) node with name "a"', 'MODEL_UNKNOWN_OPERATOR', 'Attention(24)'],
  ['Load model from x.onnx failed:Protobuf parsing failed.', 'MODEL_NOT_ONNX', 'parse'],
  ['Got invalid dimensions for input: image for the following indices', 'DIMENSION_MISMATCH', 'image'],
  [
    "Non-zero status code returned while running MatMul node. Name:'m' Status Message: matmul_helper.h:142 left operand cannot broadcast on dim 0",
    'DIMENSION_MISMATCH',
    'MatMul',
  ],
  ['std::bad_alloc', 'MODEL_TOO_LARGE', 'memory'],
  ['The profile was cut off while it was written', 'STORAGE_FULL', 'disk was full'],
  [
    '[ONNXRuntimeError] : 1 : FAIL : graph.cc:5280 AddExternalInitializersToGraphProtoImpl Failed to write external initializers to file: "/data/tmp/optimized.onnx.data"',
    'STORAGE_FULL',
    'optimized graph',
  ],
  ['The profile is no JSON: Bad escaped character at position 7', 'ENGINE_FAILED', 'is no JSON: Bad escaped character'],
  ['The profile is not what ONNX Runtime 1.30 writes', 'ENGINE_FAILED', 'is not what ONNX Runtime 1.30 writes'],
  ['Something that was never seen before\nsecond line', 'MODEL_INVALID', 'Something that was never seen before'],
])('%s', (text, code, named) => {
  const failure = explainRuntimeMessage(text);
  expect(failure.code).toBe(code);
  expect(failure.message).toContain(named);
  expect(failure.message).toMatch(/^[^\n]+\.$/);
  expect(failure.data?.runtimeMessage).toBe(text);
});
