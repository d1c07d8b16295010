import { z } from 'zod';
import type { NodeReport } from '../../shared/domain/quantization.ts';
import { DataType } from '../onnx/element-types.ts';
import type { NodeProto } from '../onnx/gen/onnx_pb.js';
import { DEFAULT_DOMAIN, toDomain, toOperatorName } from '../onnx/walk.ts';
import { convertToHalf } from './half/convert-graph.ts';
import { floatInputs, isFloatOperator } from './half/float-operators.ts';
import { defineRecipe } from './recipe/define-recipe.ts';
import { left, leftExcluded } from './recipe/node-reports.ts';

/** Everything in float16 except inputs, outputs, and operators that need float32. */
export const fp16 = defineRecipe({
  id: 'fp16',
  name: 'FP16',
  summary: 'For GPUs: half the size and native half precision; on CPUs ONNX Runtime computes it in float32.',
  parameters: z.strictObject({
    /** Operators that stay in float32 in addition to those that always do, e.g. Softmax. */
    floatOperators: z.array(z.string().min(1)).default([]),
  }),
  oldestOpset: 7,
  isForGpus: true,
  async apply({ graph, isExcluded, tensorTypes }, { floatOperators }) {
    const { model } = graph;
    const opset = Number(model.opsetImport.find(({ domain }) => toDomain(domain) === DEFAULT_DOMAIN)?.version ?? 0n);
    const functions = new Set(model.functions.map((one) => `${toDomain(one.domain)}:${one.name}`));
    const isFunction = (node: NodeProto): boolean => functions.has(`${toDomain(node.domain)}:${node.opType}`);
    const types = new Map([...(await tensorTypes())].map(([name, type]) => [name, toNumber(type)]));
    for (const tensor of graph.graph.initializer) types.set(tensor.name, tensor.dataType);
    const staysFloat = (node: NodeProto): boolean =>
      isExcluded(node) || isFloatOperator(node) || floatOperators.includes(toOperatorName(node)) || isFunction(node);
    return convertToHalf(graph, types, {
      staysFloat,
      floatInputs: (node) => floatInputs(node, opset),
      reportLeft(node): NodeReport {
        if (isExcluded(node)) return leftExcluded(node);
        if (isFunction(node)) return left(node, 'local-function', 'It calls a function of the model.');
        return left(node, 'needs-float32', 'Its results would be wrong or not defined in float16.');
      },
    });
  },
});

function toNumber(type: string): number {
  return type === 'float32' ? DataType.FLOAT : DataType.UNDEFINED;
}
