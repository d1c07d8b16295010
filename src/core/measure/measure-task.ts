import type { MeasureTask } from '../../engine/protocol.ts';
import type { CellConfig } from '../../shared/domain/plan.ts';
import { measuredSession } from '../engine-client/session-config.ts';
import { resourcePath } from '../resources.ts';
import type { MeasureCellOptions } from './cell-options.ts';
import type { CellRules } from './cell-rules.ts';
import { scheduleOf } from './load/schedule.ts';
import { maxKeptSamples } from './measuring-rules.ts';

/** The task of each engine process of a configuration, which share its minima. */
export function toTask(
  { prepared, allowedCpus }: MeasureCellOptions,
  { grade, warmUp, processes }: CellRules,
): MeasureTask {
  const { config, inputs } = prepared;
  return {
    kind: 'measure',
    session: measuredSession(config, prepared.model.path, allowedCpus),
    inputs: { path: inputs.path, feeds: inputs.feeds, tensors: inputs.tensors },
    scenario: config.scenario,
    batch: config.batch,
    batchOutput: prepared.batchOutput,
    minDurationS: grade.minDurationS / processes,
    minQueries: recordsOf(config, Math.ceil(grade.minQueries / processes)),
    ...(config.pauseMs === undefined ? {} : { pauseMs: config.pauseMs }),
    ...(prepared.decode === null ? {} : { decode: prepared.decode }),
    warmUp,
    ...(config.trial?.purpose === 'search' ? { isTrial: true } : {}),
    maxKept: maxKeptSamples,
    identityModel: resourcePath('engine', 'identity.onnx'),
  };
}

/** The task with the arrivals of one process, where queries arrive on schedule. */
export function withSchedule(task: MeasureTask, { prepared }: MeasureCellOptions, process: number): MeasureTask {
  const load = scheduleOf(prepared.config, task, process);
  return load === undefined ? task : { ...task, load };
}

/** Stamps that so many queries give: of a text, one that is not counted comes before every new token. */
function recordsOf({ decode }: CellConfig, queries: number): number {
  if (decode === undefined) return queries;
  return Math.ceil(queries / (decode.newTokens - 1)) * decode.newTokens;
}
