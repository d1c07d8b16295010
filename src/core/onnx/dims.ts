import type { TensorInfo } from '../../shared/domain/model.ts';
import { InferometerError } from '../../shared/errors.ts';

/** How the batch enters a model. */
export type BatchDimension =
  | { kind: 'symbol'; name: string }
  /** The file fixes the batch. */
  | { kind: 'fixed'; size: number }
  /** No input has a leading dimension that is known to be a batch: one query is one sample. */
  | { kind: 'none' };

export interface ResolvedDims {
  /** Concrete dimensions by input name. */
  shapes: Record<string, number[]>;
  batch: BatchDimension;
}

/** What a model declares about its tensors. */
export interface ModelTensors {
  inputs: readonly TensorInfo[];
  outputs: readonly TensorInfo[];
}

/** Names that say "batch"; tf2onnx writes "unk__12" for the one that Keras leaves open. */
const BATCH_NAME = /^(n|b|bs|unk__\d+|.*batch.*)$/i;
/** Names with another meaning, "batch_x_sequence_length" included. */
const NOT_BATCH_NAME = /seq|len|height|width|time|past|token|channel|frame/i;
/** Names that exporters make up: torch.onnx.export, torch.export, Paddle2ONNX and older converters. */
const MADE_UP_NAME = /(^|_)dynamic_axes_\d+$|^s\d+$|dynamicdimension\.?\d+$|^dim_?\d+$|^none$/i;

/**
 * Gives every input concrete dimensions: the batch dimension becomes `batch`, symbols come from `dims`, sums such as
 * "past_length + 1" from their parts, and an unknown dimension is named "input:axis". Throws DIMENSION_NEEDED when one
 * has no size and DIMENSION_MISMATCH when the model or `dims` fixes another batch.
 */
export function resolveDims(model: ModelTensors, dims: Readonly<Record<string, number>>, batch: number): ResolvedDims {
  const batchDimension = requireBatch(model, dims, batch, 'generated');
  const sizes = new Map(Object.entries(dims));
  if (batchDimension.kind === 'symbol') sizes.set(batchDimension.name, batch);

  const missing = new Set<string>();
  const shapes: Record<string, number[]> = {};
  for (const input of model.inputs) {
    if (input.dims === null) throw rankUnknown(input.name);
    shapes[input.name] = symbolsOf(input).map((dim) => {
      const size = typeof dim === 'number' ? dim : evaluate(dim, sizes);
      if (size === null && typeof dim === 'string') missing.add(dim);
      return size ?? 0;
    });
  }
  if (missing.size > 0) throw dimensionsNeeded([...missing]);
  return { shapes, batch: batchDimension };
}

/**
 * How the batch enters a model whose inputs were recorded: by the symbols that the model declares, with the sizes that
 * the recorded `tensors` give them. Throws DIMENSION_MISMATCH when the recording carries another batch.
 */
export function resolveRecordedBatch(
  model: ModelTensors,
  tensors: readonly { name: string; dims: readonly number[] }[],
  batch: number,
): BatchDimension {
  const sizes: Record<string, number> = {};
  const inputs = model.inputs.map((input) => {
    const recorded = tensors.find(({ name }) => name === input.name)?.dims ?? [];
    const declared = { ...input, dims: input.dims ?? recorded.map(() => '?') };
    symbolsOf(declared).forEach((dim, axis) => {
      if (typeof dim === 'string') sizes[dim] ??= recorded[axis] ?? 0;
    });
    return declared;
  });
  const found = requireBatch({ inputs, outputs: model.outputs }, sizes, batch, 'recorded');
  if (found.kind !== 'symbol') return found;
  for (const input of inputs.filter((one) => symbolsOf(one)[0] === found.name)) {
    const size = tensors.find(({ name }) => name === input.name)?.dims[0];
    if (size !== undefined && size !== batch) throw batchMismatch(size, batch, found, 'recorded');
  }
  return found;
}

/** The batch dimension of a model, which can take `batch`. Throws DIMENSION_MISMATCH where it cannot. */
function requireBatch(
  model: ModelTensors,
  dims: Readonly<Record<string, number>>,
  batch: number,
  inputs: 'generated' | 'recorded',
): BatchDimension {
  const found = findBatch(model, dims, batch);
  if (found.kind === 'none' && batch !== 1) throw withoutBatch(model.inputs, batch);
  const size = found.kind === 'symbol' ? dims[found.name] : found.kind === 'fixed' ? found.size : undefined;
  if (size === undefined || size === batch) return found;
  throw batchMismatch(size, batch, found, inputs);
}

