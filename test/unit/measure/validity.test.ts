import { describe, expect, it } from 'vitest';
import { grades } from '../../../src/shared/domain/grades.ts';
import { judgeValidity, type ValidityContext } from '../../../src/core/measure/validity.ts';
import type { Measurement } from '../../../src/shared/domain/measurement.ts';

/** A measurement to which no rule objects: 662 queries of 100 ms. */
function flawless(): Measurement {
  const summary: Measurement['summary'] = {
    queries: 662,
    kept: 662,
    keptEvery: 1,
    durationNs: 66.2e9,
    executedSamples: 662,
    latencyMeanNs: null,
    latencyMinNs: 99e6,
    latencyMaxNs: 105e6,
    percentiles: grades.standard.percentiles.map((percentile) => ({
      status: 'earned',
      percentile,
      reading: { value: 100e6, unit: 'ns', kind: 'measured', interval: null, n: 662 },
      earlyStoppingNs: 104e6,
    })),
    throughput: null,
    autocorrelationLag1: 0,
    effectiveSampleSize: 662,
    outliers: { lowSevere: 0, lowMild: 0, highMild: 0, highSevere: 0 },
    drift: null,
    changePoint: null,
  };
  return {
    stages: { sessionCreationNs: 1, firstInferenceNs: 1, warmUp: { runs: 60, durationNs: 6e9, steady: true } },
    harness: { clockResolutionNs: 50, clockCallNs: 50, nullModelNs: 7000, outputCopyNsPerMiB: 1, bindingCopyNs: 1 },
    disturbance: {
      otherLoadBefore: 0.01,
      otherLoadDuring: 0.01,
      stealShare: 0,
      enginePeakRssBytes: 1,
      engineRssBeforeBytes: 1,
    },
    processes: [summary],
    summary,
    betweenProcessSpread: null,
    executedBatch: 1,
    threadsUsed: 2,
    accuracy: null,
    expectedOutputs: null,
    cachingRatio: 1,
  };
}

const context: ValidityContext = {
  config: {
    model: 'm',
    provider: 'cpu',
    scenario: 'single-stream',
    batch: 1,
    threads: 0,
    dims: {},
    seed: 0,
  },
  grade: grades.standard,
  customRules: false,
  weightPrecision: { float32: 1 },
  inputs: { source: 'generated', feeds: 64, distinctSamples: 64, remarks: [] },
  warmUpTolerance: 0.05,
  softwareAdapter: false,
  providerOptions: {},
  macsPerSample: 4.1e9,
  ceilingMacsPerS: 400e9,
};

type Change = (measurement: Measurement) => void;

/** Verdict and codes after one change to the flawless measurement. */
function judge(change: Change, changed: Partial<ValidityContext> = {}): [string, ...string[]] {
  const measurement = flawless();
  change(measurement);
  const { verdict, findings } = judgeValidity(measurement, { ...context, ...changed });
  return [verdict, ...findings.map(({ code }) => code)];
}

