import type { DecodeTask } from '../../../engine/protocol.ts';
import type { StepInput } from '../../../shared/decoding/step-inputs.ts';
import type { ModelSummary, TensorInfo } from '../../../shared/domain/model.ts';
import { InferometerError } from '../../../shared/errors.ts';

/** How a model generates text: what is fed, what comes back, and how many tokens there are. */
export interface Decoder {
  task: Omit<DecodeTask, 'newTokens'>;
  tokens: { name: string; type: 'int64' | 'int32' };
  vocabulary: number;
}

const cacheName = /past|cache|present/i;
const stepTypes = ['int64', 'int32', 'bool', 'float32', 'float16'] as const;

/** What inputs beside tokens and cache are called by torch.onnx, Optimum, Transformers.js and ONNX Runtime's GenAI. */
const others: readonly { name: RegExp; role: StepInput['role']; ranks: readonly number[] }[] = [
  { name: /^(attention_)?mask$|attention_mask$/i, role: 'mask', ranks: [2] },
  { name: /position_ids$|^positions?$/i, role: 'positions', ranks: [1, 2] },
  { name: /^cache_positions?$/i, role: 'positions', ranks: [1] },
  { name: /seqlens_k$/i, role: 'last-index', ranks: [1, 2] },
  { name: /^total_seq(uence)?_len(gth)?$/i, role: 'total', ranks: [0, 1] },
  { name: /^past_(seq(uence)?_)?len(gth)?$/i, role: 'past', ranks: [0, 1] },
  { name: /^use_cache(_branch)?$/i, role: 'uses-cache', ranks: [0, 1] },
  { name: /^(num_)?logits_to_keep$/i, role: 'scores-kept', ranks: [0, 1] },
];

/**
 * Recognises a model with a key-value cache from the names and shapes of its inputs and outputs: pairs of past and
 * present along which the cache grows, token ids, scores, and inputs that follow from how far a text has come. Throws
 * MODEL_NOT_DECODABLE with what is missing or not understood, DIMENSION_MISMATCH for another batch than the file fixes,
 * DIMENSION_NEEDED for a size that the cache leaves open.
 */
export function recogniseDecoder(
  summary: Pick<ModelSummary, 'inputs' | 'outputs'>,
  dims: Readonly<Record<string, number>>,
  batch: number,
): Decoder {
  const { inputs, outputs } = summary;
  const others = inputs.filter((input) => !isCache(input));
  const tokens = findTokens(others);
  const pasts = inputs.filter(isCache);
  if (pasts.length === 0) {
    throw notDecodable(
      'The model takes no keys and values of earlier tokens: no input is named like a cache.',
      'Export it with a cache (past key values as inputs), or measure it with --scenario single-stream.',
    );
  }
  const cache = pairCaches(pasts, outputs.filter(isCache)).map(({ past, present }) => ({
    past: past.name,
    present: present.name,
    type: past.type as 'float32' | 'float16',
    dims: emptyShape(past, dims, batch),
  }));
  const scores = findScores(outputs.filter((output) => !isCache(output)));
  const rest = others.filter(({ name }) => name !== tokens.name).map(toStepInput);
  return {
    task: { tokens: tokens.name, scores: scores.name, cache, others: rest },
    tokens,
    vocabulary: scores.vocabulary,
  };
}

function isCache({ name, type, dims }: TensorInfo): boolean {
  return cacheName.test(name) && (type === 'float32' || type === 'float16') && (dims === null || dims.length >= 3);
}

function findTokens(inputs: readonly TensorInfo[]): Decoder['tokens'] {
  const isInteger = ({ type }: TensorInfo): boolean => type === 'int64' || type === 'int32';
  const named = inputs.filter((input) => isInteger(input) && /(^|_)(input_)?ids$|^tokens?$|^input$/i.test(input.name));
  const found = named.find(({ name }) => !/position|type/i.test(name));
  if (found === undefined || found.dims?.length !== 2) {
    throw notDecodable(
      'The model has no input of token ids with the shape [batch, sequence].',
      'Name the input of token ids "input_ids" when exporting the model.',
    );
  }
  if (typeof found.dims[1] === 'number') {
    throw notDecodable(
      `The model always reads ${found.dims[1]} ${found.dims[1] === 1 ? 'token' : 'tokens'} at a time, so a prompt cannot be read and continued with one file.`,
      'Export it with a dynamic sequence length.',
    );
  }
  return { name: found.name, type: found.type as 'int64' | 'int32' };
}

