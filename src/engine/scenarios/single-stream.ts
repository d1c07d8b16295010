import { runClosedLoop } from './closed-loop.ts';
import { defineScenario } from './scenario.ts';

/** One client that waits for each answer: latency of a lone request, not of a server under load. */
export const singleStream = defineScenario({
  id: 'single-stream',
  name: 'single stream',
  headline: 'latency',
  loop: 'closed',
  scheduled: false,
  run: runClosedLoop,
});
