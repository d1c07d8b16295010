/**
 * Measures the plan in the variable PLAN, or goes on with the run in RESUME, and sends every event to its parent; killed
 * by the test.
 */
import { createCore } from '../../src/core/create-core.ts';
import { resumePlan, runPlan } from '../../src/core/measure/run-plan.ts';
import type { RunOptions } from '../../src/core/measure/run-ports.ts';
import { runIdSchema } from '../../src/shared/domain/ids.ts';
import { planSchema } from '../../src/shared/domain/plan.ts';

const { DATA_DIR, LOCK = '', PLAN = '', RESUME, RETRY } = process.env;
using core = createCore({ dataDirectory: DATA_DIR });
const options: RunOptions = {
  lockPath: LOCK,
  retry: RETRY === '1',
  onEvent: (event) => process.send?.(event),
};
if (RESUME === undefined) await runPlan(planSchema.parse(JSON.parse(PLAN)), core, options);
else await resumePlan(runIdSchema.parse(RESUME), core, options);
process.disconnect();
