import fc from 'fast-check';
import { expect, it } from 'vitest';
import { groupOperators } from '../../../src/core/profile/group-operators.ts';
import { readWithoutGraph } from '../../support/profile-record.ts';
import { profiledNode } from '../../support/profiled-node.ts';

const providers = ['CPUExecutionProvider', 'CUDAExecutionProvider', 'WebGpuExecutionProvider'];
const node = fc.record({
  operator: fc.constantFrom('Conv', 'MatMul', 'MemcpyToHost', 'MemcpyFromHost', 'Add'),
  provider: fc.constantFrom(...providers),
  hostNs: fc.double({ min: 0, max: 1e9, noNaN: true }),
  gpuNs: fc.option(fc.double({ min: 0, max: 1e9, noNaN: true })),
  size: fc.integer({ min: 1, max: 3 }),
});

it('shares of nodes and of operators sum to 1, whatever ran where and however long', () => {
  fc.assert(
    fc.property(fc.array(node, { minLength: 1, maxLength: 60 }), (drawn) => {
      const nodes = readWithoutGraph(
        drawn.map(({ operator, provider, hostNs, gpuNs, size }, index) =>
          profiledNode(
            { name: `n${index}`, operator, provider, gpuNs, outputs: [{ type: 'float', dims: [size] }] },
            hostNs,
          ),
        ),
      );
      const operators = groupOperators(nodes);
      const total = (some: readonly { share: number }[]): number => some.reduce((sum, { share }) => sum + share, 0);
      expect(total(nodes)).toBeCloseTo(1, 9);
      expect(total(operators)).toBeCloseTo(1, 9);
      expect(operators.flatMap((one) => one.nodes).toSorted((left, right) => left - right)).toEqual(
        drawn.map((_, index) => index),
      );
      for (const { timeNs, hostNs } of nodes) expect(Math.min(timeNs, hostNs)).toBeGreaterThanOrEqual(0);
    }),
  );
});
