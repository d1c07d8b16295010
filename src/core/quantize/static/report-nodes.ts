import type { NodeReport } from '../../../shared/domain/quantization.ts';
import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import { toOperatorName } from '../../onnx/walk.ts';
import type { EditableGraph } from '../graph/editable-graph.ts';
import type { RecipeSubject } from '../recipe/define-recipe.ts';
import { changed, left, leftExcluded, leftInside } from '../recipe/node-reports.ts';
import { findIslands } from './find-islands.ts';
import type { Marks } from './marks.ts';
import { defaultOperators } from './rules/operator-rules.ts';
import type { TensorFacts } from './tensor-facts.ts';

const onlyFloat = 'It has no 8-bit form: values become float32 before it and 8-bit again after it.';

export interface ReportOptions {
  /** Operators that are quantized. */
  operators: ReadonlySet<string>;
  /** Nodes whose ranges have no end. */
  unusable: ReadonlySet<NodeProto>;
  /** Nodes with the huge numbers of a mask. */
  masking: ReadonlySet<NodeProto>;
  subject: Pick<RecipeSubject, 'isExcluded' | 'wholeOf'>;
}

/**
 * What became of each node that has an 8-bit form, and of those without one between quantized tensors. Arithmetic on
 * shapes and indices is none of them.
 */
export function reportNodes(
  { graph, model }: EditableGraph,
  marks: Marks,
  facts: TensorFacts,
  { operators, unusable, masking, subject }: ReportOptions,
): NodeReport[] {
  const known = new Set(defaultOperators);
  const islands = new Set(findIslands(graph.node, marks, facts));
  const folded = new Set(marks.folds.map(({ node }) => node));
  const reportOf = (node: NodeProto): NodeReport[] => {
    const operator = toOperatorName(node);
    if (!islands.has(node) && !known.has(operator)) return [];
    if (![...node.input, ...node.output].some((name) => facts.isFloat(name))) return [];
    if (subject.isExcluded(node)) return [leftExcluded(node)];
    if (islands.has(node)) return [left(node, 'not-supported', onlyFloat)];
    if (!operators.has(operator)) return [left(node, 'excluded', 'Its operator was excluded.')];
    if (masking.has(node))
      return [left(node, 'mask', 'Beside the huge numbers of a mask all others would be one value.')];
    if (unusable.has(node)) return [left(node, 'range-not-finite', 'Its values reach infinity.')];
    if (folded.has(node)) return [changed(node, ['QuantizeLinear'])];
    if (isQuantized(node, marks, facts)) return [changed(node, ['DequantizeLinear', operator, 'QuantizeLinear'])];
    return [left(node, 'input-not-quantized', 'It would be an 8-bit island between operators in float32.')];
  };
  const reports = graph.node.flatMap((node) => {
    const whole = subject.wholeOf?.(node);
    return reportOf(node).map((report) =>
      whole === undefined ? report : { ...report, operator: `${report.operator} of ${whole}` },
    );
  });
  return [...reports, ...leftInside(model, operators)];
}

/** Its outputs are quantized; of an operator whose output is no float, as ArgMax, an input. */
function isQuantized(node: NodeProto, { tensors, folds }: Marks, facts: TensorFacts): boolean {
  const floats = node.output.filter((name) => facts.isFloat(name));
  if (floats.length === 0) return node.input.some((name) => tensors.has(name));
  // A folded activation function has taken the place of the output.
  return floats.some((name) => tensors.has(name) || folds.some(({ from }) => from === name));
}
