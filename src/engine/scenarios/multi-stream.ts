import { runClosedLoop } from './closed-loop.ts';
import { defineScenario } from './scenario.ts';

/** Samples of several streams that arrive together, as from the cameras of one vehicle: latency until the last is answered. */
export const multiStream = defineScenario({
  id: 'multi-stream',
  name: 'multi stream',
  headline: 'latency',
  loop: 'closed',
  scheduled: false,
  run: runClosedLoop,
});
