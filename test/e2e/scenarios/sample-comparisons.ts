import { createHash } from 'node:crypto';
import { toCompareCommand } from '../../../src/shared/comparison.ts';
import { comparisonRecordSchema, type ComparisonRecord } from '../../../src/shared/domain/comparison.ts';
import { sha256Schema, toComparisonId, type Sha256 } from '../../../src/shared/domain/ids.ts';
import type { Reading } from '../../../src/shared/domain/provenance.ts';

/** A comparison with the medians of its pairs, as storage keeps them. */
export interface StoredComparison {
  record: ComparisonRecord;
  pairs: { baselineNs: Float64Array; candidateNs: Float64Array };
}

type Side = ComparisonRecord['plan']['baseline'];
type Evidence = ComparisonRecord['result']['baseline'];
type Speed = NonNullable<ComparisonRecord['result']['speed']>;
type Quality = NonNullable<ComparisonRecord['result']['quality']>;
type Findings = ComparisonRecord['result']['findings'];

const resnet: Side = { model: 'resnet50', provider: 'cpu', threads: 1 };
const mlp: Side = { model: 'mlp-tabular', provider: 'cpu', threads: 1 };

const reading = (
  value: number,
  unit: Reading['unit'],
  low: number | null,
  high: number | null,
  n: number,
): Reading => ({
  value,
  unit,
  kind: 'measured',
  n,
  interval: low === null && high === null ? null : { low, high, level: 0.95, method: 'mean log ratio, anytime valid' },
});

const hash = (text: string): Sha256 => sha256Schema.parse(createHash('sha256').update(text).digest('hex'));

/** Two variants of ResNet-50 at once, one of which is not worth it. */
const quantized: Pick<ComparisonRecord, 'plan'> = {
  plan: {
    baseline: resnet,
    candidates: [
      { ...resnet, model: 'resnet50-int8-static' },
      { ...resnet, model: 'resnet50-fp16' },
    ],
    batch: 1,
    dims: {},
    seed: 0,
    margin: 0.02,
    maxDurationS: 60,
    data: '/data/imagenet-sample',
  },
};

const floatKernels: NonNullable<Evidence['kernels']> = {
  provider: 'CPU',
  operators: [
    { operator: 'FusedConv', nodes: 49, share: 0.884, class: 'float' },
    { operator: 'Conv', nodes: 4, share: 0.071, class: 'float' },
    { operator: 'MaxPool', nodes: 1, share: 0.021, class: 'other' },
    { operator: 'Gemm', nodes: 1, share: 0.018, class: 'float' },
    { operator: 'GlobalAveragePool', nodes: 1, share: 0.006, class: 'other' },
  ],
  fusedNodes: 0,
  islands: [],
  weightConversions: [],
};

const evidence = (
  model: string,
  sizeBytes: number,
  peakRssBytes: number | null,
  more: Partial<Evidence> = {},
): Evidence => ({
  modelSha256: hash(model),
  path: `/home/me/models/${model}.onnx`,
  sizeBytes,
  peakRssBytes,
  recipe: null,
  weightPrecision: { float32: 1 },
  kernels: floatKernels,
  ...more,
});

const speedOf = (speed: Partial<Speed> & Pick<Speed, 'verdict' | 'speedup' | 'latency' | 'pairs'>): Speed => ({
  margin: 0.02,
  pairing: 'resident',
  pairingReason: null,
  queriesPerBlock: { baseline: 4, candidate: 12 },
  logRatioDeviation: 0.021,
  pValue: 2e-12,
  adjusted: null,
  stopped: 'settled',
  toSettle: null,
  predictedDurationS: 9.5,
  durationS: 8.4,
  ...speed,
});

const labelled: Quality = {
  source: 'labelled',
  samples: 1_000,
  labelled: {
    samples: 1_000,
    baseline: reading(0.762, 'ratio', 0.735, 0.787, 1_000),
    candidate: reading(0.757, 'ratio', 0.73, 0.783, 1_000),
    difference: reading(-0.005, 'ratio', -0.013, 0.003, 1_000),
    onlyBaselineRight: 11,
    onlyCandidateRight: 6,
    mcNemarPValue: 0.332,
  },
  outputs: [
    {
      output: 'logits',
      samples: 1_000,
      elements: 1_000,
      centredRelativeError: 0.0694,
      sqnrDb: 23.2,
      maxError: 0.713,
      top1: reading(0.966, 'ratio', 0.953, 0.976, 1_000),
      top5: reading(0.999, 'ratio', 0.994, 1, 1_000),
      softmaxKl: 0.0041,
      cosine: 0.99651,
    },
  ],
  voidReason: null,
  remarks: [],
};

