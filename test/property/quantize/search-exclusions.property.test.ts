import fc from 'fast-check';
import { expect, test } from 'vitest';
import { searchExclusions } from '../../../src/core/quantize/sensitivity/search-exclusions.ts';

/** Nodes with what each costs, ranked; losses add up. */
const costs = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 80 });

test('the nodes that are left meet the bound, few variants are tried, and one node less would not do', async () => {
  await fc.assert(
    fc.asyncProperty(costs, fc.nat(400), async (values, bound) => {
      const ranking = values.toSorted((one, other) => other - one).map((cost, index) => ({ name: `n${index}`, cost }));
      const lossWithout = (left: readonly string[]): number =>
        ranking.reduce((sum, { name, cost }) => (left.includes(name) ? sum : sum + cost), 0);
      fc.pre(lossWithout([]) > bound);
      let tried = 0;
      const found = await searchExclusions(
        ranking.map(({ name }) => name),
        (left) => {
          tried++;
          return Promise.resolve(lossWithout(left) <= bound);
        },
      );
      expect(tried).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(ranking.length + 1)) + 13);
      const smallest = ranking.findIndex(
        (_, size) => lossWithout(ranking.slice(0, size).map(({ name }) => name)) <= bound,
      );
      expect(found?.length).toBe(smallest < 0 ? undefined : smallest);
      if (found !== null) expect(lossWithout(found)).toBeLessThanOrEqual(bound);
    }),
  );
});

test('a node that only stood before the one that matters is taken back', async () => {
  const found = await searchExclusions(['a', 'b', 'c', 'd'], (left) => Promise.resolve(left.includes('c')));
  expect(found).toEqual(['c']);
});
