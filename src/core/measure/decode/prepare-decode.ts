import { open } from 'node:fs/promises';
import path from 'node:path';
import type { TensorPayload } from '../../../engine/protocol.ts';
import { stepDims, stepValue } from '../../../shared/decoding/step-inputs.ts';
import type { CellConfig, Plan } from '../../../shared/domain/plan.ts';
import { InferometerError } from '../../../shared/errors.ts';
import { evaluateModel } from '../../engine-client/evaluate.ts';
import { encodeValues } from '../../models/inputs/encode-values.ts';
import { generateInputs, type InputPool } from '../../models/inputs/generate-inputs.ts';
import { findInputHints } from '../../models/inputs/input-hints.ts';
import type { ResolvedModel } from '../../models/resolve-model.ts';
import { readModel } from '../../onnx/read.ts';
import { dimsOf, type PreparedCell, type PrepareOptions } from '../prepared-cell.ts';
import { recogniseDecoder, type Decoder } from './recognise-decoder.ts';

/** What can be refused of a text-generating configuration without running anything. Throws InferometerError. */
export function checkDecode(model: ResolvedModel, config: CellConfig, plan: Pick<Plan, 'inputs'>): Decoder {
  if (plan.inputs !== null) {
    throw new InferometerError({
      code: 'INPUTS_INVALID',
      message: 'Test data do not say how a text goes on, so a text cannot be generated from them.',
      remedy: 'Leave --inputs out: prompts are made from the seed.',
    });
  }
  return recogniseDecoder(model.summary, dimsOf(model, config), config.batch);
}

/** Prompts on disk, and for a model of the user the first call as proof that it can be fed like this. */
export async function prepareDecode(
  options: PrepareOptions,
  { promptTokens, newTokens }: NonNullable<CellConfig['decode']>,
): Promise<PreparedCell> {
  const { model, config, signal } = options;
  const abort = signal ? { signal } : {};
  const decoder = checkDecode(model, config, options.plan);
  const { name, type } = decoder.tokens;
  const hint = findInputHints(await readModel(model.path, abort))[name];
  const inputs = await generateInputs({
    inputs: [{ name, type, dims: [config.batch, promptTokens] }],
    batch: config.batch,
    seed: config.seed,
    hints: { [name]: hint?.kind === 'tokens' ? hint : { kind: 'tokens', vocabulary: decoder.vocabulary } },
    target: path.join(options.temporaryFolder, `inputs-${process.pid}-${config.batch}.bin`),
    ...abort,
  });
  if (model.reference === null) {
    const feeds = await firstFeeds(decoder, inputs, config.batch, promptTokens);
    await evaluateModel(options.spawn, model.path, feeds, { withData: false, ...abort });
  }
  return {
    config,
    model,
    inputs,
    batchOutput: null,
    decode: { newTokens, ...decoder.task },
    accuracy: null,
    expectedOutputs: null,
  };
}

/** Everything that the first call of a text takes. */
async function firstFeeds(
  { task }: Decoder,
  inputs: InputPool,
  batch: number,
  sequence: number,
): Promise<Record<string, TensorPayload>> {
  const feeds: Record<string, TensorPayload> = {};
  await using file = await open(inputs.path);
  for (const { name, type, dims, byteLength } of inputs.tensors) {
    const data = new Uint8Array(byteLength);
    await file.read(data, 0, byteLength, 0);
    feeds[name] = { type, dims, data };
  }
  for (const { past, type, dims } of task.cache) feeds[past] = { type, dims, data: new Uint8Array(0) };
  const step = { batch, past: 0, sequence };
  for (const input of task.others) {
    const dims = stepDims(input, step);
    const size = dims.reduce((product, dim) => product * dim, 1);
    const values = Float32Array.from({ length: size }, (_, index) => stepValue(input, step, index));
    feeds[input.name] = { type: input.type, dims, data: encodeValues(values, input.type, input.name) };
  }
  return feeds;
}
