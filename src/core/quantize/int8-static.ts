import { z } from 'zod';
import { isUsable, rangeOf, type ValueRange } from '../../shared/calibration/value-range.ts';
import { InferometerError } from '../../shared/errors.ts';
import { DataType } from '../onnx/element-types.ts';
import type { NodeProto } from '../onnx/gen/onnx_pb.js';
import { toOperatorName } from '../onnx/walk.ts';
import type { CalibrationMethod } from './calibration/collect-ranges.ts';
import type { EditableGraph } from './graph/editable-graph.ts';
import { readFinite, readNumbers } from './graph/read-finite.ts';
import { defineRecipe, type RecipeSubject } from './recipe/define-recipe.ts';
import { emitQuantized } from './static/emit.ts';
import { markGraph } from './static/mark-graph.ts';
import type { Marks } from './static/marks.ts';
import { findMasking } from './static/masks.ts';
import { rangeSources, type RangeSource } from './static/range-sources.ts';
import { reportNodes } from './static/report-nodes.ts';
import { defaultOperators } from './static/rules/operator-rules.ts';
import { collectFacts, type TensorFacts } from './static/tensor-facts.ts';

const parametersSchema = z.strictObject({
  /** Activations and weights: u8s8 is what x64 processors are fast with, s8s8 what ARM and TensorRT want. */
  scheme: z.enum(['auto', 'u8s8', 's8s8']).default('auto'),
  /** Ranges of activations around zero. TensorRT needs it; Relu then stays an operator. */
  symmetricActivations: z.union([z.literal('auto'), z.boolean()]).default('auto'),
  /** A scale for each filter or column of a weight instead of one for all. */
  perChannel: z.boolean().default(true),
  /** Weights within 7 bits, for processors whose sums of products saturate. */
  reduceRange: z.union([z.literal('auto'), z.boolean()]).default('auto'),
  /** How the range of a tensor follows from the calibration inputs. */
  calibration: z.enum(['min-max', 'entropy', 'percentile']).default('min-max'),
  /** Percent of the magnitudes that are inside of the range, for percentile calibration. */
  percentile: z.number().min(50).max(100).default(99.999),
  /** Bins of the histogram, for entropy calibration; with 128, the default of Python, it is the observed range. */
  entropyBins: z.number().int().min(128).max(16384).default(2048),
  /** Operators that stay in float32. */
  floatOperators: z.array(z.string().min(1)).default([]),
});
type Parameters = z.output<typeof parametersSchema>;

/** Weights and activations int8, with ranges of activations from calibration, as QuantizeLinear and DequantizeLinear. */
export const int8Static = defineRecipe({
  id: 'int8-static',
  name: 'INT8 static',
  summary: 'For convolutional models on CPUs, and for TensorRT: 8-bit weights and activations, needs calibration.',
  parameters: parametersSchema,
  // A scale for each channel came with it.
  oldestOpset: 13,
  usesCalibration: true,
  async resolve(parameters, machine) {
    const scheme =
      parameters.scheme === 'auto' ? (machine.architecture === 'x64' ? 'u8s8' : 's8s8') : parameters.scheme;
    const { symmetricActivations: symmetric, reduceRange } = parameters;
    return {
      ...parameters,
      scheme,
      symmetricActivations: symmetric === 'auto' ? scheme === 's8s8' : symmetric,
      reduceRange: reduceRange === 'auto' ? await machine.saturates() : reduceRange,
    };
  },
  async apply(subject, parameters) {
    const { graph } = subject;
    const facts = collectFacts(graph, await subject.tensorTypes());
    const { marks, ranges, unusable, masking } = await decide(subject, facts, parameters);
    // Before names change.
    const operators = wantedOperators(parameters);
    const reports = reportNodes(graph, marks, facts, { operators, unusable, masking, subject });
    emitQuantized(graph, marks, facts, {
      activationType: parameters.scheme === 's8s8' ? 'int8' : 'uint8',
      symmetricActivations: parameters.symmetricActivations === true,
      reduceRange: parameters.reduceRange === true,
      ranges,
    });
    return reports;
  },
});

interface Decision {
  marks: Marks;
  /** Of marked tensors that are computed and have parameters of their own. */
  ranges: Map<string, ValueRange>;
  /** Nodes that stay in float32 because a range of theirs has no end. */
  unusable: ReadonlySet<NodeProto>;
  /** Nodes that stay in float32 because of the huge numbers of a mask. */
  masking: ReadonlySet<NodeProto>;
}

/**
 * Marks what is quantized and finds its ranges. What only moves numbers towards infinity, as masks do, cannot be
 * represented, and finite masks leave no steps for anything else: their nodes are left, and the graph is marked again
 * without them. Throws MODEL_WEIGHTS_NOT_FINITE where it is a weight that is infinite.
 */
