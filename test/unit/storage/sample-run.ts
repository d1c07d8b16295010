import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sha256Schema, toCellId, toRunId, type RunId } from '../../../src/shared/domain/ids.ts';
import type { Measurement, SampleSeries, SeriesSummary, Validity } from '../../../src/shared/domain/measurement.ts';
import type { CellConfig, Plan } from '../../../src/shared/domain/plan.ts';
import type { Reading } from '../../../src/shared/domain/provenance.ts';
import type { PlanFiles, Provenance } from '../../../src/shared/domain/run.ts';
import type { FinalOutcome } from '../../../src/core/storage/cells.ts';
import type { Storage } from '../../../src/core/storage/open.ts';

/** Made-up records with every field filled, for tests of storing and exporting. Nothing in them was measured. */

const machineReport = { cores: 2, cpu: 'test' };
/** Of the report's JSON, whose keys are in order. */
export const machineSha256 = sha256Schema.parse(
  createHash('sha256').update(JSON.stringify(machineReport)).digest('hex'),
);
export const machineFingerprint = sha256Schema.parse('a'.repeat(64));

export interface TemporaryFolder extends Disposable {
  path: string;
}

export function createTemporaryFolder(): TemporaryFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'inferometer-storage-'));
  return { path: folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

export function createPlan(change: Partial<Plan> = {}): Plan {
  return {
    models: ['mobilenet'],
    providers: ['cpu'],
    scenario: 'single-stream',
    batches: [1],
    threads: [0],
    grade: 'standard',
    seed: 7,
    dims: {},
    inputs: null,
    repeats: 1,
    ...change,
  };
}

export function createFiles(): PlanFiles {
  return { models: [{ id: 'mobilenet', sha256: sha256Schema.parse('b'.repeat(64)) }], inputsSha256: null };
}

export function createConfig(change: Partial<CellConfig> = {}): CellConfig {
  return {
    model: 'mobilenet',
    provider: 'cpu',
    scenario: 'single-stream',
    batch: 1,
    threads: 0,
    dims: { batch: 1 },
    seed: 7,
    ...change,
  };
}

function createReading(value: number, unit: Reading['unit']): Reading {
  return {
    value,
    unit,
    kind: 'measured',
    interval: { low: value * 0.9, high: value * 1.1, level: 0.95, method: 'order statistics' },
    n: 1000,
  };
}

function createSummary(p50Ns: number): SeriesSummary {
  return {
    queries: 1000,
    kept: 1000,
    keptEvery: 1,
    durationNs: 1000 * p50Ns,
    executedSamples: 1000,
    latencyMeanNs: createReading(p50Ns * 1.01, 'ns'),
    latencyMinNs: p50Ns / 2,
    latencyMaxNs: p50Ns * 3,
    percentiles: [
      { status: 'earned', percentile: 50, reading: createReading(p50Ns, 'ns'), earlyStoppingNs: p50Ns * 1.02 },
      { status: 'earned', percentile: 90, reading: createReading(p50Ns * 1.2, 'ns'), earlyStoppingNs: null },
      { status: 'unearned', percentile: 99, n: 1000, neededN: 6000 },
    ],
    throughput: createReading(1e9 / p50Ns, 'samples/s'),
    autocorrelationLag1: 0.05,
    effectiveSampleSize: 905.1,
    outliers: { lowSevere: 0, lowMild: 1, highMild: 2, highSevere: 3 },
    drift: null,
    changePoint: null,
  };
}

function createMeasurement(p50Ns: number): Measurement {
  return {
    stages: {
      sessionCreationNs: 5e7,
      firstInferenceNs: p50Ns * 4,
      warmUp: { runs: 30, durationNs: p50Ns * 30, steady: true },
    },
    harness: { clockResolutionNs: 20, clockCallNs: 31, nullModelNs: 9000, outputCopyNsPerMiB: 2e5, bindingCopyNs: 800 },
    disturbance: {
      otherLoadBefore: 0.02,
      otherLoadDuring: 0.01,
      stealShare: null,
      enginePeakRssBytes: 2e8,
      engineRssBeforeBytes: 6e7,
    },
    processes: [createSummary(p50Ns)],
    summary: createSummary(p50Ns),
    betweenProcessSpread: null,
    executedBatch: 1,
    threadsUsed: 2,
    accuracy: null,
    expectedOutputs: null,
    cachingRatio: 0.99,
    throttling: {
      status: 'present',
      value: {
        watched: ['cpu-heat', 'cpu-clock'],
        queries: 1000,
        throttled: 20,
        share: 0.02,
        causes: ['cpu-heat'],
        median: createReading(p50Ns, 'ns'),
        medianWithout: createReading(p50Ns * 0.99, 'ns'),
      },
    },
    energy: {
      meters: [
        {
          method: 'CPU package',
          metered: {
            status: 'present',
            value: {
              source: 'RAPL, one package',
              perSample: createReading(0.5, 'J'),
              power: createReading(50, 'W'),
              coveredS: 10,
              errorBand: null,
              idle: {
                status: 'present',
                value: { power: createReading(20, 'W'), perSampleWithout: createReading(0.3, 'J') },
              },
              remarks: [],
            },
          },
        },
        {
          method: 'GPU board, driver estimate',
          metered: { status: 'absent', reason: 'NVML could not be loaded', remedy: 'Install the driver.' },
        },
      ],
    },
  };
}

export function createCompleted(p50Ns: number, verdict: Validity['verdict'] = 'VALID'): FinalOutcome {
  return { state: 'completed', measurement: createMeasurement(p50Ns), validity: { verdict, findings: [] } };
}

export function createProvenance(): Provenance {
  return {
    schemaVersion: 1,
    app: { version: '0.1.0', commit: null },
    model: {
      id: 'mobilenet',
      path: null,
      sha256: sha256Schema.parse('b'.repeat(64)),
      opsets: { 'ai.onnx': 17 },
      irVersion: 8,
      sizeBytes: 14e6,
      parameters: 35e5,
    },
    quantization: null,
    inputs: { source: 'generated', seed: 7, sha256: sha256Schema.parse('c'.repeat(64)), distinct: 16, remarks: [] },
    runtime: {
      onnxruntime: '1.30.0',
      node: '24.21.0',
      provider: 'cpu',
      device: null,
      driver: null,
      cuda: null,
      libraries: [],
    },
    sessionOptions: { intraOpNumThreads: 0 },
    machineSha256,
    machineFingerprint,
    command: 'inferometer run mobilenet',
    startedAt: '2026-01-02T03:04:05.000Z',
  };
}

/**
 * Closed-loop stamps that look like those of a quiet machine: log-normal latencies around `medianNs` with 5% spread, a
 * pause of about a microsecond between queries, one query in a thousand held up.
 */
export function simulateSeries(n: number, seed: number, medianNs = 2e6): SampleSeries {
  const next = createUniform(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
  const issuedNs = new Float64Array(n);
  const completedNs = new Float64Array(n);
  let clock = 0;
  for (let i = 0; i < n; i += 1) {
    issuedNs[i] = clock += Math.round(900 + 120 * Math.exp(normal()));
    const heldUp = next() < 0.001 ? 5 * medianNs * next() : 0;
    completedNs[i] = clock += Math.round(medianNs * Math.exp(0.05 * normal()) + heldUp);
  }
  return { scheduledNs: null, issuedNs, completedNs };
}

/** Uniform in (0, 1), from a linear congruential generator (Numerical Recipes): enough for noise in fixtures. */
function createUniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

export interface StoredRun {
  createdAtMs: number;
  configs: CellConfig[];
  /** The process that owns it; the tests' own unless said otherwise. */
  ownerPid?: number;
  plan?: Plan;
  files?: PlanFiles;
}

/** Stores a running run whose configurations are pending. */
export function storeRun(
  storage: Storage,
  { createdAtMs, configs, ownerPid = process.pid, plan = createPlan(), files = createFiles() }: StoredRun,
): RunId {
  const id = toRunId(createdAtMs, createdAtMs);
  const createdAt = new Date(createdAtMs).toISOString();
  storage.machines.put({ fingerprint: machineFingerprint, report: machineReport, seenAt: createdAt });
  storage.runs.create(
    {
      id,
      plan,
      files,
      machineSha256,
      createdAt,
      owner: { pid: ownerPid, startTime: 't0' },
    },
    configs,
  );
  return id;
}

/** Takes one configuration of a run through start and finish. */
export function finishCell(
  storage: Storage,
  runId: RunId,
  index: number,
  outcome: FinalOutcome,
  samples: SampleSeries[] = [],
): void {
  const id = toCellId(runId, index);
  storage.cells.start(id, '2026-01-02T03:04:05.000Z');
  storage.cells.finish(id, { outcome, provenance: createProvenance(), endedAt: '2026-01-02T03:05:05.000Z' }, samples);
}
