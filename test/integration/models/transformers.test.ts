import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bertEmbeddings, bertLayer } from '../../../src/core/models/building/bert-encoder.ts';
import { buildReferenceModel } from '../../../src/core/models/building/build-reference-model.ts';
import type { GraphTensor, ReferenceModel } from '../../../src/core/models/building/define-reference-model.ts';
import { decoderGraph, decoderInputs, decoderOutputs } from '../../../src/core/models/building/gpt2-decoder.ts';
import { paddingMask } from '../../../src/core/models/building/transformer.ts';
import { bertBase } from '../../../src/core/models/bert-base.ts';
import { decoder124m } from '../../../src/core/models/decoder-124m.ts';
import { evaluateGraph } from '../../support/evaluate-graph.ts';

const SIZES = { vocabulary: 300, positions: 32, hidden: 64, heads: 4, layers: 2 };
const caches = decoderInputs(SIZES)
  .slice(1)
  .map((input) => input.name);
let directory: string;
let decoder: string;

function ids(rows: readonly (readonly number[])[]): GraphTensor {
  const data = BigInt64Array.from(rows.flat(), BigInt);
  return { type: 'int64', dims: [rows.length, data.length / rows.length], data };
}

function emptyPast(batch: number): Record<string, GraphTensor> {
  const dims = [batch, SIZES.heads, 0, SIZES.hidden / SIZES.heads];
  return Object.fromEntries(caches.map((name) => [name, { type: 'float32', dims, data: new Float32Array() }]));
}

/** Small models with the graphs of the large ones; recipes of the real descriptors, sizes of the test. */
const smallDecoder: ReferenceModel = {
  ...decoder124m,
  id: 'small-decoder',
  inputs: decoderInputs(SIZES),
  outputs: decoderOutputs(SIZES),
  weights: {
    kind: 'seeded',
    recipe: 1,
    buildGraph: (layers) => decoderGraph(layers, SIZES),
    calibrationDims: { batch: 8, sequence: 16, past: 0 },
  },
};

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'transformers-'));
  decoder = (await buildReferenceModel(smallDecoder, directory, { evaluateGraph })).path;
});
afterAll(() => rm(directory, { recursive: true }));

async function decode(tokens: readonly (readonly number[])[], past: Record<string, GraphTensor>) {
  const fetches = decoderOutputs(SIZES).map((output) => output.name);
  const results = await evaluateGraph(decoder, { input_ids: ids(tokens), ...past }, fetches);
  const next = Object.fromEntries(caches.map((name) => [name, results[name.replace('past_key_values', 'present')]!]));
  return { logits: results.logits!.data as Float32Array, past: next };
}

function largestDifference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return Array.from(left).reduce((largest, value, index) => Math.max(largest, Math.abs(value - right[index]!)), 0);
}

const PROMPT = [
  [5, 17, 203, 44, 9],
  [250, 1, 1, 77, 30],
];

test('generating token by token from the cache gives the logits of reading the whole text', async () => {
  const whole = await decode(PROMPT, emptyPast(2));
  let step = await decode(
    PROMPT.map((row) => row.slice(0, 2)),
    emptyPast(2),
  );
  for (let position = 2; position < 5; position++) {
    step = await decode(
      PROMPT.map((row) => row.slice(position, position + 1)),
      step.past,
    );
  }

  expect(step.past[caches[0]!]!.dims).toEqual([2, SIZES.heads, 5, SIZES.hidden / SIZES.heads]);
  expect(largestDifference(step.logits, whole.logits)).toBeLessThan(1e-4);
});

test('several tokens after a cache are masked by their own positions', async () => {
  const whole = await decode(PROMPT, emptyPast(2));
  const start = await decode(
    PROMPT.map((row) => row.slice(0, 2)),
    emptyPast(2),
  );
  const rest = await decode(
    PROMPT.map((row) => row.slice(2)),
    start.past,
  );

  expect(largestDifference(rest.logits, whole.logits)).toBeLessThan(1e-4);
});

test('a position does not see the tokens after it', async () => {
  const changed = PROMPT.map((row) => [...row.slice(0, 4), 299]);
  const [before, after] = [await decode(PROMPT, emptyPast(2)), await decode(changed, emptyPast(2))];
  const lastLayer = caches.at(-1)!;
  const earlier = (tensor: GraphTensor) =>
    (tensor.data as Float32Array).filter((_, index) => Math.floor(index / 16) % 5 < 4);

  expect(largestDifference(earlier(before.past[lastLayer]!), earlier(after.past[lastLayer]!))).toBe(0);
  expect(largestDifference(before.logits, after.logits)).toBeGreaterThan(0.1);
});

test('the next token depends on the first token of the text', async () => {
  const changed = PROMPT.map((row) => [299, ...row.slice(1)]);
  const [before, after] = [await decode(PROMPT, emptyPast(2)), await decode(changed, emptyPast(2))];

  expect(largestDifference(before.logits, after.logits)).toBeGreaterThan(0.01);
});

test('padding does not change how an encoder reads the text', async () => {
  const names = {
    query: 'query',
    key: 'key',
    value: 'value',
    attentionOutput: 'attention',
    attentionNorm: 'attentionNorm',
    feedForward: ['wide', 'narrow'] as const,
    outputNorm: 'outputNorm',
  };
  const small: ReferenceModel = {
    ...bertBase,
    id: 'small-encoder',
    inputs: [{ ...bertBase.inputs[0]!, content: { kind: 'tokens', vocabulary: 100 } }, bertBase.inputs[1]!],
    outputs: bertBase.outputs.slice(0, 1),
    weights: {
      kind: 'seeded',
      recipe: 1,
      buildGraph: (layers) => {
        const mask = paddingMask(layers.graph, 'attention_mask');
        return { last_hidden_state: bertLayer(layers, names, bertEmbeddings(layers, 'e', { vocabulary: 100 }), mask) };
      },
      calibrationDims: { batch: 2, sequence: 16 },
    },
  };
  const { path: file } = await buildReferenceModel(small, directory, { evaluateGraph });
  const encode = async (tokens: readonly number[], mask: readonly number[]) => {
    const feeds = { input_ids: ids([tokens]), attention_mask: ids([mask]) };
    return (await evaluateGraph(file, feeds, ['last_hidden_state'])).last_hidden_state!.data as Float32Array;
  };

  const plain = await encode([7, 8, 9], [1, 1, 1]);
  const padded = await encode([7, 8, 9, 55, 66], [1, 1, 1, 0, 0]);
  const unmasked = await encode([7, 8, 9, 55, 66], [1, 1, 1, 1, 1]);

  expect(largestDifference(plain, padded.subarray(0, plain.length))).toBeLessThan(1e-4);
  expect(largestDifference(plain, unmasked.subarray(0, plain.length))).toBeGreaterThan(0.1);
});
