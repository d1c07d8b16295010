import { previewPlan } from '../measure/preview-plan.ts';
import { estimatePlan, expectedCells } from '../measure/estimate.ts';
import { besideMeasuring } from './context.ts';
import { api } from './implement.ts';

export const plans = {
  estimate: api.plans.estimate.handler(({ context: { core }, input: plan }) => ({
    cells: expectedCells(plan, core.storage).length,
    ...estimatePlan(plan, core.storage),
  })),
  check: api.plans.check.handler(async ({ context, input: plan, signal }) => {
    const { core, providers, sessions } = context;
    const reports = sessions.isMeasuring()
      ? plan.providers.flatMap((id) => providers.known(id) ?? [])
      : await besideMeasuring(context, () => providers.check(plan.providers, signal ? { signal } : {}));
    return previewPlan(plan, core, reports, signal);
  }),
};
