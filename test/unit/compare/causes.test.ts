import { describe, expect, it } from 'vitest';
import type { ComparisonContext, ExplainedSide } from '../../../src/core/compare/causes/cause.ts';
import { causes, explainComparison } from '../../../src/core/compare/causes/explain-comparison.ts';
import { findVoidReason } from '../../../src/core/compare/causes/quality-findings.ts';
import type { Kernels, OutputAgreement, Quality } from '../../../src/shared/domain/comparison.ts';
import { isaFlagSchema } from '../../../src/shared/domain/machine.ts';
import { present } from '../../../src/shared/domain/provenance.ts';

type Operator = Kernels['operators'][number];

function operator(name: string, one: Operator['class'], share: number, nodes = 1): Operator {
  return { operator: name, nodes, share, class: one };
}

function kernels(operators: Operator[], more: Partial<Kernels> = {}): Kernels {
  const fused = operators.filter((one) => one.class === 'integer' || one.class === 'weight-only');
  const fusedNodes = fused.reduce((sum, { nodes }) => sum + nodes, 0);
  return { provider: 'CPUExecutionProvider', operators, fusedNodes, islands: [], weightConversions: [], ...more };
}

const float: ExplainedSide = {
  provider: 'cpu',
  threads: 1,
  weightPrecision: { float32: 1 },
  facts: {
    opset: 17,
    quantized: { uint8: 0, int8: 0 },
    convInteger: 0,
    conversions: 0,
    blockProducts: { int4: 0, int8: 0, floatActivations: 0 },
    origin: {},
  },
  kernels: kernels([operator('Conv', 'float', 1, 10)]),
  products: { products: 0, small: 0, blockRows: null },
};

/** A static INT8 model in which everything is as it should be. */
const integer: ExplainedSide = {
  ...float,
  weightPrecision: { int8: 1 },
  facts: { ...float.facts, quantized: { uint8: 11, int8: 0 }, conversions: 40 },
  kernels: kernels([
    operator('com.microsoft:QLinearConv', 'integer', 0.9, 10),
    operator('QuantizeLinear', 'conversion', 0.1),
  ]),
  products: { products: 10, small: 0, blockRows: null },
};

const blocks: ExplainedSide = {
  ...float,
  weightPrecision: { int4: 1 },
  facts: { ...float.facts, blockProducts: { int4: 8, int8: 0, floatActivations: 0 } },
  kernels: kernels([operator('com.microsoft:MatMulNBits', 'weight-only', 0.9, 8), operator('Softmax', 'float', 0.1)]),
  products: { products: 8, small: 0, blockRows: 1 },
};

function machine(arch: string, flags: readonly string[]): ComparisonContext['machine'] {
  const isa = Object.fromEntries(isaFlagSchema.options.map((flag) => [flag, present(flags.includes(flag))]));
  return { cpu: { isa: isa as ComparisonContext['machine']['cpu']['isa'] }, operatingSystem: { arch } };
}

function context(changes: Partial<ComparisonContext>): ComparisonContext {
  return {
    verdict: 'SLOWER',
    baseline: float,
    candidate: integer,
    machine: machine('x64', ['avx2', 'avx512f', 'avx512_vnni']),
    saturates: false,
    otherLoad: 0.01,
    quality: null,
    ...changes,
  };
}

function codes(changes: Partial<ComparisonContext>): string[] {
  return explainComparison(context(changes)).map(({ code }) => code);
}

function withFacts(side: ExplainedSide, facts: Partial<ExplainedSide['facts']>): ExplainedSide {
  return { ...side, facts: { ...side.facts, ...facts } };
}

function withKernels(side: ExplainedSide, changes: Partial<Kernels>): ExplainedSide {
  return { ...side, kernels: { ...side.kernels!, ...changes } };
}

const hardSwish = { islands: [{ node: 'act', operator: 'HardSwish', share: 0.2 }] };
const signedIslands = {
  islands: [
    { node: 'c1', operator: 'Conv', share: 0.3 },
    { node: 'add', operator: 'Add', share: 0.1 },
  ],
  weightConversions: ['c1'],
};

