import path from 'node:path';
import type { ComparisonPlan, ComparisonSide } from '../../shared/domain/comparison.ts';
import type { TensorInfo } from '../../shared/domain/model.ts';
import { InferometerError } from '../../shared/errors.ts';
import type { SessionConfig } from '../../engine/protocol.ts';
import { measuredSession } from '../engine-client/session-config.ts';
import { findBatchOutput } from '../measure/prepare-cell.ts';
import { withoutBatch } from '../measure/prepared-cell.ts';
import { describeDataDependence } from '../models/inputs/data-dependence.ts';
import { readDataset } from '../models/inputs/dataset/read-dataset.ts';
import { readReferenceSamples } from '../models/inputs/dataset/reference-samples.ts';
import { generateInputs, type InputPool } from '../models/inputs/generate-inputs.ts';
import { findInputHints } from '../models/inputs/input-hints.ts';
import { findReferenceModel } from '../models/registry.ts';
import type { ResolvedModel } from '../models/resolve-model.ts';
import { resolveDims, resolveRecordedBatch } from '../onnx/dims.ts';
import { readModel } from '../onnx/read.ts';

/** Inputs of one side, and the true classes of their samples where there are any. */
export interface SideInputs {
  pool: InputPool;
  labels: Int32Array | null;
}

/** One side of a comparison, ready for an engine. */
export interface PreparedSide {
  side: ComparisonSide;
  model: ResolvedModel;
  session: SessionConfig;
  inputs: SideInputs;
  batchOutput: string | null;
}

export interface PrepareSideOptions {
  plan: Pick<ComparisonPlan, 'batch' | 'dims' | 'seed' | 'data'>;
  allowedCpus: number[];
  /** Where the inputs go; removed by the caller. */
  target: string;
  signal?: AbortSignal;
}

/**
 * Makes one side ready: samples of the user, the labelled samples of a trained reference model, or generated inputs.
 * With `like`, the other side's inputs are taken wherever they fit, so that both see the same. Throws DIMENSION_*,
 * INPUTS_INVALID and MODEL_NEEDS_REAL_DATA.
 */
export async function prepareSide(
  side: ComparisonSide,
  model: ResolvedModel,
  options: PrepareSideOptions,
  like: SideInputs | null,
): Promise<PreparedSide> {
  const { plan, allowedCpus } = options;
  const inputs =
    like !== null && fitsInputs(like.pool, model.summary.inputs) ? like : await prepareInputs(model, options);
  const batch = resolveRecordedBatch(model.summary, inputs.pool.tensors, plan.batch);
  return {
    side,
    model,
    session: measuredSession(side, model.path, allowedCpus),
    inputs,
    batchOutput: findBatchOutput(model, batch),
  };
}

/** Whether both sides are given the same tensors; equal bytes under other names are not the same inputs. */
export function haveSameInputs(one: PreparedSide, other: PreparedSide): boolean {
  const [pool, otherPool] = [one.inputs.pool, other.inputs.pool];
  return (
    pool.sha256 === otherPool.sha256 &&
    pool.tensors.every(({ name }, position) => otherPool.tensors[position]?.name === name)
  );
}

/** Whether a model takes the tensors of a pool as they are. */
function fitsInputs(pool: InputPool, inputs: readonly TensorInfo[]): boolean {
  return (
    pool.tensors.length === inputs.length &&
    inputs.every(({ name, type, dims }) => {
      const tensor = pool.tensors.find((one) => one.name === name);
      return (
        tensor?.type === type &&
        (dims === null ||
          (dims.length === tensor.dims.length &&
            dims.every((dim, axis) => typeof dim === 'string' || dim === tensor.dims[axis])))
      );
    })
  );
}

async function prepareInputs(model: ResolvedModel, options: PrepareSideOptions): Promise<SideInputs> {
  const { plan, target, signal } = options;
  const abort = signal ? { signal } : {};
  const data = { model: model.summary, batch: plan.batch, dims: plan.dims, target, ...abort };
  if (plan.data !== null) {
    const { pool, labels } = await readDataset(path.resolve(plan.data), data);
    return { pool, labels };
  }
  const trained = findTrainedReference(model);
  const samples = trained === null ? null : await readReferenceSamples(trained, 'held-out', data);
  if (samples !== null) return { pool: samples.pool, labels: samples.labels };
  return { pool: await generatePool(model, options), labels: null };
}

/** The trained reference model that this is, or that it is a variant of. */
function findTrainedReference({ reference, summary }: ResolvedModel) {
  const found = reference ?? findReferenceModel(summary.metadata.reference_model ?? '');
  return found?.weights.kind === 'trained' ? found : null;
}

async function generatePool(model: ResolvedModel, { plan, target, signal }: PrepareSideOptions): Promise<InputPool> {
  const abort = signal ? { signal } : {};
  const loaded = await readModel(model.path, abort);
  const needsRealData = describeDataDependence(loaded);
  if (needsRealData !== null) {
    throw new InferometerError({
      code: 'MODEL_NEEDS_REAL_DATA',
      message: `${needsRealData.replace(/\.$/, '')}, so its speed on generated inputs means nothing.`,
      remedy: 'Give real inputs with --data.',
    });
  }
  const { shapes } = resolveDims(model.summary, { ...defaultDims(model), ...plan.dims }, plan.batch);
  return generateInputs({
    inputs: model.summary.inputs.map(({ name, type }) => ({ name, type, dims: shapes[name] ?? [] })),
    batch: plan.batch,
    seed: plan.seed,
    hints: findInputHints(loaded),
    target,
    ...abort,
  });
}

/** A variant of a reference model has its sizes. */
function defaultDims({ reference, summary }: ResolvedModel): Record<string, number> {
  const found = reference ?? findReferenceModel(summary.metadata.reference_model ?? '');
  return withoutBatch(found?.defaultDims ?? {});
}
