import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { NodeReport } from '../../../shared/domain/quantization.ts';
import { removeAbandoned } from '../../abandoned-files.ts';
import type { ComparedOutputs } from '../../compare/quality/compare-outputs.ts';
import { compareOutputs } from '../../compare/quality/compare-outputs.ts';
import { recordOutputs, type RecordedOutputs } from '../../compare/quality/record-outputs.ts';
import { plainSession } from '../../engine-client/session-config.ts';
import type { Dataset } from '../../models/inputs/dataset/dataset.ts';
import type { InputPool } from '../../models/inputs/generate-inputs.ts';
import { withFileFailures } from '../../onnx/output-file.ts';
import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import { readModel } from '../../onnx/read.ts';
import { listWeights } from '../../onnx/weights.ts';
import { writeModel } from '../../onnx/write.ts';
import { checkExcluded, checkSource } from '../check-source.ts';
import { openSubject } from '../open-subject.ts';
import { prepareRecipe, type QuantizeOptions } from '../quantize-model.ts';
import { recipes } from '../registry.ts';
import { subsetPool } from './subset-pool.ts';

export interface TrialOptions extends Omit<QuantizeOptions, 'target' | 'version' | 'onProgress'> {
  /** Data that variants are judged by, other than what is calibrated with. */
  evaluation: Pick<Dataset, 'pool' | 'batch' | 'labels'>;
  /** Samples of a quick judgement. */
  quickSamples: number;
}

/** A variant that was made and run. */
export interface Trial {
  nodes: readonly NodeReport[];
  compared: ComparedOutputs;
}

/** Variants of one model that are compared with it and thrown away; disposing removes all that was written. */
export interface Trials extends AsyncDisposable {
  /** Names that can be excluded: those of nodes of the source and of their outputs. */
  names: ReadonlySet<string>;
  /** Of these, the names of nodes that read a weight. */
  weighted: ReadonlySet<string>;
  /** Samples that a quick judgement really has. */
  quickSamples: number;
  /** Variants that were made and run so far. */
  count(): number;
  /** Makes the variant in which these nodes are left too; null where it would have no quantized node. */
  run(left: readonly string[], how: 'full' | 'quick'): Promise<Trial | null>;
}

/** Nothing is timed, so threads need not spin: where other work runs too, spinning ones take several times as long. */
const patient = { keys: { 'session.intra_op.allow_spinning': '0' } };

interface Evidence {
  pool: InputPool;
  recorded: RecordedOutputs;
  labels: Int32Array | null;
}

/**
 * Runs the source over the evaluation data and opens it for variants. Ranges are collected once for all of them, and
 * the result is not checked or hashed as one that is kept would be. Throws what quantizing and running a model throw.
 */
export async function openTrials(sourcePath: string, options: TrialOptions): Promise<Trials> {
  const { excluded = [], temporaryFolder, evaluation, signal } = options;
  const abort = signal ? { signal } : {};
  const recipe = recipes[options.recipe];
  const prepared = await prepareRecipe(options);
  const source = await readModel(sourcePath, abort);
  checkSource(source);
  checkExcluded(source, excluded);
  await using stack = new AsyncDisposableStack();
  await withFileFailures(temporaryFolder, removeAbandoned(temporaryFolder));
  const folder = await withFileFailures(temporaryFolder, mkdtemp(path.join(temporaryFolder, `trials-${process.pid}-`)));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const { isForGpus } = recipe;
  // What is for GPUs need not survive the optimizations for CPUs.
  const toSession = (file: string) =>
    plainSession(file, { ...patient, ...(isForGpus ? { graphOptimization: 'basic' as const } : {}) });
  const record = async (pool: InputPool, labels: Int32Array | null): Promise<Evidence> => {
    const session = plainSession(source.path, patient);
    const recorded = await recordOutputs({ spawn: options.spawn, session, pool, temporaryFolder: folder, ...abort });
    return { pool, labels, recorded: stack.use(recorded) };
  };
  const full = await record(evaluation.pool, evaluation.labels);
  const quick = await shorten(evaluation, options.quickSamples, folder, record, full);
  const opening = { ...options, excluded, collectsAll: true, onProgress: () => undefined };
  const subject = stack.use(await openSubject(source, recipe, opening));
  const moved = stack.move();
  let count = 0;
  return {
    count: () => count,
    names: namesOf(source.graph.node),
    weighted: namesOf(listWeights(source).map(({ node }) => node)),
    quickSamples: quick.pool.distinctSamples,
    async run(left, how) {
      signal?.throwIfAborted();
      const again = await subject.reopen([...excluded, ...left]);
      const nodes = await prepared.apply(again);
      if (!nodes.some(({ outcome }) => outcome.kind === 'changed')) return null;
      const file = path.join(folder, 'variant.onnx');
      const { model, tensorData } = again.graph.finish();
      await writeModel(model, file, { tensorData, ...abort });
      const { pool, labels, recorded } = how === 'full' ? full : quick;
      count += 1;
      const session = toSession(file);
      const { batch } = evaluation;
      const compared = await compareOutputs({ spawn: options.spawn, session, pool, recorded, batch, labels, ...abort });
      return { nodes, compared };
    },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

function namesOf(nodes: readonly NodeProto[]): Set<string> {
  return new Set(nodes.flatMap((node) => [node.name, ...node.output]).filter((name) => name !== ''));
}

/** The same evidence with fewer samples, evenly spaced; the same as before where there are not more. */
async function shorten(
  { pool, batch, labels }: TrialOptions['evaluation'],
  samples: number,
  folder: string,
  record: (pool: InputPool, labels: Int32Array | null) => Promise<Evidence>,
  full: Evidence,
): Promise<Evidence> {
  const feeds = Math.max(1, Math.ceil(samples / batch));
  if (feeds >= pool.feeds) return full;
  const subset = await subsetPool(pool, { feeds, batch, labels, target: path.join(folder, 'quick.bin') });
  return record(subset.pool, subset.labels);
}
