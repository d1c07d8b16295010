import { runClosedLoop } from './closed-loop.ts';
import { defineScenario } from './scenario.ts';

/** All data is there beforehand: batches back to back, counted in executed samples per second. */
export const offline = defineScenario({
  id: 'offline',
  name: 'offline',
  headline: 'throughput',
  loop: 'closed',
  scheduled: false,
  run: runClosedLoop,
});
