import { runOpenLoop } from './open-loop.ts';
import { defineScenario } from './scenario.ts';

/** Queries that arrive when they want: what a service with this model gives its callers, latency from their arrival. */
export const server = defineScenario({
  id: 'server',
  name: 'server',
  headline: 'latency',
  loop: 'open',
  scheduled: true,
  async run({ task: { load }, expectedNs, issue, record, isCancelled }) {
    if (load === undefined) throw new Error('A server was asked for without a schedule of arrivals');
    const { arrivalsNs, latenessLimitNs, maxBatch, maxDelayMs } = load;
    const batching = { maxBatch, maxDelayNs: maxDelayMs * 1e6 };
    return {
      server: await runOpenLoop({ arrivalsNs, batching, latenessLimitNs, expectedNs, issue, record, isCancelled }),
    };
  },
});
