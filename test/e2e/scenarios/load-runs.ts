import type { Storage } from '../../../src/core/storage/open.ts';
import { summarizeProcesses } from '../../../src/core/stats/summarize-processes.ts';
import { compareWithSingle } from '../../../src/core/measure/instances/scale-instances.ts';
import { expandMatrix } from '../../../src/core/measure/expand-plan.ts';
import { grades } from '../../../src/shared/domain/grades.ts';
import type { Measurement } from '../../../src/shared/domain/measurement.ts';
import type { CellConfig, Plan } from '../../../src/shared/domain/plan.ts';
import { present, type Reading } from '../../../src/shared/domain/provenance.ts';
import { simulateSeries } from '../../unit/storage/sample-run.ts';
import { detectFixedMachine } from '../support/fixed-machine.ts';
import { simulateCell, type CellResult } from './simulated-cell.ts';
import { simulateServer } from './simulated-server.ts';
import { storeRun } from './store-run.ts';

const basePlan: Plan = {
  models: ['mobilenet-v2'],
  providers: ['cpu'],
  scenario: 'single-stream',
  batches: [1],
  threads: [0],
  grade: 'standard',
  seed: 7,
  dims: {},
  inputs: null,
  repeats: 1,
};
const { percentiles } = grades.standard;

const serviceNs = 3.4e6;
/** A batch is cheaper than its queries one by one. */
const batchedNs = (queries: number): number => serviceNs * (0.45 + 0.55 * queries);

const searchPlan: Plan = {
  ...basePlan,
  scenario: 'server',
  serviceLevel: { percentile: 99, latencyMs: 20 },
  search: { kind: 'rate' },
};
/** Trials, and what was confirmed in the end: at 195/s the queue is too long, at 185/s the limit just holds. */
const searched = [
  { ratePerS: 147.1, purpose: 'search' },
  { ratePerS: 294.2, purpose: 'search' },
  { ratePerS: 208, purpose: 'search' },
  { ratePerS: 174.9, purpose: 'search' },
  { ratePerS: 190.7, purpose: 'search' },
  { ratePerS: 182.6, purpose: 'search' },
  { ratePerS: 182.6, purpose: 'confirm' },
  { ratePerS: 171.6, purpose: 'confirm' },
] as const;

const ratesPlan: Plan = {
  ...basePlan,
  scenario: 'server',
  ratesPerS: [50, 150, 300, 450],
  batching: { maxBatch: 8, maxDelayMs: 5 },
};
const pausesPlan: Plan = { ...basePlan, scenario: 'idle-gap', pausesMs: [0, 10, 50, 100, 200, 500, 1000] };
const textsPlan: Plan = {
  ...basePlan,
  grade: 'quick',
  models: ['tiny-gpt'],
  scenario: 'decode',
  decode: { promptTokens: [32, 128, 512], newTokens: 64 },
};
const startsPlan: Plan = {
  ...basePlan,
  grade: 'quick',
  models: ['mobilenet-v2', 'resnet50', 'bert-base'],
  scenario: 'cold-start',
};
const instancesPlan: Plan = { ...basePlan, scenario: 'offline', instances: [1, 2, 4], threads: [1] };

/** Six finished runs of January 2026, one of each scenario beyond the plainest. */
export async function storeLoadRuns(storage: Storage): Promise<void> {
  const report = await detectFixedMachine();
  const store = (plan: Plan, createdAt: string, cells: readonly (CellResult & { config: CellConfig })[]): void => {
    storeRun(storage, report, { plan, createdAt, cells, secondsPerCell: 70 });
  };
  const measureAll = (plan: Plan, measure: (config: CellConfig, index: number) => CellResult) =>
    expandMatrix(plan).map((config, index) => ({ config, ...measure(config, index) }));

  store(startsPlan, '2026-01-01T08:00:00.000Z', measureAll(startsPlan, simulateStarts));
  store(instancesPlan, '2026-01-01T10:00:00.000Z', measureAll(instancesPlan, simulateInstances));
  store(textsPlan, '2026-01-02T09:00:00.000Z', measureAll(textsPlan, simulateTexts));
  store(pausesPlan, '2026-01-03T09:00:00.000Z', measureAll(pausesPlan, simulatePauses));
  store(
    ratesPlan,
    '2026-01-04T09:00:00.000Z',
    measureAll(ratesPlan, (config) => simulateRate(config, ratesPlan, batchedNs, 6_000)),
  );
  store(searchPlan, '2026-01-04T16:00:00.000Z', simulateSearch());
}

function simulateRate(
  config: CellConfig,
  { serviceLevel }: Plan,
  takesNs: (queries: number) => number,
  queries: number,
): CellResult {
  const load = config.load!;
  const { samples, server } = simulateServer({ load, serviceNs: takesNs, queries, serviceLevel, percentiles, seed: 3 });
  return simulateCell({
    config,
    grade: 'standard',
    medianNs: takesNs(1),
    queries: [queries],
    samples: [samples],
    details: server === undefined ? {} : { server },
  });
}

function simulateSearch(): (CellResult & { config: CellConfig })[] {
  const subject: CellConfig = {
    model: 'mobilenet-v2',
    provider: 'cpu',
    scenario: 'server',
    batch: 1,
    threads: 0,
    dims: {},
    seed: 7,
  };
  const minima = { purpose: 'search', minDurationS: 12, minQueries: 662 } as const;
  const alone: CellConfig = { ...subject, scenario: 'single-stream', trial: minima };
  const steps = searched.map(({ ratePerS, purpose }) => {
    const trial = purpose === 'search' ? minima : { purpose };
    const config: CellConfig = { ...subject, load: { ratePerS, maxBatch: 1, maxDelayMs: 0 }, trial };
    const queries = purpose === 'search' ? 2_000 : 10_000;
    return { config, ...simulateRate(config, searchPlan, () => serviceNs, queries) };
  });
  const first = simulateCell({ config: alone, grade: 'standard', medianNs: serviceNs, queries: [900] });
  return [{ config: alone, ...first }, ...steps];
}