const generated: Quality = {
  source: 'generated',
  samples: 64,
  labelled: null,
  outputs: [
    {
      output: 'scores',
      samples: 64,
      elements: 10,
      centredRelativeError: 0.031,
      sqnrDb: 30.2,
      maxError: 0.0127,
      top1: reading(0.984, 'ratio', 0.917, 0.997, 64),
      top5: reading(1, 'ratio', 0.943, 1, 64),
      softmaxKl: 0.00018,
      cosine: 0.999_521,
    },
  ],
  voidReason: null,
  remarks: [],
};

const sideConditions: NonNullable<ComparisonRecord['result']['conditions']>['baseline'] = {
  inputs: { source: 'generated', seed: 0, sha256: hash('inputs'), distinct: 64, remarks: [] },
  sessionOptions: { executionProviders: ['cpu'], intraOpNumThreads: 1 },
  device: 'Intel(R) Xeon(R) Gold 6430',
  libraries: [],
  warmUp: { runs: 24, durationNs: 1.3e9, steady: true },
};
const conditions: NonNullable<ComparisonRecord['result']['conditions']> = {
  node: '24.21.0',
  baseline: sideConditions,
  candidate: sideConditions,
  otherLoadBefore: 0.012,
  otherLoadDuring: 0.009,
  stealShare: 0,
};

/** Medians of blocks around a speed-up, always the same. */
function simulatePairs(
  pairs: number,
  baselineNs: number,
  speedup: number,
  deviation: number,
): StoredComparison['pairs'] {
  const wave = (index: number) => Math.sin(index * 12.9898) * 0.6 + Math.sin(index * 4.1414 + 1) * 0.8;
  const baseline = Float64Array.from({ length: pairs }, (_, index) =>
    Math.round(baselineNs * (1 + 0.004 * Math.sin(index / 5))),
  );
  const candidate = baseline.map((ns, index) => Math.round(ns / (speedup * Math.exp(deviation * wave(index)))));
  return { baselineNs: baseline, candidateNs: candidate };
}

function toStored(
  at: string,
  origin: Pick<ComparisonRecord, 'plan'> & {
    candidate?: number;
    group?: string;
    machine?: { sha256: Sha256; fingerprint: Sha256 };
  },
  result: Omit<ComparisonRecord['result'], 'conditions'>,
  pairs: StoredComparison['pairs'],
): StoredComparison {
  const { plan, candidate = 0, group = at, machine } = origin;
  const record = comparisonRecordSchema.parse({
    id: toComparisonId(Date.parse(at), Date.parse(at)),
    plan,
    candidate,
    groupId: toComparisonId(Date.parse(group), Date.parse(group)),
    createdAt: at,
    durationS: 21.7,
    app: { version: '0.1.0', commit: null },
    onnxruntime: '1.30.0',
    machineSha256: machine?.sha256 ?? hash('machine'),
    machineFingerprint: machine?.fingerprint ?? hash('fingerprint'),
    command: toCompareCommand({ ...plan, candidates: [plan.candidates[candidate]!] }),
    result: { ...result, conditions: result.speed === null ? null : conditions },
  });
  return { record, pairs };
}

const none = { baselineNs: new Float64Array(), candidateNs: new Float64Array() };

const fp16Trap: Findings = [
  {
    code: 'FP16_ON_CPU',
    severity: 'invalid',
    reason:
      'FP16 on this processor is computed in float32: casts surround 51 of 57 nodes, so this measures conversions.',
    remedy: 'Compare FP16 on a GPU provider, or quantize to INT8 for this processor.',
  },
];

