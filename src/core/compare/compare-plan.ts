import path from 'node:path';
import type { ComparisonPlan, ComparisonRecord, ComparisonSide } from '../../shared/domain/comparison.ts';
import { InferometerError } from '../../shared/errors.ts';
import { fingerprintMachine } from '../hardware/fingerprint.ts';
import { allowedCpuNumbers } from '../measure/allowed-cpus.ts';
import { refuseUnknownDims, requireModel, resolveModels, type Models } from '../measure/check-plan.ts';
import { clearInputs, lockMachine, storeMachine } from '../measure/measuring-scope.ts';
import type { RunOptions, RunPorts } from '../measure/run-ports.ts';
import { findReferenceModel } from '../models/registry.ts';
import { adjustSpeeds } from './adjust-speeds.ts';
import {
  compareCandidate,
  createId,
  findDevices,
  prepare,
  type Compared,
  type CompareOptions,
  type Scope,
} from './compare-candidate.ts';

/**
 * Carries out a plan: takes the machine's lock, resolves the models, measures every candidate against the baseline and
 * stores each as soon as it is known; several are judged together at the end and then sent once more. When cancelled,
 * what is known is stored and CANCELLED thrown only if there is nothing. Throws InferometerError for bad input, a busy
 * machine and unusable storage.
 */
export async function comparePlan(
  asked: ComparisonPlan,
  ports: RunPorts,
  options: CompareOptions = {},
): Promise<ComparisonRecord[]> {
  const names = [...new Set([asked.baseline, ...asked.candidates].map(({ model }) => model))];
  const runOptions = toRunOptions(options);
  const isReference = (name: string): boolean => findReferenceModel(name) !== undefined;
  // A file that cannot be run is refused at once, whoever measures now; building models has to wait its turn.
  const own = await resolveModels(
    names.filter((name) => !isReference(name)),
    ports,
    runOptions,
  );
  using _lock = await lockMachine(runOptions);
  using _inputs = clearInputs(ports.directory.temporary);
  const models = new Map([...own, ...(await resolveModels(names.filter(isReference), ports, runOptions))]);
  refuseUnknownDims(asked, models);
  const plan = withStoredNames(asked, models);
  const report = await ports.detectMachine();
  const machine = storeMachine(report, fingerprintMachine(report), ports);
  const allowedCpus = allowedCpuNumbers();
  const devices = await findDevices(plan, ports, options);
  const shared = { plan, ports, options, models, machine, allowedCpus, devices, groupId: createId() };
  const scope: Scope = { ...shared, baseline: await prepare(plan.baseline, 0, shared, null) };
  return judgeTogether(await compareAll(scope), scope);
}

/** Each candidate that was compared before the user cancelled. */
async function compareAll(scope: Scope): Promise<Compared[]> {
  const { signal } = scope.options;
  const compared: Compared[] = [];
  for (const [index] of scope.plan.candidates.entries()) {
    if (signal?.aborted) break;
    try {
      compared.push(await compareCandidate(index, scope));
    } catch (error) {
      if (signal?.aborted) break;
      throw error;
    }
  }
  return compared;
}

function toRunOptions({ onMessage, onWaiting, ...options }: CompareOptions): RunOptions {
  return {
    ...options,
    onEvent: (event) => {
      if (event.type === 'preparing') onMessage?.(event);
      if (event.type === 'waiting') onWaiting?.(event);
    },
  };
}

/** Relative paths become absolute, so that the command repeats it from anywhere. */
function withStoredNames(plan: ComparisonPlan, models: Models): ComparisonPlan {
  const toStored = (side: ComparisonSide): ComparisonSide => ({ ...side, model: requireModel(models, side.model).id });
  return {
    ...plan,
    baseline: toStored(plan.baseline),
    candidates: plan.candidates.map(toStored),
    data: plan.data === null ? null : path.resolve(plan.data),
  };
}

/** Several comparisons of one plan are many tests, so that chance finds more differences: they are judged together. */
function judgeTogether(compared: readonly Compared[], { ports, options }: Scope): ComparisonRecord[] {
  const records = compared.map(({ record }) => record);
  const adjusted = adjustSpeeds(records)?.map((record, index) => explainAdjusted(record, compared[index]!));
  if (adjusted !== undefined) {
    ports.storage.comparisons.update(adjusted);
    for (const record of adjusted) options.onMessage?.({ type: 'compared', record });
    return adjusted;
  }
  if (records.length > 0) return records;
  throw new InferometerError({
    code: 'CANCELLED',
    message: 'The comparison was cancelled before it knew anything.',
    remedy: 'Start it again when convenient.',
  });
}

/** A verdict that is another after adjustment has other reasons. */
function explainAdjusted(record: ComparisonRecord, { resultFor }: Compared): ComparisonRecord {
  const { speed } = record.result;
  if (speed?.adjusted == null || speed.adjusted.verdict === speed.verdict || resultFor === null) return record;
  return { ...record, result: { ...resultFor(speed.adjusted.verdict), speed } };
}