describe('validity', () => {
  it('has no objection to a measurement that meets every condition', () => {
    expect(judge(() => undefined)).toEqual(['VALID']);
  });

  const invalidating: Record<string, Change> = {
    TIME: (m) => (m.summary.durationNs = 59.9e9),
    UNSTEADY: (m) => (m.stages.warmUp.steady = false),
    BATCH_NOT_EXECUTED: (m) => (m.executedBatch = 2),
    WRONG_OUTPUT: (m) =>
      (m.expectedOutputs = { compared: 1, maxRelativeError: 0.1, withinTolerance: false, problems: [] }),
    EARLY_STOPPING: (m) => (m.summary.kept = 661),
    THROTTLED: (m) =>
      (m.throttling = {
        status: 'present',
        value: {
          watched: ['gpu-heat'],
          queries: 100,
          throttled: 6,
          share: 0.06,
          causes: ['gpu-heat'],
          median: null,
          medianWithout: null,
        },
      }),
  };
  it.each(Object.entries(invalidating))('%s makes it INVALID', (code, change) => {
    expect(judge(change)).toEqual(['INVALID', code]);
  });

  it('QUERIES makes it INVALID when all processes together measured too few', () => {
    const split = (m: Measurement, queries: number) =>
      (m.processes = [
        { ...m.summary, queries: 331 },
        { ...m.summary, queries },
      ]);
    expect(judge((m) => split(m, 331))).toEqual(['VALID']);
    expect(judge((m) => split(m, 330))).toEqual(['INVALID', 'QUERIES']);
  });

  it('a query shorter than 100 steps of the clock is INVALID', () => {
    const [verdict, ...codes] = judge((m) => (m.harness.clockResolutionNs = 1.1e6));
    expect([verdict, codes]).toEqual(['INVALID', ['CLOCK']]);
  });

  const remarks: Record<string, Change> = {
    HARNESS: (m) => (m.harness.nullModelNs = 2.1e6),
    STEAL: (m) => (m.disturbance.stealShare = 0.011),
    OTHER_LOAD: (m) => (m.disturbance.otherLoadBefore = 0.06),
    CHANGE_POINT: (m) =>
      (m.summary.changePoint = { atQuery: 5, atNs: 5, medianBeforeNs: 1e6, medianAfterNs: 2e6, trimmedMedian: null }),
    CACHING: (m) => (m.cachingRatio = 0.89),
    OTHER_LOAD_DURING: (m) => (m.disturbance.otherLoadDuring = 0.06),
    FOREIGN_GPU_PROCESS: (m) => (m.disturbance.foreignGpuProcesses = [{ pid: 7, name: null, memoryBytes: null }]),
  };
  it.each(Object.entries(remarks))('%s leaves it VALID WITH REMARKS', (code, change) => {
    expect(judge(change)).toEqual(['VALID WITH REMARKS', code]);
  });

  it('does not object to what the system does not tell', () => {
    expect(judge((m) => (m.disturbance = { ...m.disturbance, otherLoadBefore: null, stealShare: null }))).toEqual([
      'VALID',
    ]);
  });

  it('a rate above what the processors can compute is INVALID, for float32 on the CPU alone', () => {
    // 100 samples/s of 4.1 GMAC are 410 GMAC/s.
    const fast: Change = (m) =>
      (m.summary.throughput = { value: 100, unit: 'samples/s', kind: 'measured', interval: null, n: 662 });
    expect(judge(fast)).toEqual(['INVALID', 'IMPLAUSIBLE']);
    expect(judge(fast, { weightPrecision: { int8: 1 } })).toEqual(['VALID']);
    expect(judge(fast, { ceilingMacsPerS: null })).toEqual(['VALID']);
  });

  it('never calls a software adapter a GPU', () => {
    expect(judge(() => undefined, { softwareAdapter: true })).toContain('SOFTWARE_ADAPTER');
    expect(judge(() => undefined, { softwareAdapter: null })).toEqual(['VALID']);
  });

  it('offers the trimmed median where the level changed', () => {
    const measurement = flawless();
    const interval = { low: 1.9e6, high: 2.1e6, level: 0.95, method: 'order statistics' };
    measurement.summary.changePoint = {
      atQuery: 5,
      atNs: 5,
      medianBeforeNs: 1e6,
      medianAfterNs: 2e6,
      trimmedMedian: { value: 2e6, unit: 'ns', kind: 'measured', interval, n: 600 },
    };
    expect(judgeValidity(measurement, context).findings[0]?.reason).toContain('2.00 ms (1.90 ms to 2.10 ms)');
  });

  it('states that the CPU computes a float16 model in float32', () => {
    expect(judge(() => undefined, { weightPrecision: { float16: 0.9, float32: 0.1 } })).toContain('FP16_ON_CPU');
  });

  it('discloses what the inputs leave open', () => {
    const { inputs } = context;
    const assumed = { ...inputs, remarks: ['Only 0 was used.'] };
    expect(judge(() => undefined, { inputs: assumed })).toEqual(['VALID WITH REMARKS', 'INPUTS_ASSUMED']);
    expect(judge(() => undefined, { inputs: { ...inputs, distinctSamples: 63 } })).toEqual([
      'VALID WITH REMARKS',
      'FEW_INPUTS',
    ]);
  });

  it('says why caching was not checked', () => {
    const unchecked = { ...flawless(), cachingRatio: null };
    const reasonAt = (feeds: number) =>
      judgeValidity(unchecked, { ...context, inputs: { ...context.inputs, feeds } }).findings.find(
        ({ code }) => code === 'CACHING_NOT_CHECKED',
      )?.reason;
    expect(reasonAt(3)).toContain('there are 3');
    expect(reasonAt(4)).toContain('too long');
  });

  it('remarks a batch that no output shows, unless it is 1', () => {
    const hide: Change = (m) => (m.executedBatch = null);
    expect(judge(hide)).toEqual(['VALID']);
    expect(judge(hide, { config: { ...context.config, batch: 8 } })).toEqual([
      'VALID WITH REMARKS',
      'BATCH_NOT_VERIFIED',
    ]);
  });

  it('names the outputs that could not be compared as numbers', () => {
    const measurement = flawless();
    const reason = () => judgeValidity(measurement, context).findings.map((one) => `${one.code} ${one.reason}`);
    const problems = [{ output: 'y', state: 'another-shape' as const }];
    measurement.expectedOutputs = { compared: 1, maxRelativeError: null, withinTolerance: false, problems };
    expect(reason()).toEqual(['WRONG_OUTPUT "y" has another shape than expected.']);
    measurement.expectedOutputs = {
      compared: 1,
      maxRelativeError: null,
      withinTolerance: true,
      problems: [{ output: 'y', state: 'not-comparable' }],
    };
    expect(reason()).toEqual([expect.stringContaining('OUTPUT_NOT_COMPARED')]);
  });

  it('gives every finding a reason and a remedy of one sentence each', () => {
    const measurement = flawless();
    for (const change of [...Object.values(invalidating), ...Object.values(remarks)]) change(measurement);
    for (const { reason, remedy } of judgeValidity(measurement, { ...context, customRules: true }).findings) {
      expect(reason).toMatch(/^[^\n]+\.$/);
      expect(remedy).toMatch(/^[^\n]+\.$/);
    }
  });
});
