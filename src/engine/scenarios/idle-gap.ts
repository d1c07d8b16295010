import { restUntil } from '../timing/wait.ts';
import { defineScenario } from './scenario.ts';

/** One client that pauses between an answer and its next query: what a service pays that is asked now and then. */
export const idleGap = defineScenario({
  id: 'idle-gap',
  name: 'idle gap',
  headline: 'latency',
  loop: 'closed',
  scheduled: false,
  async run({ task: { pauseMs = 0 }, issue, record, isCancelled }) {
    // The first pause follows the last query of warm-up, so that the first measured query comes after one as well.
    let { completedNs: answeredNs } = await issue();
    for (;;) {
      if (pauseMs > 0) await restUntil(answeredNs + pauseMs * 1e6, isCancelled);
      if (isCancelled()) return {};
      const { issuedNs, completedNs } = await issue();
      if (!record(null, issuedNs, completedNs)) return {};
      answeredNs = completedNs;
    }
  },
});
