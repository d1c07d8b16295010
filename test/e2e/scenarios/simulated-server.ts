import { poissonArrivals } from '../../../src/core/measure/load/poisson-arrivals.ts';
import { readServerLoad } from '../../../src/core/measure/load/read-server-load.ts';
import { latenessLimitNs } from '../../../src/core/measure/load/server-rules.ts';
import { planDispatch } from '../../../src/engine/scenarios/dispatch.ts';
import { createServerAccount } from '../../../src/engine/scenarios/server-account.ts';
import type { Measurement, SampleSeries } from '../../../src/shared/domain/measurement.ts';
import type { CellConfig, ServiceLevel } from '../../../src/shared/domain/plan.ts';

export interface SimulatedServer {
  load: NonNullable<CellConfig['load']>;
  /** What a call with so many queries takes, ns. */
  serviceNs: (queries: number) => number;
  queries: number;
  serviceLevel: ServiceLevel | undefined;
  percentiles: readonly number[];
  seed: number;
}

/** A server that answers in the time it is said to take: its schedule and its accounting are the product's own. */
export function simulateServer(served: SimulatedServer): { samples: SampleSeries; server: Measurement['server'] } {
  const { load, serviceNs, queries, serviceLevel, percentiles, seed } = served;
  const { ratePerS, maxBatch, maxDelayMs } = load;
  const arrivalsNs = poissonArrivals({ ratePerS, minDurationS: 0, minQueries: queries, seed });
  const account = createServerAccount(arrivalsNs, latenessLimitNs(ratePerS));
  const issuedNs = new Float64Array(arrivalsNs.length);
  const completedNs = new Float64Array(arrivalsNs.length);
  let freeNs = 0;
  for (let first = 0; ;) {
    const call = planDispatch(arrivalsNs, first, freeNs, { maxBatch, maxDelayNs: maxDelayMs * 1e6 });
    if (call === null) break;
    // A model is never quite even; these waves are the same every time.
    const wave = 1 + 0.02 * Math.sin(first * 12.9898) + 0.01 * Math.sin(first * 4.1414);
    const begin = Math.round(call.atNs) + 2_000;
    const endNs = begin + Math.round(serviceNs(call.count) * wave);
    account.add(call, { waited: call.atNs > freeNs, issuedNs: begin, endNs, joinNs: call.count > 1 ? 9_000 : 0 });
    issuedNs.fill(begin, first, first + call.count);
    completedNs.fill(endNs, first, first + call.count);
    first += call.count;
    freeNs = endNs + 1_000;
  }
  const samples = { scheduledNs: arrivalsNs, issuedNs, completedNs };
  const server = readServerLoad([{ samples, server: account.close() }], { load, serviceLevel, percentiles });
  return { samples, server };
}
