import { readServerLoad } from '../../src/core/measure/load/read-server-load.ts';
import { scheduleOf } from '../../src/core/measure/load/schedule.ts';
import { rulesOf } from '../../src/core/measure/cell-rules.ts';
import { judgeOverload } from '../../src/core/measure/load/judge-load.ts';
import { planDispatch } from '../../src/engine/scenarios/dispatch.ts';
import { createServerAccount } from '../../src/engine/scenarios/server-account.ts';
import { grades } from '../../src/shared/domain/grades.ts';
import { toCellId, toRunId } from '../../src/shared/domain/ids.ts';
import type { CellConfig, Plan } from '../../src/shared/domain/plan.ts';
import type { CellRecord } from '../../src/shared/domain/run.ts';
import { percentileOfSorted } from '../../src/core/stats/percentile-interval.ts';
import { createCompleted } from '../unit/storage/sample-run.ts';

/** Time that a call of so many queries takes, ns. */
export type Service = (queries: number) => number;

/** What an open loop over a model of this speed gives, without waiting for it: the stamps and the engine's account. */
export function serve(arrivalsNs: Float64Array, batching: { maxBatch: number; maxDelayNs: number }, service: Service) {
  const account = createServerAccount(arrivalsNs, 1e6);
  const issuedNs = new Float64Array(arrivalsNs.length);
  const completedNs = new Float64Array(arrivalsNs.length);
  let freeNs = 0;
  for (let call = planDispatch(arrivalsNs, 0, 0, batching); call !== null;) {
    const endNs = call.atNs + service(call.count);
    account.add(call, { waited: call.atNs > freeNs, issuedNs: call.atNs, endNs, joinNs: 0 });
    for (let query = call.first; query < call.first + call.count; query++) {
      issuedNs[query] = call.atNs;
      completedNs[query] = endNs;
    }
    freeNs = endNs;
    call = planDispatch(arrivalsNs, call.first + call.count, freeNs, batching);
  }
  return { samples: { scheduledNs: arrivalsNs, issuedNs, completedNs }, server: account.close() };
}

/** The record that measuring a configuration of a search would give on a simulated server. */
export function measureSimulated(config: CellConfig, plan: Plan, index: number, service: Service): CellRecord {
  const runId = toRunId(1, 1);
  const completed = createCompleted(service(1));
  if (completed.state !== 'completed') throw new Error('not completed');
  const { measurement } = completed;
  const { grade, processes } = rulesOf(config, plan, grades[plan.grade]);
  const minima = { minDurationS: grade.minDurationS / processes, minQueries: Math.ceil(grade.minQueries / processes) };
  const served = Array.from({ length: processes }, (_, process) => scheduleOf(config, minima, process)).flatMap(
    (load) =>
      load === undefined ? [] : [serve(load.arrivalsNs, { ...load, maxDelayNs: load.maxDelayMs * 1e6 }, service)],
  );
  const level = plan.serviceLevel;
  if (level === undefined) throw new Error('A search without a service level was simulated');
  const latencies = served.flatMap(({ samples }) =>
    Array.from(samples.completedNs, (completed, query) => completed - samples.scheduledNs[query]!),
  );
  const valueNs =
    latencies.length === 0 ? service(1) : percentileOfSorted(Float64Array.from(latencies).sort(), level.percentile);
  const earned = (percentile: number, value: number) => ({
    status: 'earned' as const,
    percentile,
    reading: { value, unit: 'ns' as const, kind: 'measured' as const, interval: null, n: 1000 },
    earlyStoppingNs: null,
  });
  const summary = {
    ...measurement.summary,
    percentiles: [earned(50, service(1)), earned(level.percentile, valueNs)],
  };
  const server =
    config.load === undefined
      ? undefined
      : readServerLoad(served, { load: config.load, serviceLevel: level, percentiles: [50] });
  const complete = { ...measurement, summary, ...(server === undefined ? {} : { server }) };
  const overload = judgeOverload(complete);
  return {
    id: toCellId(runId, index),
    runId,
    index,
    config,
    outcome: {
      state: 'completed',
      measurement: complete,
      validity: overload === null ? { verdict: 'VALID', findings: [] } : { verdict: 'INVALID', findings: [overload] },
    },
    provenance: null,
    startedAt: null,
    endedAt: null,
  };
}
