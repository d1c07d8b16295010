import type { NodeReport } from '../../shared/domain/quantization.ts';
import { InferometerError } from '../../shared/errors.ts';
import type { ModelProto, NodeProto } from '../onnx/gen/onnx_pb.js';
import type { FunctionProto, GraphProto } from '../onnx/gen/onnx_pb.js';
import { invalidModel } from '../onnx/model-failures.ts';
import type { LoadedModel } from '../onnx/read.ts';
import { allGraphs, allNodes, toOperatorName } from '../onnx/walk.ts';
import type { Recipe } from './recipe/define-recipe.ts';
import { toLabel } from './recipe/node-reports.ts';

/** Operators, whatever their domain, that only quantized models have. */
const quantizedOperator =
  /^(Dynamic|De)?Quantize(Linear|MatMul|LSTM|BFP)|^QLinear|^Q(Gemm|Attention|MoE|Ordered|EmbedLayer)|^(MatMul|Conv)Integer|^MatMul(NBits|Bnb4|Fp[48Q])|^GatherBlockQuantized/;

/** The first node that only quantized models have. */
export function findQuantizedNode(model: ModelProto): NodeProto | undefined {
  for (const node of allNodes(model)) if (quantizedOperator.test(node.opType)) return node;
  return undefined;
}

/** Throws MODEL_ALREADY_QUANTIZED, and MODEL_INVALID where a name stands for two tensors. */
export function checkSource({ path, model }: LoadedModel): void {
  for (const owner of [...allGraphs(model), ...model.functions]) checkNames(path, owner);
  const node = findQuantizedNode(model);
  if (node !== undefined) {
    throw new InferometerError({
      code: 'MODEL_ALREADY_QUANTIZED',
      message: `${path} is quantized already: its node "${toLabel(node)}" is ${toOperatorName(node)}.`,
      remedy: 'Give the float32 model that it was made from.',
      data: { path, node: toLabel(node), operator: toOperatorName(node) },
    });
  }
}

/**
 * ONNX Runtime takes the last of two weights of one name, and warns. Which of them a node means would be a guess, so
 * the model is refused. Files before IR version 4 list initializers as inputs too.
 */
function checkNames(path: string, owner: GraphProto | FunctionProto): void {
  const isGraph = 'initializer' in owner;
  const weights = isGraph ? owner.initializer.map(({ name }) => name) : [];
  const known = new Set(weights);
  const inputs = isGraph ? owner.input.map(({ name }) => name).filter((name) => !known.has(name)) : owner.input;
  const results = owner.node.flatMap(({ output }) => output).filter((name) => name !== '');
  const seen = new Set<string>();
  for (const name of [...weights, ...inputs, ...results]) {
    if (seen.has(name)) throw invalidModel(path, `it has two tensors of the name "${name}"`);
    seen.add(name);
  }
}

/** Throws USAGE for a name that no node has: a slip of the pen would quantize what was to be left. */
export function checkExcluded({ model }: LoadedModel, excluded: readonly string[]): void {
  const known = new Set([...allNodes(model)].flatMap((node) => [node.name, ...node.output]));
  const unknown = excluded.find((name) => name === '' || !known.has(name));
  if (unknown === undefined) return;
  throw new InferometerError({
    code: 'USAGE',
    message: `The model has no node "${unknown}" that could be excluded.`,
    remedy: 'List the nodes with `inferometer inspect <model> --nodes`; a node without a name goes by its output.',
    data: { node: unknown },
  });
}

/** Throws MODEL_NOTHING_TO_QUANTIZE where no node was changed, with the most frequent reason. */
export function checkChanged(path: string, recipe: Recipe, nodes: readonly NodeReport[]): void {
  if (nodes.some(({ outcome }) => outcome.kind === 'changed')) return;
  const counts = new Map<string, number>();
  for (const { outcome } of nodes) {
    if (outcome.kind === 'left') counts.set(outcome.message, (counts.get(outcome.message) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([, one], [, other]) => other - one);
  throw new InferometerError({
    code: 'MODEL_NOTHING_TO_QUANTIZE',
    message:
      most === undefined
        ? `${path} has no node that the recipe ${recipe.id} could change.`
        : `${path} has no node that the recipe ${recipe.id} could change; of ${most[1]} it says: ${most[0].replace(/\.$/, '')}.`,
    remedy: 'Choose another recipe; docs/method/quantization.md says which operators each one changes.',
    data: { path, recipe: recipe.id },
  });
}
