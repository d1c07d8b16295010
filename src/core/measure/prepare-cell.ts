import { open } from 'node:fs/promises';
import path from 'node:path';
import type { TensorPayload } from '../../engine/protocol.ts';
import type { Measurement } from '../../shared/domain/measurement.ts';
import { InferometerError } from '../../shared/errors.ts';
import { evaluateModel } from '../engine-client/evaluate.ts';
import { measuredSession } from '../engine-client/session-config.ts';
import { readTestDataSets, writeTestDataPool, type TestDataSet } from '../models/import/test-data-sets.ts';
import { describeDataDependence } from '../models/inputs/data-dependence.ts';
import { generateInputs, type InputPool } from '../models/inputs/generate-inputs.ts';
import { findInputHints } from '../models/inputs/input-hints.ts';
import type { ResolvedModel } from '../models/resolve-model.ts';
import { resolveDims, resolveRecordedBatch, type BatchDimension } from '../onnx/dims.ts';
import { readModel } from '../onnx/read.ts';
import { checkDecode, prepareDecode } from './decode/prepare-decode.ts';
import { refuseUnjoinable } from './load/check-joining.ts';
import { dimsOf, type PreparedCell, type PrepareOptions } from './prepared-cell.ts';
import { checkAccuracy, compareOutputs, summarizeComparisons } from './check-outputs.ts';

/** Largest number of test data sets whose outputs are compared. */
const comparedSets = 16;

/**
 * Makes a configuration ready: sizes for every input, inputs on disk, and, for a model of the user, one run on the CPU
 * as proof that it can be run at all, so that a bad file or size is refused before anything is stored.
 * Throws InferometerError with MODEL_*, DIMENSION_* or INPUTS_* codes.
 */
export async function prepareCell(options: PrepareOptions): Promise<PreparedCell> {
  const { model, config, signal } = options;
  if (config.decode !== undefined) return prepareDecode(options, config.decode);
  const abort = signal ? { signal } : {};
  const { summary } = model;
  const { loaded, sets, resolved, batch } = await checkCell(options);
  const target = path.join(options.temporaryFolder, `inputs-${process.pid}-${config.batch}.bin`);
  const inputs =
    sets === null
      ? await generateInputs({
          inputs: summary.inputs.map(({ name, type }) => ({ name, type, dims: resolved?.shapes[name] ?? [] })),
          batch: config.batch,
          seed: config.seed,
          hints: findInputHints(loaded),
          target,
          ...abort,
        })
      : await writeTestDataPool(sets, config.batch, target);
  const batchOutput = findBatchOutput(model, batch);
  if (model.reference === null) await proveRunnable(options, inputs);
  // A trial of a search tells the speed alone; what is quoted is measured in full.
  const isTrial = config.trial?.purpose === 'search';
  return {
    config,
    model,
    inputs,
    batchOutput,
    decode: null,
    accuracy: model.reference === null || isTrial ? null : await checkAccuracy(options),
    expectedOutputs: sets === null ? null : await compareWithExpected(options, sets.slice(0, comparedSets)),
  };
}

/**
 * What can be refused without running anything: sizes that are missing or do not fit, test data that does not match,
 * work that depends on real data. Throws InferometerError.
 */
export async function checkCell({
  model,
  config,
  plan,
  signal,
}: Pick<PrepareOptions, 'model' | 'config' | 'plan' | 'signal'>) {
  const { summary } = model;
  const loaded = await readModel(model.path, signal ? { signal } : {});
  const sets = plan.inputs === null ? null : await readTestDataSets(plan.inputs, summary.inputs, summary.outputs);
  const needsRealData = describeDataDependence(loaded);
  if (sets === null && needsRealData !== null) {
    throw new InferometerError({
      code: 'MODEL_NEEDS_REAL_DATA',
      message: `${needsRealData.replace(/\.$/, '')}, so its speed on generated inputs means nothing.`,
      remedy: 'Give a folder with test_data_set_* folders by --inputs.',
    });
  }
  const dims = dimsOf(model, config);
  if (config.decode !== undefined) {
    checkDecode(model, config, plan);
    return { loaded, sets: null, resolved: null, batch: { kind: 'none' } as const };
  }
  const resolved = sets === null ? resolveDims(summary, dims, config.batch) : null;
  const batch = resolved?.batch ?? resolveRecordedBatch(summary, sets?.[0]?.inputs ?? [], config.batch);
  if ((config.load?.maxBatch ?? 1) > 1) refuseUnjoinable(summary.inputs, batch);
  return { loaded, sets, resolved, batch };
}

/** An output that leads with the same symbol, or the same fixed size, as the inputs that carry the batch. */
export function findBatchOutput({ summary }: ResolvedModel, batch: BatchDimension): string | null {
  const wanted = batch.kind === 'symbol' ? batch.name : batch.kind === 'fixed' ? batch.size : null;
  return summary.outputs.find(({ dims }) => wanted !== null && dims?.[0] === wanted)?.name ?? null;
}

/** First feed of a pool as tensors. */
async function firstFeed(inputs: InputPool): Promise<Record<string, TensorPayload>> {
  await using file = await open(inputs.path);
  const feeds: Record<string, TensorPayload> = {};
  let position = 0;
  for (const { name, type, dims, byteLength } of inputs.tensors) {
    const data = new Uint8Array(byteLength);
    await file.read(data, 0, byteLength, position);
    position += byteLength;
    feeds[name] = { type, dims, data };
  }
  return feeds;
}

async function proveRunnable({ spawn, model, signal }: PrepareOptions, inputs: InputPool): Promise<void> {
  await evaluateModel(spawn, model.path, await firstFeed(inputs), { withData: false, ...(signal ? { signal } : {}) });
}

async function compareWithExpected(
  { spawn, model, config, allowedCpus, signal }: PrepareOptions,
  sets: readonly TestDataSet[],
): Promise<Measurement['expectedOutputs']> {
  const withOutputs = sets.filter(({ outputs }) => outputs.length > 0);
  if (withOutputs.length === 0) return null;
  const comparisons = [];
  for (const set of withOutputs) {
    const feeds = Object.fromEntries(set.inputs.map(({ name, type, dims, data }) => [name, { type, dims, data }]));
    const outputs = await evaluateModel(spawn, model.path, feeds, {
      session: measuredSession(config, model.path, allowedCpus),
      fetches: set.outputs.map(({ name }) => name),
      ...(signal ? { signal } : {}),
    });
    for (const expected of set.outputs) {
      comparisons.push({ output: expected.name, result: compareOutputs(expected, outputs[expected.name]) });
    }
  }
  return summarizeComparisons(comparisons);
}