/** A cause, the evidence for it, and the same without its evidence, which must not be told. */
const evidence: [string, Partial<ComparisonContext>, Partial<ComparisonContext>][] = [
  [
    'FP16_ON_CPU',
    { candidate: { ...float, weightPrecision: { float16: 0.98, float32: 0.02 } } },
    { candidate: { ...float, provider: 'cuda', weightPrecision: { float16: 1 }, kernels: null } },
  ],
  [
    'RAN_ON_CPU',
    { candidate: { ...float, provider: 'webgpu' } },
    { candidate: withKernels({ ...float, provider: 'webgpu' }, { provider: 'WebGpuExecutionProvider' }) },
  ],
  [
    'INTEGERS_ON_GPU',
    { candidate: withKernels({ ...integer, provider: 'cuda' }, { provider: 'CUDAExecutionProvider' }) },
    { candidate: withKernels({ ...integer, provider: 'tensorrt' }, { provider: 'TensorrtExecutionProvider' }) },
  ],
  [
    'SATURATION',
    { saturates: true, verdict: 'FASTER' },
    { saturates: true, candidate: withFacts(integer, { origin: { parameters: '{"reduceRange":true}' } }) },
  ],
  ['CONV_INTEGER', { candidate: withFacts(integer, { convInteger: 4 }) }, {}],
  [
    'SIGNED_ACTIVATIONS',
    { candidate: withKernels(withFacts(integer, { quantized: { uint8: 0, int8: 11 } }), signedIslands) },
    {
      candidate: withKernels(withFacts(integer, { quantized: { uint8: 0, int8: 11 } }), signedIslands),
      machine: machine('arm64', []),
    },
  ],
  ['FLOAT_ISLANDS', { candidate: withKernels(integer, hardSwish) }, {}],
  ['WEIGHT_CONVERSIONS', { candidate: withKernels(integer, { weightConversions: ['fc'] }) }, {}],
  [
    'OLD_OPSET',
    {
      candidate: {
        ...withFacts(integer, { opset: 10 }),
        kernels: kernels([operator('Conv', 'float', 0.9), operator('QuantizeLinear', 'conversion', 0.1)]),
      },
    },
    { candidate: withFacts(integer, { opset: 11 }) },
  ],
  ['NO_VNNI', { machine: machine('x64', ['avx2']) }, { machine: machine('x64', ['avx2', 'avx_vnni']) }],
  [
    'SMALL_PRODUCTS',
    { candidate: { ...integer, products: { products: 4, small: 3, blockRows: null } } },
    { candidate: { ...integer, products: { products: 4, small: 1, blockRows: null } } },
  ],
  [
    'CONVERSION_TIME',
    {
      candidate: {
        ...integer,
        kernels: kernels([operator('QGemm', 'integer', 0.6), operator('QuantizeLinear', 'conversion', 0.4)]),
      },
    },
    {},
  ],
  [
    'MOSTLY_FLOAT',
    {
      candidate: {
        ...integer,
        kernels: kernels([operator('Conv', 'float', 0.8), operator('DynamicQuantizeMatMul', 'integer', 0.2)]),
      },
    },
    {},
  ],
  [
    'MANY_ROWS',
    { candidate: { ...blocks, products: { products: 8, small: 0, blockRows: 128 } } },
    { candidate: blocks },
  ],
  [
    'ACCURACY_LEVEL',
    { candidate: withFacts(blocks, { blockProducts: { int4: 8, int8: 0, floatActivations: 8 } }) },
    { candidate: blocks },
  ],
  [
    'BUSY_PROCESSORS',
    { candidate: { ...integer, threads: 0 }, otherLoad: 0.3 },
    { candidate: { ...integer, threads: 1 }, otherLoad: 0.3 },
  ],
];

describe('a cause', () => {
  it.each(evidence)('%s is told with its evidence and not without', (code, given, without) => {
    expect(codes(given)).toEqual([code]);
    expect(codes(without)).not.toContain(code);
  });

  it('is in the table above, each of them', () => {
    expect(new Set(evidence.map(([code]) => code))).toEqual(new Set(causes.map(({ code }) => code)));
  });

  it('has a sentence for what was found and one for what to do', () => {
    for (const [, given] of evidence) {
      for (const { reason, remedy } of explainComparison(context(given))) {
        expect(reason).toMatch(/^[A-Z0-9].*\.$/);
        expect(remedy).toMatch(/^[A-Z0-9].*\.$/);
      }
    }
  });

  it('names the operators and nodes that it is about', () => {
    const candidate = withKernels(withFacts(integer, { quantized: { uint8: 0, int8: 11 } }), signedIslands);
    const [finding] = explainComparison(context({ candidate }));
    expect(finding!.reason).toContain('1 Conv, 1 Add run in float ("c1", "add")');
  });
});

