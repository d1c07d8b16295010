import type { z } from 'zod';
import type { ValueRange } from '../../../shared/calibration/value-range.ts';
import type { ElementType } from '../../../shared/domain/model.ts';
import type { NodeReport, RecipeId } from '../../../shared/domain/quantization.ts';
import { InferometerError } from '../../../shared/errors.ts';
import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import type { CalibrationMethod } from '../calibration/collect-ranges.ts';
import type { EditableGraph } from '../graph/editable-graph.ts';
import { describeParameters } from './describe-parameters.ts';

/** What a recipe works on. */
export interface RecipeSubject {
  graph: EditableGraph;
  /** True for a node that the user wants left in float32. */
  isExcluded(node: NodeProto): boolean;
  /** The operator of the source that a node is a part of, where simplifying took it apart. */
  wholeOf?(node: NodeProto): string | undefined;
  /** Element type of every tensor of the main graph, as ONNX Runtime infers it. */
  tensorTypes(): Promise<ReadonlyMap<string, ElementType>>;
  /** Ranges of float32 tensors of the main graph over the calibration inputs. For recipes that use calibration. */
  collectRanges(tensors: readonly string[], method: CalibrationMethod): Promise<Map<string, ValueRange>>;
}

/** What a recipe may want to know of the machine that it works on. */
export interface RecipeMachine {
  architecture: NodeJS.Architecture;
  /** Whether sums of 8-bit products saturate on this processor. */
  saturates(): Promise<boolean>;
}

export interface RecipeDescriptor<P extends z.ZodType> {
  id: RecipeId;
  /** For people, e.g. "INT8 dynamic". */
  name: string;
  /** What it does and when it helps, one sentence. */
  summary: string;
  /** True where the result is for GPUs: that CPUs fail to optimize it is then a remark and no refusal. */
  isForGpus?: boolean;
  /** Unknown parameters are refused. Each has a default. */
  parameters: P;
  /** Oldest default operator set that has what the recipe emits. */
  oldestOpset: number;
  /** True: the graph was simplified by ONNX Runtime, and ranges of its tensors can be collected. */
  usesCalibration?: boolean;
  /** Replaces what is to be decided by the machine. The result goes into the file's metadata. */
  resolve?(parameters: z.output<P>, machine: RecipeMachine): Promise<z.output<P>>;
  /** Changes the graph and says what became of every node that could have been changed. */
  apply(subject: RecipeSubject, parameters: z.output<P>): NodeReport[] | Promise<NodeReport[]>;
}

/** A recipe with parameters that were checked. */
export interface PreparedRecipe {
  /** All parameters, defaults included, as the file's metadata keeps them. */
  parameters: Readonly<Record<string, unknown>>;
  /** The recipe with what the machine decides. */
  resolve(machine: RecipeMachine): Promise<PreparedRecipe>;
  apply(subject: RecipeSubject): Promise<NodeReport[]>;
}

export interface Recipe extends Pick<RecipeDescriptor<z.ZodType>, 'id' | 'name' | 'summary' | 'oldestOpset'> {
  isForGpus: boolean;
  usesCalibration: boolean;
  /** Schema of the parameters. */
  parameters: z.ZodType;
  /** Checks parameters that a user gave. Throws USAGE. */
  prepare(parameters: Readonly<Record<string, unknown>>): PreparedRecipe;
}

/** Declares a recipe; it becomes available with its line in the registry. */
export function defineRecipe<P extends z.ZodType<Record<string, unknown>>>(descriptor: RecipeDescriptor<P>): Recipe {
  const { id, name, summary, oldestOpset, isForGpus = false, usesCalibration = false } = descriptor;
  return {
    id,
    name,
    summary,
    oldestOpset,
    isForGpus,
    usesCalibration,
    parameters: descriptor.parameters,
    prepare(given) {
      const parsed = descriptor.parameters.safeParse(given);
      if (!parsed.success) throw refuseParameters(id, descriptor.parameters, parsed.error.issues);
      return prepareWith(descriptor, parsed.data);
    },
  };
}

function prepareWith<P extends z.ZodType<Record<string, unknown>>>(
  descriptor: RecipeDescriptor<P>,
  parameters: z.output<P>,
): PreparedRecipe {
  return {
    parameters,
    async resolve(machine) {
      const resolved = await descriptor.resolve?.(parameters, machine);
      return prepareWith(descriptor, resolved ?? parameters);
    },
    apply: async (subject) => descriptor.apply(subject, parameters),
  };
}

function refuseParameters(recipe: RecipeId, schema: z.ZodType, issues: readonly z.core.$ZodIssue[]): InferometerError {
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  const [first] = issues;
  const parameter = unknown[0] ?? first?.path.join('.') ?? '';
  return new InferometerError({
    code: 'USAGE',
    message:
      unknown.length > 0
        ? `The recipe ${recipe} has no parameter ${unknown.join(', ')}.`
        : `The parameter ${parameter} of the recipe ${recipe} is not valid: ${explain(schema, parameter) ?? first?.message ?? 'unknown reason'}.`,
    remedy: 'docs/method/quantization.md lists the parameters of every recipe.',
    data: { recipe, parameter },
  });
}

/** What a parameter may be, where that is a list or has bounds. */
function explain(schema: z.ZodType, parameter: string): string | null {
  const control = describeParameters(schema).find(({ name }) => name === parameter)?.control;
  if (control?.kind === 'choice')
    return `it must be one of ${control.choices.map(({ value }) => String(value)).join(', ')}`;
  if (control?.kind !== 'number' || control.min === null || control.max === null) return null;
  return `it must be a ${control.isWhole ? 'whole ' : ''}number from ${control.min} to ${control.max}`;
}
