import { expect, it } from 'vitest';
import { compareProfiles } from '../../../src/core/profile/compare-profiles.ts';
import { toOperatorFamily } from '../../../src/core/profile/operator-family.ts';
import { nanoseconds, profileRecord, readWithoutGraph } from '../../support/profile-record.ts';
import { profiledNode } from '../../support/profiled-node.ts';

const label = (node: string, operator: string) => ({ node, operator });
const float = profileRecord(
  readWithoutGraph(
    [
      profiledNode({ name: 'conv1', operator: 'Conv' }, 3000),
      profiledNode({ name: 'conv2', operator: 'Conv' }, 5000),
      profiledNode({ name: 'fc', operator: 'Gemm' }, 2000),
    ],
    { conv1: label('conv1', 'Conv'), conv2: label('conv2', 'Conv'), fc: label('fc', 'Gemm') },
  ),
);

it('sets nodes of the same source side by side, largest difference first, in times without the profiler', () => {
  const nodes = readWithoutGraph(
    [
      profiledNode({ name: 'q', operator: 'QuantizeLinear' }, 1000),
      profiledNode({ name: 'conv1_quant', operator: 'QLinearConv' }, 1000),
      profiledNode({ name: 'conv2_quant', operator: 'QLinearConv' }, 1000),
      profiledNode({ name: 'fc_quant', operator: 'QGemm' }, 1000),
    ],
    {
      conv1_quant: label('conv1', 'QLinearConv'),
      conv2_quant: label('conv2', 'QLinearConv'),
      fc_quant: label('fc', 'QGemm'),
    },
  );
  const quantized = profileRecord(nodes, {
    parts: { ...float.parts, hostToHost: nanoseconds(400_000) },
  });
  const { matchedBy, rows } = compareProfiles(float, quantized);
  expect(matchedBy).toBe('node');
  expect(rows.map(({ key }) => key).slice(0, 2)).toEqual(['conv2', 'conv1']);
  expect(rows[0]).toMatchObject({
    baseline: { operators: ['Conv'], share: 0.5, attributedNs: 500_000 },
    candidate: { operators: ['QLinearConv'], share: 0.25, attributedNs: 100_000 },
    differenceNs: -400_000,
  });
  const added = rows.find(({ key }) => key === 'added by the runtime: QuantizeLinear');
  expect(added).toMatchObject({ baseline: null, candidate: { nodes: 1 }, differenceNs: 100_000 });
});

it('matches by kind of operator where the models have too few nodes in common', () => {
  const other = profileRecord(
    readWithoutGraph(
      [
        profiledNode({ name: 'a', operator: 'QLinearConv' }, 1000),
        profiledNode({ name: 'b', operator: 'MatMulInteger' }, 3000),
      ],
      { a: label('layer.0', 'QLinearConv'), b: label('layer.1', 'MatMulInteger') },
    ),
  );
  const { matchedBy, rows } = compareProfiles(float, other);
  expect(matchedBy).toBe('operator');
  expect(rows.map(({ key }) => key).toSorted()).toEqual(['Conv', 'Gemm', 'MatMul']);
  expect(rows.find(({ key }) => key === 'Conv')).toMatchObject({ baseline: { nodes: 2 }, candidate: { nodes: 1 } });
});

it('says what makes two profiles less comparable', () => {
  const other = { ...float, plan: { ...float.plan, batch: 8, threads: 2 } };
  expect(compareProfiles(float, float).remarks).toEqual([]);
  expect(compareProfiles(float, other).remarks).toEqual([
    'Their batches differ: times are those of whole queries.',
    'They ran on different numbers of threads.',
  ]);
});

it.each([
  ['com.microsoft:QLinearConv', 'Conv'],
  ['com.microsoft.nchwc:Conv', 'Conv'],
  ['com.microsoft:FusedConv', 'Conv'],
  ['ConvInteger', 'Conv'],
  ['com.microsoft:MatMulNBits', 'MatMul'],
  ['com.microsoft:MatMulIntegerToFloat', 'MatMul'],
  ['com.microsoft:DynamicQuantizeMatMul', 'MatMul'],
  ['com.microsoft:QGemm', 'Gemm'],
  ['com.microsoft:FusedGemm', 'Gemm'],
  ['com.microsoft:BiasGelu', 'Gelu'],
  ['com.microsoft:SkipLayerNormalization', 'LayerNormalization'],
  ['QuantizeLinear', 'QuantizeLinear'],
  ['com.microsoft:DequantizeLinear', 'DequantizeLinear'],
  ['DynamicQuantizeLinear', 'DynamicQuantizeLinear'],
  ['BatchNormalization', 'BatchNormalization'],
  ['com.microsoft:QLinearGlobalAveragePool', 'GlobalAveragePool'],
])('takes %s for %s', (operator, family) => {
  expect(toOperatorFamily(operator)).toBe(family);
});