/** Every kind of ending that a comparison has, the newest last. `machine`: stored with each. */
export function createSampleComparisons(machine?: { sha256: Sha256; fingerprint: Sha256 }): StoredComparison[] {
  const on = machine === undefined ? {} : { machine };
  const group = '2026-01-03T09:00:00.000Z';
  const threads = { ...mlp, threads: 2 };
  const small = { batch: 1, dims: {}, seed: 0, margin: 0.02, maxDurationS: 60, data: null };
  const integerKernels: NonNullable<Evidence['kernels']> = {
    provider: 'CPU',
    operators: [
      { operator: 'QLinearConv', nodes: 53, share: 0.861, class: 'integer' },
      { operator: 'QLinearAdd', nodes: 16, share: 0.064, class: 'integer' },
      { operator: 'QuantizeLinear', nodes: 2, share: 0.026, class: 'conversion' },
      { operator: 'Gemm', nodes: 1, share: 0.019, class: 'float' },
      { operator: 'MaxPool', nodes: 1, share: 0.016, class: 'integer' },
      { operator: 'DequantizeLinear', nodes: 2, share: 0.014, class: 'conversion' },
    ],
    fusedNodes: 70,
    islands: [{ node: '/fc/Gemm', operator: 'Gemm', share: 0.019 }],
    weightConversions: [],
  };
  return [
    toStored(
      '2026-01-02T08:00:00.000Z',
      { ...on, plan: { ...small, baseline: mlp, candidates: [{ ...mlp, provider: 'cuda' }] } },
      {
        speed: null,
        baseline: evidence('mlp-tabular', 24_900, null),
        candidate: evidence('mlp-tabular', 24_900, null, { kernels: null }),
        quality: null,
        findings: [
          {
            code: 'SIDE_FAILED',
            severity: 'invalid',
            reason: 'The candidate did not run: the provider CUDA does not work here.',
            remedy: 'Install the NVIDIA driver, then run inferometer gpu install.',
          },
        ],
      },
      none,
    ),
    toStored(
      '2026-01-02T09:00:00.000Z',
      { ...on, plan: { ...small, baseline: mlp, candidates: [threads] } },
      {
        speed: speedOf({
          verdict: 'AMBIGUOUS',
          speedup: reading(1.031, '1', 0.992, 1.071, 240),
          latency: {
            baseline: reading(41_300, 'ns', 41_100, 41_600, 240),
            candidate: reading(40_100, 'ns', 39_400, 40_900, 240),
          },
          pairs: 240,
          logRatioDeviation: 0.151,
          pValue: 0.31,
          stopped: 'time-limit',
          toSettle: { pairs: 1_900, durationS: 210 },
          predictedDurationS: 240,
          durationS: 60,
        }),
        baseline: evidence('mlp-tabular', 24_900, 3.1e6),
        candidate: evidence('mlp-tabular', 24_900, 3.2e6),
        quality: {
          ...generated,
          outputs: [
            {
              ...generated.outputs[0]!,
              centredRelativeError: 0,
              sqnrDb: null,
              maxError: 0,
              softmaxKl: 0,
              cosine: 1,
              top1: reading(1, 'ratio', 0.943, 1, 64),
            },
          ],
        },
        findings: [
          {
            code: 'THREADS_IDLE',
            severity: 'remark',
            reason: 'The nodes of this model are so small that a second thread waits most of the time.',
            remedy: 'Use one thread, or a larger batch.',
          },
        ],
      },
      simulatePairs(240, 41_300, 1.031, 0.151),
    ),
    toStored(
      group,
      { ...on, ...quantized, group },
      {
        speed: speedOf({
          verdict: 'FASTER',
          speedup: reading(3.018, '1', 2.972, 3.064, 34),
          latency: {
            baseline: reading(53.04e6, 'ns', 52.61e6, 53.4e6, 34),
            candidate: reading(17.58e6, 'ns', 17.44e6, 17.75e6, 34),
          },
          pairs: 34,
          adjusted: { comparisons: 2, pValue: 4e-12, verdict: 'FASTER' },
        }),
        baseline: evidence('resnet50', 102_442_450, 186e6),
        candidate: evidence('resnet50-int8-static', 25_711_882, 61e6, {
          recipe: 'int8-static',
          weightPrecision: { int8: 0.9203, float32: 0.0797 },
          kernels: integerKernels,
        }),
        quality: labelled,
        findings: [
          {
            code: 'FLOAT_ISLANDS',
            severity: 'remark',
            reason: 'One float node, /fc/Gemm, stands between conversions and takes 1.9 % of the time.',
            remedy: 'Nothing is to be gained here.',
          },
        ],
      },
      simulatePairs(34, 53.04e6, 3.018, 0.021),
    ),
    toStored(
      '2026-01-03T09:00:30.000Z',
      { ...on, ...quantized, candidate: 1, group },
      {
        speed: speedOf({
          verdict: 'SLOWER',
          speedup: reading(0.874, '1', 0.861, 0.887, 22),
          latency: {
            baseline: reading(53.1e6, 'ns', 52.7e6, 53.5e6, 22),
            candidate: reading(60.8e6, 'ns', 60.2e6, 61.5e6, 22),
          },
          pairs: 22,
          adjusted: { comparisons: 2, pValue: 3e-9, verdict: 'SLOWER' },
        }),
        baseline: evidence('resnet50', 102_442_450, 186e6),
        candidate: evidence('resnet50-fp16', 51_301_204, 191e6, {
          recipe: 'fp16',
          weightPrecision: { float16: 1 },
          kernels: {
            ...floatKernels,
            operators: [
              { operator: 'Cast', nodes: 102, share: 0.118, class: 'conversion' },
              ...floatKernels.operators.map((one) => ({ ...one, share: one.share * 0.882 })),
            ],
            weightConversions: ['/conv1/Conv', '/layer1/layer1.0/conv1/Conv', '/layer1/layer1.0/conv2/Conv'],
          },
        }),
        quality: { ...generated, source: 'files', samples: 1_000 },
        findings: fp16Trap,
      },
      simulatePairs(22, 53.1e6, 0.874, 0.021),
    ),
    toStored(
      '2026-01-04T16:20:00.000Z',
      {
        ...on,
        plan: {
          ...small,
          baseline: { ...mlp, model: 'mobilenet-v2' },
          candidates: [{ ...mlp, model: 'mobilenet-v2-int8-dynamic' }],
        },
      },
      {
        speed: speedOf({
          verdict: 'SLOWER',
          speedup: reading(0.412, '1', 0.401, 0.424, 18),
          latency: {
            baseline: reading(4.21e6, 'ns', 4.18e6, 4.25e6, 18),
            candidate: reading(10.2e6, 'ns', 10.0e6, 10.4e6, 18),
          },
          pairs: 18,
          pairing: 'processes',
          pairingReason: 'both sessions together need more memory than is free.',
        }),
        baseline: evidence('mobilenet-v2', 14_198_000, 48e6),
        candidate: evidence('mobilenet-v2-int8-dynamic', 12_902_000, 44e6, {
          recipe: 'int8-dynamic',
          weightPrecision: { int8: 0.37, float32: 0.63 },
          kernels: {
            ...integerKernels,
            fusedNodes: 1,
            islands: Array.from({ length: 9 }, (_, index) => ({
              node: `/features/block${index}/HardSwish`,
              operator: 'HardSwish',
              share: 0.011,
            })),
          },
        }),
        quality: {
          ...generated,
          voidReason:
            'The variant was calibrated with generated inputs: it shows the speed of this precision, not what it costs in quality.',
        },
        findings: [
          {
            code: 'FLOAT_ISLANDS',
            severity: 'remark',
            reason:
              'Nine float nodes (HardSwish) stand between conversions from and to integers, and take 9.9 % of the time.',
            remedy: 'Exclude the convolutions around them, or export the model with ReLU6.',
          },
          {
            code: 'SATURATION',
            severity: 'remark',
            reason: 'This processor has no VNNI: sums of 8-bit products may saturate.',
            remedy: 'Quantize with reduced range.',
          },
        ],
      },
      simulatePairs(18, 4.21e6, 0.412, 0.03),
    ),
    toStored(
      '2026-01-05T08:10:00.000Z',
      { ...on, plan: { ...small, baseline: mlp, candidates: [mlp] } },
      {
        speed: speedOf({
          verdict: 'SAME',
          speedup: reading(1.0012, '1', 0.9941, 1.0083, 120),
          latency: {
            baseline: reading(41_300, 'ns', 41_100, 41_600, 120),
            candidate: reading(41_250, 'ns', 41_000, 41_500, 120),
          },
          pairs: 120,
          pValue: 1,
        }),
        baseline: evidence('mlp-tabular', 24_900, 3.1e6),
        candidate: evidence('mlp-tabular', 24_900, 3.1e6),
        quality: null,
        findings: [],
      },
      simulatePairs(120, 41_300, 1.0012, 0.02),
    ),
  ];
}