/** Inputs and outputs that are the same but for the word for before and after: "past_key_values.0.key", "present.0.key". */
function pairCaches(pasts: readonly TensorInfo[], presents: readonly TensorInfo[]) {
  const left = new Map(presents.map((present) => [keyOf(present.name), present]));
  const pairs = pasts.map((past) => {
    const present = left.get(keyOf(past.name));
    if (present === undefined) {
      throw notDecodable(
        `No output of the model carries "${past.name}" on to the next step.`,
        'Export the model with its cache as outputs that are named like the inputs, such as "present.0.key".',
      );
    }
    left.delete(keyOf(past.name));
    return { past, present };
  });
  const [unused] = left.values();
  if (unused === undefined) return pairs;
  throw notDecodable(
    `No input of the model takes up the output "${unused.name}".`,
    'Export the model with one input and one output for each part of the cache.',
  );
}

function keyOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(
      /past_key_values|present_key_values|key_values|past|present|cached?|updated|new|in(put)?s?(?=[._]|$)|out(put)?s?(?=[._]|$)/g,
      '',
    )
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== '')
    .join('.');
}

/** The shape of a cache that holds nothing yet: [batch, heads, 0, size], or [2, batch, heads, 0, size] for both parts. */
function emptyShape(
  { name, dims: shape }: TensorInfo,
  dims: Readonly<Record<string, number>>,
  batch: number,
): number[] {
  const rank = shape?.length;
  if (shape == null || (rank !== 4 && rank !== 5)) {
    throw notDecodable(
      `The cache "${name}" does not have the shape [batch, heads, length, size].`,
      'Export the model with a cache of four dimensions.',
    );
  }
  const batchAxis = rank - 4;
  // Heads come before the length in most models and after it in some; the one that is open is the length.
  const open = [rank - 2, rank - 3].filter((axis) => typeof shape[axis] === 'string');
  const growing = open.find((axis) => dims[String(shape[axis])] === undefined) ?? open[0];
  if (growing === undefined) {
    throw notDecodable(
      `The cache "${name}" has a fixed length of ${shape[rank - 2]}, so that it cannot grow from token to token.`,
      'Export the model with a dynamic length of the cache.',
    );
  }
  return shape.map((dim, axis) => {
    if (axis === growing) return 0;
    if (axis !== batchAxis) return sizeOf(dim, dims, name, axis);
    if (typeof dim === 'number' && dim !== batch) {
      throw new InferometerError({
        code: 'DIMENSION_MISMATCH',
        message: `Batch ${batch} was asked for, but the cache "${name}" is fixed to ${dim}.`,
        remedy: `Use --batch ${dim}, or export the model with a dynamic batch dimension.`,
        data: { fixed: dim, wanted: batch },
      });
    }
    return batch;
  });
}

function sizeOf(dim: number | string, dims: Readonly<Record<string, number>>, name: string, axis: number): number {
  const symbol = dim === '?' ? `${name}:${axis}` : dim;
  const size = typeof symbol === 'number' ? symbol : dims[symbol];
  if (size !== undefined) return size;
  throw new InferometerError({
    code: 'DIMENSION_NEEDED',
    message: `The model leaves open the size of dimension "${symbol}" of its cache.`,
    remedy: `Give it a size: --dim "${symbol}=64".`,
    data: { dimensions: [symbol] },
  });
}

function findScores(outputs: readonly TensorInfo[]): { name: string; vocabulary: number } {
  const scores = outputs.filter(
    ({ type, dims }) => /^b?float/.test(type) && (dims === null || dims.length === 2 || dims.length === 3),
  );
  const found = scores.find(({ name }) => /logits|scores/i.test(name)) ?? (scores.length === 1 ? scores[0] : undefined);
  if (found === undefined || found.type === 'bfloat16') {
    throw notDecodable(
      'The model has no output of scores with the shape [batch, vocabulary] or [batch, sequence, vocabulary].',
      'Name the output of scores "logits" when exporting the model, in float32 or float16.',
    );
  }
  const last = found.dims?.at(-1);
  return { name: found.name, vocabulary: typeof last === 'number' ? last : 2 };
}

function toStepInput({ name, type, dims }: TensorInfo): StepInput {
  const known = others.find((one) => one.name.test(name));
  const stepType = stepTypes.find((one) => one === type);
  if (known === undefined || stepType === undefined || dims === null || !known.ranks.includes(dims.length)) {
    throw notDecodable(
      `Nothing is known of the input "${name}" (${type}${dims === null ? '' : `, [${dims.join(', ')}]`}) that would say what to feed it.`,
      'Export the model without it. Fed are: token ids, attention_mask, position_ids, cache_position, seqlens_k, total_sequence_length, past_sequence_length, use_cache_branch, num_logits_to_keep and the cache.',
    );
  }
  return { name, type: stepType, role: known.role, rank: dims.length };
}

function notDecodable(message: string, remedy: string): InferometerError {
  return new InferometerError({ code: 'MODEL_NOT_DECODABLE', message, remedy });
}
