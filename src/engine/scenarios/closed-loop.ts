import type { ScenarioContext, ScenarioResult } from './scenario.ts';

/** One query after another: the next is issued when the one before has completed. */
export async function runClosedLoop({ issue, record }: ScenarioContext): Promise<ScenarioResult> {
  for (;;) {
    const { issuedNs, completedNs } = await issue();
    if (!record(null, issuedNs, completedNs)) return {};
  }
}
