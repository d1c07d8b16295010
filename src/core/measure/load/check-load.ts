import { grades } from '../../../shared/domain/grades.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { InferometerError } from '../../../shared/errors.ts';
import { formatDuration } from '../../../shared/units.ts';
import { rulesOf } from '../cell-rules.ts';
import { expandPlan } from '../expand-plan.ts';
import { mostScheduledQueries } from './server-rules.ts';

/** An engine that says nothing for a quarter of an hour counts as hung, so queries have to come far more often. */
const lowestRatePerS = 0.02;
/** Longest schedule of one process. */
const longestScheduleS = 5 * 3600;

/** Throws USAGE for a load that cannot be: rates or limits that are missing, contradict each other, or never end. */
export function refuseBadLoad(plan: Plan): void {
  const { scenario, ratesPerS, batching, serviceLevel, search } = plan;
  if (search?.kind === 'rate') refuseBadSearch(plan);
  if (scenario !== 'server') {
    if (ratesPerS === undefined && batching === undefined) return;
    throw usage(
      `Rates and batching of queries belong to the scenario server, not to ${scenario}.`,
      'Add --scenario server, or leave --rate, --max-batch and --max-delay-ms out.',
    );
  }
  if (search === undefined && ratesPerS === undefined) {
    throw usage(
      'The scenario server needs a rate of queries.',
      'Give rates with --rate 500,1000, or a limit of the latency with --slo-ms 10 to search the highest rate.',
    );
  }
  if (serviceLevel !== undefined && batching !== undefined && batching.maxBatch > 1) {
    const { latencyMs } = serviceLevel;
    if (batching.maxDelayMs >= latencyMs) {
      throw usage(
        `A query may wait ${batching.maxDelayMs} ms for others, which is not within the limit of ${latencyMs} ms.`,
        'Give a --max-delay-ms far below --slo-ms.',
      );
    }
  }
  for (const config of expandPlan(plan)) {
    const { grade, processes } = rulesOf(config, plan, grades[plan.grade]);
    if (config.load !== undefined) refuseRate(config.load.ratePerS, grade, processes);
  }
}

function refuseBadSearch({ scenario, ratesPerS, serviceLevel }: Plan): void {
  if (scenario !== 'server') {
    throw usage('The highest rate is searched in the scenario server.', 'Add --scenario server.');
  }
  if (serviceLevel === undefined) {
    throw usage(
      'The search for the highest rate needs a limit of the latency.',
      'Give it with --slo-ms 10, and the percentile that has to keep it with --percentile 99.',
    );
  }
  if (ratesPerS !== undefined) {
    throw usage('Rates were given, and a search for the highest one.', 'Leave one of the two out.');
  }
}

function refuseRate(
  ratePerS: number,
  { minDurationS, minQueries }: { minDurationS: number; minQueries: number },
  processes: number,
): void {
  const queries = Math.max(minDurationS * ratePerS, minQueries) / processes;
  if (queries > mostScheduledQueries) {
    throw usage(
      `${ratePerS} queries per second for ${formatDuration(minDurationS / processes)} are more than the ${mostScheduledQueries} that a schedule can hold.`,
      'Give a lower rate, or a shorter grade; no model answers so many calls.',
    );
  }
  const lastsS = queries / ratePerS;
  if (ratePerS >= lowestRatePerS && lastsS <= longestScheduleS) return;
  throw usage(
    `At ${ratePerS} queries per second the ${Math.ceil(queries)} queries that are needed take ${formatDuration(lastsS)}.`,
    `Give a rate of ${Math.max(lowestRatePerS, queries / longestScheduleS).toPrecision(2)} or more, or a lower --percentile.`,
  );
}

function usage(message: string, remedy: string): InferometerError {
  return new InferometerError({ code: 'USAGE', message, remedy });
}
