import type { CellConfig, Plan } from '../../shared/domain/plan.ts';
import { hasDeviceNumbers } from '../../shared/provider-facts.ts';

/**
 * The configurations of a plan in the order in which they are measured: model, provider, threads, instances, batch, and
 * what the scenario varies. A search begins with none of them; what it measures follows from its results.
 */
export function expandPlan(plan: Plan): CellConfig[] {
  return plan.search === undefined ? expandMatrix(plan) : [];
}

/** Every configuration that a plan spans, whether it measures all of them or searches among them. */
export function expandMatrix(plan: Plan): CellConfig[] {
  const { scenario, dims, seed } = plan;
  return plan.models.flatMap((model) =>
    plan.providers.flatMap((provider) =>
      plan.threads.flatMap((threads) =>
        (plan.instances ?? [1]).flatMap((instances) =>
          plan.batches.flatMap((batch) =>
            expandScenario(plan).map((varied) => ({
              model,
              provider,
              scenario,
              batch,
              threads,
              dims,
              seed,
              ...(plan.device !== undefined && hasDeviceNumbers(provider) ? { device: plan.device } : {}),
              ...(instances === 1 ? {} : { instances }),
              ...varied,
            })),
          ),
        ),
      ),
    ),
  );
}

/** What the scenario itself varies. */
function expandScenario(plan: Plan): Partial<CellConfig>[] {
  const { scenario, ratesPerS, batching, pausesMs, decode } = plan;
  switch (scenario) {
    case 'server':
      // A search for the rate leaves it open; whether a configuration is possible does not depend on it.
      return (ratesPerS ?? (plan.search?.kind === 'rate' ? [1] : [])).map((ratePerS) => ({
        load: { ratePerS, ...(batching ?? eachForItself) },
      }));
    case 'idle-gap':
      return (pausesMs ?? usualPausesMs).map((pauseMs) => ({ pauseMs }));
    case 'decode': {
      const { promptTokens, newTokens } = decode ?? usualTexts;
      return promptTokens.map((tokens) => ({ decode: { promptTokens: tokens, newTokens } }));
    }
    case 'single-stream':
    case 'offline':
    case 'multi-stream':
    case 'cold-start':
      return [{}];
  }
}

const eachForItself = { maxBatch: 1, maxDelayMs: 0 };
/** From no pause to one in which clocks and caches have gone to rest (docs/method/measurement.md, idle gaps). */
const usualPausesMs = [0, 10, 50, 100, 200, 500, 1000];
const usualTexts = { promptTokens: [32, 128], newTokens: 64 };