function simulatePauses(config: CellConfig, index: number): CellResult {
  // Clocks and caches go to rest, most of it within a tenth of a second.
  const pauseMs = config.pauseMs ?? 0;
  const medianNs = serviceNs * (1 + 0.9 * (1 - Math.exp(-pauseMs / 120)));
  return simulateCell({
    config,
    grade: 'standard',
    medianNs,
    queries: [700],
    // The longest pause was measured while something else ran.
    disturbance: index === 6 ? { otherLoadBefore: 0.14, otherLoadDuring: 0.12 } : {},
    details: {
      idleGap: {
        askedNs: pauseMs * 1e6,
        kept: {
          pauses: 699,
          medianNs: pauseMs * 1e6 + 60_000,
          shortestNs: pauseMs * 1e6 + 9_000,
          longestNs: pauseMs * 1e6 + 1.2e6,
        },
      },
    },
  });
}

function simulateTexts(config: CellConfig): CellResult {
  const promptTokens = config.decode!.promptTokens;
  const firstNs = 6e6 + promptTokens * 0.21e6;
  const stepNs = 8.4e6 * (1 + promptTokens / 1_500);
  const decode: Measurement['decode'] = {
    promptTokens,
    newTokens: 64,
    batch: 1,
    requests: 120,
    timeToFirstToken: { percentiles: around(firstNs, 120), mean: measured(firstNs * 1.01, 'ns', 0.01, 120) },
    interToken: { percentiles: around(stepNs, 7_560), mean: measured(stepNs * 1.01, 'ns', 0.004, 7_560) },
    prefillTokensPerS: measured((promptTokens * 1e9) / firstNs, 'tokens/s', 0.012, 120),
    decodeTokensPerS: measured(1e9 / stepNs, 'tokens/s', 0.005, 120),
    growth: 1.08,
    cacheBytes: (promptTokens + 64) * 36_864,
    cacheCopyShare: measured(0.11, 'ratio', 0.1, 64),
    choiceShare: 0.014,
    cacheCheck: { maxRelativeError: 3.1e-6, sameTokens: true },
  };
  return simulateCell({
    config,
    grade: 'quick',
    medianNs: firstNs + 63 * stepNs,
    queries: [120],
    details: { decode, cachingRatio: null },
  });
}

function simulateStarts(config: CellConfig, index: number): CellResult {
  const sessionNs = [61e6, 212e6, 931e6][index] ?? 61e6;
  const firstNs = [9e6, 71e6, 188e6][index] ?? 9e6;
  const coldStart: Measurement['coldStart'] = {
    starts: 64,
    processStart: measured(182e6, 'ns', 0.02, 64),
    sessionCreation: measured(sessionNs, 'ns', 0.03, 64),
    firstInference: measured(firstNs, 'ns', 0.05, 64),
    handOver: measured(11e6, 'ns', 0.04, 64),
    pageCache: 'warm',
  };
  return simulateCell({
    config,
    grade: 'quick',
    medianNs: 193e6 + sessionNs + firstNs,
    queries: [64],
    details: { coldStart, cachingRatio: null },
  });
}

function simulateInstances(config: CellConfig): CellResult {
  const count = config.instances ?? 1;
  const medianNs = 6.2e6 * (1 + 0.09 * (count - 1));
  const one = simulateCell({ config, grade: 'standard', medianNs: 6.2e6, queries: [9_000] });
  const single = one.outcome.state === 'completed' ? one.outcome.measurement.summary.throughput : null;
  if (count === 1) return one;
  const each = Array.from({ length: count }, (_, index) =>
    measured((1e9 / medianNs) * (1 - 0.02 * index), 'samples/s', 0.006, 9_000),
  );
  const together = measured(
    each.reduce((sum, { value }) => sum + value, 0),
    'samples/s',
    0.005,
    9_000 * count,
  );
  const shares = each.map(({ value }) => value);
  const sum = shares.reduce((total, value) => total + value, 0);
  const instances: Measurement['instances'] = {
    count,
    commonNs: 60.7e9,
    throughput: together,
    each,
    threads: 1,
    processors: Array.from({ length: count }, (_, index) => [index]),
    pinned: present(true as const),
    oversubscribed: false,
    single: compareWithSingle(together, single, count, true),
    fairness: {
      minOverMax: Math.min(...shares) / Math.max(...shares),
      jain: sum ** 2 / (count * shares.reduce((total, value) => total + value ** 2, 0)),
    },
  };
  return simulateCell({
    config,
    grade: 'standard',
    medianNs,
    queries: Array.from({ length: count }, () => 3_000),
    details: { instances },
  });
}

/** Percentiles of times around a median. */
function around(medianNs: number, n: number) {
  const series = simulateSeries(n, 5, medianNs);
  const context = {
    samplesPerQuery: 1,
    totalQueries: n,
    keptEvery: 1,
    durationNs: series.completedNs.at(-1) ?? 0,
    percentiles,
    seed: 7,
  };
  return summarizeProcesses([{ series, context }]).summary.percentiles;
}

function measured(value: number, unit: Reading['unit'], share: number, n: number): Reading {
  const interval = { low: value * (1 - share), high: value * (1 + share), level: 0.95, method: 'order statistics' };
  return { value, unit, kind: 'measured', interval, n };
}
