import type { TensorInfo } from '../../shared/domain/model.ts';
import { InferometerError } from '../../shared/errors.ts';

/** How the batch enters a model. */
export type BatchDimension =
  | { kind: 'symbol'; name: string }
  /** The file fixes the batch. */
  | { kind: 'fixed'; size: number }
  /** No input has a leading dimension that could be a batch. */
  | { kind: 'none' };

export interface ResolvedDims {
  /** Concrete dimensions by input name. */
  shapes: Record<string, number[]>;
  batch: BatchDimension;
}

const BATCH_NAME = /^(n|b|bs|unk__\d+|.*batch.*)$/i;
const NOT_BATCH_NAME = /seq|len|length|height|width|time|past|token|channel/i;

/**
 * Gives every input concrete dimensions: the batch dimension becomes `batch`, symbols come from `dims`, sums such as
 * "past_length + 1" from their parts, and an unknown dimension is named "input:axis". Throws DIMENSION_NEEDED when one
 * has no size and DIMENSION_MISMATCH when the model or `dims` fixes another batch.
 */
export function resolveDims(
  inputs: readonly TensorInfo[],
  dims: Readonly<Record<string, number>>,
  batch: number,
): ResolvedDims {
  const batchDimension = findBatch(inputs, dims);
  const sizes = new Map(Object.entries(dims));
  if (batchDimension.kind === 'symbol') {
    const given = sizes.get(batchDimension.name);
    if (given !== undefined && given !== batch) throw batchMismatch(given, batch, `dimension "${batchDimension.name}"`);
    sizes.set(batchDimension.name, batch);
  } else {
    const fixed = batchDimension.kind === 'fixed' ? batchDimension.size : 1;
    if (fixed !== batch) throw batchMismatch(fixed, batch, 'the model');
  }

  const missing = new Set<string>();
  const shapes: Record<string, number[]> = {};
  for (const input of inputs) {
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

/** Dimensions of an input with unknown ones named after their place, so that a size can be given for them. */
function symbolsOf(input: TensorInfo): (number | string)[] {
  return (input.dims ?? []).map((dim, axis) => (dim === '?' ? `${input.name}:${axis}` : dim));
}

function findBatch(inputs: readonly TensorInfo[], dims: Readonly<Record<string, number>>): BatchDimension {
  const ranked = inputs.filter((input) => input.dims !== null && input.dims.length > 0);
  const leading = ranked.map((input) => symbolsOf(input)[0]).filter((dim) => dim !== undefined);
  const symbols = leading.filter((dim) => typeof dim === 'string');
  const named = symbols.find((symbol) => BATCH_NAME.test(symbol));
  if (named !== undefined) return { kind: 'symbol', name: named };
  const first = symbols[0];
  const shared = first !== undefined && leading.every((dim) => dim === first);
  if (shared && !NOT_BATCH_NAME.test(first) && dims[first] === undefined) return { kind: 'symbol', name: first };
  const matrix = ranked.find((input) => (input.dims?.length ?? 0) >= 2);
  const size = matrix?.dims?.[0];
  return typeof size === 'number' ? { kind: 'fixed', size } : { kind: 'none' };
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

function batchMismatch(fixed: number, wanted: number, where: string): InferometerError {
  return new InferometerError({
    code: 'DIMENSION_MISMATCH',
    message: `Batch ${wanted} was asked for, but ${where} is fixed to ${fixed}.`,
    remedy: `Use --batch ${fixed}, or export the model with a dynamic batch dimension.`,
    data: { fixed, wanted },
  });
}