describe('a comparison', () => {
  it('whose lower precision is not faster, without evidence for a cause, says so', () => {
    expect(codes({})).toEqual(['CAUSE_UNKNOWN']);
    expect(codes({ verdict: 'SAME' })).toEqual(['CAUSE_UNKNOWN']);
    const [unprofiled] = explainComparison(context({ candidate: { ...integer, kernels: null, products: null } }));
    expect(unprofiled).toMatchObject({ code: 'CAUSE_UNKNOWN' });
    expect(unprofiled!.reason).toContain('could not be profiled');
  });

  it('whose lower precision is faster needs no reason, but is told what would make it faster still', () => {
    expect(codes({ verdict: 'FASTER' })).toEqual([]);
    expect(codes({ verdict: 'FASTER', machine: machine('x64', []) })).toEqual([]);
    expect(codes({ verdict: 'FASTER', candidate: withKernels(integer, hardSwish) })).toEqual(['FLOAT_ISLANDS']);
    const cheap = { islands: [{ node: 'act', operator: 'HardSwish', share: 0.01 }] };
    const few = { ...integer, kernels: kernels([operator('com.microsoft:QLinearConv', 'integer', 0.99, 10)], cheap) };
    expect(codes({ verdict: 'FASTER', candidate: few })).toEqual([]);
    expect(codes({ verdict: 'SAME', candidate: few })).toEqual(['FLOAT_ISLANDS']);
  });

  it('explains the baseline where that is the lower precision', () => {
    const swapped = {
      baseline: { ...integer, products: { products: 4, small: 4, blockRows: null } },
      candidate: float,
    };
    const [finding] = explainComparison(context({ ...swapped, verdict: 'FASTER' }));
    expect(finding).toMatchObject({ code: 'SMALL_PRODUCTS' });
    expect(finding!.reason).toContain('the baseline');
    expect(codes({ ...swapped, verdict: 'SLOWER' })).toEqual([]);
  });

  it('of equal precisions, or without a verdict, asks for no reason', () => {
    expect(codes({ baseline: integer })).toEqual([]);
    expect(codes({ candidate: float })).toEqual([]);
    expect(codes({ verdict: null })).toEqual([]);
  });

  it('with float16 on the CPU is invalid and gives no further reason', () => {
    const candidate = { ...float, weightPrecision: { float16: 1 }, kernels: null };
    expect(explainComparison(context({ candidate }))).toMatchObject([{ code: 'FP16_ON_CPU', severity: 'invalid' }]);
    const sides = { baseline: { ...float, metadata: {} }, candidate: { ...candidate, metadata: {} } };
    expect(findVoidReason(sides)).toContain('float16');
  });
});

describe('the quality of a comparison', () => {
  const agreement: OutputAgreement = {
    output: 'logits',
    samples: 64,
    elements: 10,
    centredRelativeError: 0.05,
    sqnrDb: 26,
    maxError: 0.1,
    top1: null,
    top5: null,
    softmaxKl: null,
    cosine: 1,
  };
  const quality: Quality = {
    source: 'files',
    samples: 64,
    labelled: null,
    outputs: [agreement],
    voidReason: null,
    remarks: [],
  };

  it('is void after calibration with generated inputs, by what the file says', () => {
    const voidReasonFor = (calibration: string) =>
      findVoidReason({
        baseline: { ...float, metadata: {} },
        candidate: {
          ...integer,
          metadata: { 'inferometer.recipe': 'int8-static', 'inferometer.calibration': calibration },
        },
      });
    const describe = (source: string) => JSON.stringify({ method: 'min-max', source, sha256: 'a'.repeat(64) });
    const voidReason = voidReasonFor(describe('generated'));
    expect(voidReason).toContain('generated inputs');
    expect(voidReasonFor(describe('files'))).toBeNull();
    expect(voidReasonFor('not JSON')).toBeNull();
    expect(codes({ verdict: 'FASTER', quality: { ...quality, voidReason } })).toEqual(['QUALITY_VOID']);
  });

  it('on generated inputs, and of outputs that have nothing in common, comes with a remark', () => {
    expect(codes({ verdict: 'FASTER', quality })).toEqual([]);
    expect(codes({ verdict: 'FASTER', quality: { ...quality, source: 'generated' } })).toEqual(['GENERATED_INPUTS']);
    const outputs = [{ ...agreement, centredRelativeError: 1.4 }];
    expect(codes({ verdict: 'FASTER', quality: { ...quality, outputs } })).toEqual(['OUTPUTS_UNRELATED']);
  });
});