/** Dimensions of an input with unknown ones named after their place, so that a size can be given for them. */
function symbolsOf(input: TensorInfo): (number | string)[] {
  return (input.dims ?? []).map((dim, axis) => (dim === '?' ? `${input.name}:${axis}` : dim));
}

/**
 * A leading dimension is the batch only where something says so, because a batch that is none multiplies the
 * throughput: its name; a made-up name that leads every input and an output; or a fixed size that does. An unnamed one
 * is the batch when its given size is the batch that was asked for.
 */
function findBatch({ inputs, outputs }: ModelTensors, dims: Readonly<Record<string, number>>, batch: number) {
  const ranked = inputs.map((input) => symbolsOf(input)).filter((shape) => shape.length > 0);
  const leading = ranked.flatMap(([dim]) => (dim === undefined ? [] : [dim]));
  const leadsOutput = (dim: number | string): boolean => outputs.some((output) => output.dims?.[0] === dim);
  const symbols = leading.filter((dim) => typeof dim === 'string');
  const unnamed = new Set(inputs.map(({ name }) => `${name}:0`));
  const symbol =
    symbols.find((name) => !unnamed.has(name) && BATCH_NAME.test(name) && !NOT_BATCH_NAME.test(name)) ??
    symbols.find(
      (name) =>
        MADE_UP_NAME.test(name) &&
        leading.every((dim) => dim === name) &&
        leadsOutput(name) &&
        mayBe(dims[name], batch),
    ) ??
    symbols.find((name) => unnamed.has(name) && dims[name] === batch);
  if (symbol !== undefined) return { kind: 'symbol', name: symbol } as const;
  const [size, ...others] = ranked.filter((shape) => shape.length >= 2).map(([dim]) => dim);
  const fixed = typeof size === 'number' && others.every((dim) => dim === size) && (size === 1 || leadsOutput(size));
  return fixed ? ({ kind: 'fixed', size } as const) : ({ kind: 'none' } as const);
}

function mayBe(given: number | undefined, batch: number): boolean {
  return given === undefined || given === batch;
}

/** Size of a symbol, or of a sum of symbols and numbers as exporters write them; null when a part has no size. */
function evaluate(symbol: string, sizes: ReadonlyMap<string, number>): number | null {
  const known = sizes.get(symbol);
  if (known !== undefined) return known;
  const parts = symbol.split('+').map((part) => part.trim());
  if (parts.length === 1) return /^\d+$/.test(symbol) ? Number(symbol) : null;
  const values = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : (sizes.get(part) ?? null)));
  return values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0);
}

function dimensionsNeeded(names: readonly string[]): InferometerError {
  const list = names.map((name) => `"${name}"`).join(', ');
  return new InferometerError({
    code: 'DIMENSION_NEEDED',
    message: `The model leaves open the size of ${names.length === 1 ? 'dimension' : 'dimensions'} ${list}.`,
    remedy: `Give a size for each, for example ${names.map((name) => `--dim "${name}=128"`).join(' ')}.`,
    data: { dimensions: names },
  });
}

function rankUnknown(input: string): InferometerError {
  return new InferometerError({
    code: 'DIMENSION_NEEDED',
    message: `The model does not state how many dimensions the input "${input}" has.`,
    remedy: 'Give real inputs with --inputs, or export the model with the shapes of its inputs.',
    data: { input },
  });
}

function batchMismatch(
  size: number,
  wanted: number,
  found: BatchDimension,
  inputs: 'generated' | 'recorded',
): InferometerError {
  const recorded = inputs === 'recorded' && found.kind === 'symbol';
  const where = recorded ? 'the test data' : found.kind === 'symbol' ? `dimension "${found.name}"` : 'the model';
  const remedy = recorded ? `give test data of batch ${wanted}` : 'export the model with a dynamic batch dimension';
  return new InferometerError({
    code: 'DIMENSION_MISMATCH',
    message: `Batch ${wanted} was asked for, but ${where} is fixed to ${size}.`,
    remedy: `Use --batch ${size}, or ${remedy}.`,
    data: { fixed: size, wanted },
  });
}

function withoutBatch(inputs: readonly TensorInfo[], wanted: number): InferometerError {
  const unnamed = inputs.find(({ dims }) => dims?.[0] === '?');
  const otherwise =
    unnamed === undefined
      ? 'export the model with a leading dimension named "batch"'
      : `say that this one is the batch: --dim "${unnamed.name}:0=${wanted}"`;
  return new InferometerError({
    code: 'DIMENSION_MISMATCH',
    message: `Batch ${wanted} was asked for, but no input of the model has a dimension that is known to be the batch.`,
    remedy: `Use --batch 1, or ${otherwise}.`,
    data: { fixed: 1, wanted },
  });
}
