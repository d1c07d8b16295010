/** Measures the plan in the variable PLAN and sends every event to its parent; killed by the test. */
import { createCore } from '../../src/core/create-core.ts';
import { runPlan } from '../../src/core/measure/run-plan.ts';
import { planSchema } from '../../src/shared/domain/plan.ts';

using core = createCore({ dataDirectory: process.env.DATA_DIR });
await runPlan(planSchema.parse(JSON.parse(process.env.PLAN ?? '')), core, {
  lockPath: process.env.LOCK ?? '',
  onEvent: (event) => process.send?.(event),
});
process.disconnect();
