import { expect, it } from 'vitest';
import { formatPValue } from '../../../../src/renderer/features/compare/result/p-value.ts';
import { summarizeKernels } from '../../../../src/renderer/features/compare/result/summarize-kernels.ts';
import type { Kernels } from '../../../../src/shared/domain/comparison.ts';

const one = (operator: string, share: number, kernelClass: Kernels['operators'][number]['class']) => ({
  operator,
  nodes: 1,
  share,
  class: kernelClass,
});

it('adds up the time by the class of the kernels, the largest first, and leaves out what takes none', () => {
  const kernels: Kernels = {
    provider: 'CPU',
    operators: [
      one('Gemm', 0.2, 'float'),
      one('QLinearConv', 0.5, 'integer'),
      one('Softmax', 0.1, 'float'),
      one('QLinearAdd', 0.1996, 'integer'),
      one('Reshape', 0.0004, 'other'),
    ],
    fusedNodes: 2,
    islands: [],
    weightConversions: [],
  };
  const summary = summarizeKernels(kernels);
  expect(summary.map(({ kernelClass }) => kernelClass)).toEqual(['integer', 'float']);
  expect(summary[0]?.share).toBeCloseTo(0.6996, 10);
});

it('writes p values as they are read', () => {
  expect(formatPValue(0.0341, 'en-US')).toBe('p = 0.034');
  expect(formatPValue(1, 'en-US')).toBe('p = 1');
  expect(formatPValue(4e-12, 'en-US')).toBe('p < 0.001');
});