async function decide(subject: RecipeSubject, facts: TensorFacts, parameters: Parameters): Promise<Decision> {
  const { graph, isExcluded } = subject;
  const { node: nodes } = graph.graph;
  const operators = wantedOperators(parameters);
  const unusable = new Set<NodeProto>();
  const measured = new Map<string, ValueRange | null>();
  const constantRange = rangesOfConstants(graph, facts);
  const rangeSeen = (tensor: string): ValueRange | null => measured.get(tensor) ?? constantRange(tensor);
  let masking = findMasking(nodes, rangeSeen);
  const isLooked = (node: NodeProto): boolean =>
    operators.has(toOperatorName(node)) && !isExcluded(node) && !unusable.has(node);
  const isWanted = (node: NodeProto): boolean => isLooked(node) && !masking.has(node);
  for (;;) {
    const marks = markGraph(nodes, facts, {
      perChannel: parameters.perChannel,
      symmetricActivations: parameters.symmetricActivations === true,
      isWanted,
      readScalar: (name) => readScalar(graph, name),
    });
    // Probabilities are between 0 and 1 whatever the mask.
    const sources = rangeSources(marks, facts, isLooked);
    await measure(subject, sources, toMethod(parameters), measured).catch((error: unknown) => {
      if (error instanceof InferometerError && error.code === 'CALIBRATION_INVALID')
        requireFiniteConstants(graph, marks);
      throw error;
    });
    const withMeasured = findMasking(nodes, rangeSeen);
    if (withMeasured.size > masking.size) {
      masking = withMeasured;
      continue;
    }
    const ranges = new Map<string, ValueRange>();
    const before = unusable.size;
    for (const [name, source] of sources) {
      const range = 'known' in source ? source.known : measured.get(source.tensor);
      if (range !== null && range !== undefined && isUsable(range)) ranges.set(name, range);
      else
        for (const node of [facts.producer(name), ...facts.readers(name)])
          if (node && isWanted(node)) {
            requireFiniteWeights(graph, marks, node);
            unusable.add(node);
          }
    }
    if (ranges.size === sources.size) return { marks, ranges, unusable, masking };
    if (unusable.size === before) throw new Error('A tensor without a usable range is quantized by no node.');
  }
}

/** Ranges of float constants, each read once. */
function rangesOfConstants(graph: EditableGraph, facts: TensorFacts): (name: string) => ValueRange | null {
  const known = new Map<string, ValueRange | null>();
  return (name) => {
    const tensor = graph.constant(name);
    if (tensor === undefined || !facts.isFloat(name)) return null;
    const range = known.has(name) ? (known.get(name) ?? null) : rangeOf(graph.readFloats(tensor));
    known.set(name, range);
    return range;
  };
}

/** The infinite weight is the fault, and not the tensor that became infinite by it. */
function requireFiniteWeights(graph: EditableGraph, marks: Marks, node: NodeProto): void {
  for (const name of node.input) {
    const tensor = marks.tensors.get(name)?.kind === 'weight' ? graph.constant(name) : undefined;
    if (tensor !== undefined) readFinite(graph, tensor);
  }
}

/** Where a tensor is NaN, a weight of the model may be at fault and not the inputs. Throws MODEL_WEIGHTS_NOT_FINITE. */
function requireFiniteConstants(graph: EditableGraph, { tensors, biases }: Marks): void {
  const weights = [...tensors].flatMap(([name, { kind }]) => (kind === 'weight' ? [name] : []));
  for (const name of [...weights, ...biases.map(({ bias }) => bias)]) {
    const tensor = graph.constant(name);
    if (tensor !== undefined) readFinite(graph, tensor);
  }
  for (const tensor of graph.graph.initializer) if (tensor.dataType === DataType.FLOAT) readNumbers(graph, tensor);
}

/** Adds the ranges that are not known yet; null for a tensor in which no number was seen. */
async function measure(
  subject: RecipeSubject,
  sources: ReadonlyMap<string, RangeSource>,
  method: CalibrationMethod,
  measured: Map<string, ValueRange | null>,
): Promise<void> {
  const wanted = [...sources.values()].flatMap((source) => ('tensor' in source ? [source.tensor] : []));
  const missing = [...new Set(wanted)].filter((tensor) => !measured.has(tensor));
  if (missing.length === 0) return;
  const found = await subject.collectRanges(missing, method);
  for (const tensor of missing) measured.set(tensor, found.get(tensor) ?? null);
}

function toMethod({ calibration, percentile, entropyBins }: Parameters): CalibrationMethod {
  if (calibration === 'entropy') return { kind: 'entropy', bins: entropyBins };
  return calibration === 'percentile' ? { kind: 'percentile', percentile } : { kind: 'min-max' };
}

function wantedOperators({ floatOperators }: Parameters): ReadonlySet<string> {
  return new Set(defaultOperators.filter((operator) => !floatOperators.includes(operator)));
}

function readScalar(graph: EditableGraph, name: string): number | null {
  const tensor = graph.constant(name);
  if (tensor?.dataType !== DataType.FLOAT || tensor.dims.some((dim) => dim !== 1n)) return null;
  return graph.readFloats(tensor)[0] ?? null;
}
