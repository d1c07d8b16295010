import type { ComparisonMessage } from '../../shared/domain/comparison.ts';
import { comparePlan } from '../compare/compare-plan.ts';
import { compareStored } from '../compare/compare-stored.ts';
import { untilQuiet } from './context.ts';
import { api } from './implement.ts';
import { streamOf } from './stream.ts';

export const comparisons = {
  start: api.comparisons.start.handler(({ context, input: plan, signal: outer }) =>
    streamOf<ComparisonMessage>(async (emit, signal) => {
      await untilQuiet(context);
      await context.sessions.takeMachine(
        (options) => comparePlan(plan, context.core, { ...options, rules: context.speedRules, onMessage: emit }),
        signal,
      );
    }, outer),
  ),
  list: api.comparisons.list.handler(({ context: { core }, input }) => core.storage.comparisons.list(input)),
  get: api.comparisons.get.handler(({ context: { core }, input }) => core.storage.comparisons.get(input.comparisonId)),
  pairs: api.comparisons.pairs.handler(({ context: { core }, input }) => {
    const { baselineNs, candidateNs } = core.storage.comparisons.pairs(input.comparisonId);
    // Lists of numbers: not every transport carries typed arrays.
    return { baselineNs: Array.from(baselineNs), candidateNs: Array.from(candidateNs) };
  }),
  stored: api.comparisons.stored.handler(({ context: { core }, input }) => compareStored(input, core.storage)),
  delete: api.comparisons.delete.handler(({ context: { core }, input }) => {
    core.storage.comparisons.delete(input.comparisonId);
  }),
};
