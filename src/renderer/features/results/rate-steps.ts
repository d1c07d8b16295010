import type { DrawnRateSearch } from '../../../shared/charts/rate-search.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';
import { readRateSearches } from '../../../shared/rate-search.ts';
import { findSiblings, type MeasuredCell } from './siblings.ts';

/** Rates that were tried for one configuration, by a search or because they were given; null: one rate alone. */
export function readRates(plan: Plan, cells: readonly CellRecord[], cell: MeasuredCell): DrawnRateSearch | null {
  const search = readRateSearches(plan, cells).find(({ steps }) => steps.some(({ index }) => index === cell.index));
  if (search !== undefined)
    return {
      ...search,
      isSearch: true,
      serviceLevel: plan.serviceLevel ?? null,
      percentile: plan.serviceLevel?.percentile ?? 99,
    };
  const given = findSiblings(cells, cell.config, ['load']);
  return given.length < 2 ? null : readGiven(given, plan.serviceLevel ?? null);
}

/** Rates of the plan, held against its service level where it has one. */
function readGiven(cells: readonly MeasuredCell[], serviceLevel: Plan['serviceLevel'] | null): DrawnRateSearch {
  const percentile = serviceLevel?.percentile ?? largestEarned(cells);
  const steps = cells.flatMap(({ index, config, measurement, verdict }) => {
    if (config.load === undefined) return [];
    const level = measurement.server?.serviceLevel ?? null;
    const found = measurement.summary.percentiles.find((one) => one.percentile === percentile);
    return [
      {
        index,
        purpose: 'confirm' as const,
        ratePerS: config.load.ratePerS,
        verdict:
          verdict === 'INVALID'
            ? ('unclear' as const)
            : level === null || level.kept
              ? ('kept' as const)
              : ('missed' as const),
        latencyNs: found?.status === 'earned' ? found.reading.value : null,
      },
    ];
  });
  return {
    steps: steps.sort((one, other) => one.ratePerS - other.ratePerS),
    isSearch: false,
    serviceLevel: serviceLevel ?? null,
    percentile,
    highestConfirmedPerS: null,
    lowestFailedPerS: null,
  };
}

/** The largest percentile that every result earns; the median where there is none. */
function largestEarned(cells: readonly MeasuredCell[]): number {
  const [first, ...others] = cells.map(({ measurement }) =>
    measurement.summary.percentiles.flatMap((one) => (one.status === 'earned' ? [one.percentile] : [])),
  );
  const common = (first ?? []).filter((percentile) => others.every((earned) => earned.includes(percentile)));
  return Math.max(50, ...common);
}
