import { createCore, type Core } from '../../src/core/create-core.ts';
import { checkMethod } from '../../src/core/doctor/check-method.ts';
import { runPlan } from '../../src/core/measure/run-plan.ts';
import type { MethodCheck } from '../../src/shared/domain/method-check.ts';
import type { Plan } from '../../src/shared/domain/plan.ts';
import { limitedFigure, lockMachine, plainFigure } from './part.ts';
import type { Figure, PartOptions, PerformancePart } from './part.ts';

const model = 'mlp-tabular';
const ratePerS = 2000;
const latenessLimitNs = 0.2e6;
const deviationLimit = 0.05;

/** Whether queries begin when they are due, and whether their time is counted from when they were due. */
export const server: PerformancePart = {
  id: 'server',
  title: 'Load of a server',
  async run(options) {
    using core = createCore({ dataDirectory: options.dataDirectory });
    const durationS = options.quick ? 3 : 60;
    return {
      state: 'measured',
      figures: [...(await serveModel(core, durationS, options)), ...(await serveKnownTime(core, durationS, options))],
      notes: [
        `${model}, ${ratePerS.toLocaleString('en')} Poisson arrivals per second for ${durationS} s, each query in a call of its own, one engine process with one thread. A call is late by what it begins after it could have begun: after its query was due and the call before had ended.`,
        'Against M/D/1: a stand-in that takes exactly its time in place of the model, served by the same loop; mean time from the scheduled arrival to the answer over that of the formula S + load S / (2 (1 - load)), as `inferometer doctor --method` checks it. The same schedule without any delay of the machine is the best that could come out.',
      ],
    };
  },
};

async function serveModel(core: Core, durationS: number, { say }: PartOptions): Promise<Figure[]> {
  say(`${model} at ${ratePerS} queries/s for ${durationS} s`);
  const plan: Plan = {
    models: [model],
    providers: ['cpu'],
    scenario: 'server',
    batches: [1],
    threads: [1],
    grade: 'standard',
    seed: 0,
    dims: {},
    inputs: null,
    repeats: 1,
    ratesPerS: [ratePerS],
    override: { minDurationS: durationS },
  };
  const runId = await runPlan(plan, core, { wait: true });
  const [cell] = core.storage.cells.ofRun(runId);
  const measurement = cell?.outcome.state === 'completed' ? cell.outcome.measurement : undefined;
  if (measurement?.server === undefined) throw new Error(`The run failed: ${JSON.stringify(cell?.outcome)}`);
  const { lateness, scheduledQueries, unansweredQueries, achievedPerS, utilisation } = measurement.server;
  const tail = measurement.summary.percentiles.find(({ percentile }) => percentile === 99);
  return [
    limitedFigure('lateness of calls, 99th percentile', lateness.p99Ns, latenessLimitNs, formatMicroseconds),
    plainFigure(
      'lateness of calls, median and worst',
      `${formatMicroseconds(lateness.p50Ns)} and ${formatMicroseconds(lateness.maxNs)}`,
    ),
    plainFigure('calls more than 1 ms late', formatShare(lateness.lateShare)),
    plainFigure('queries without an answer', `${unansweredQueries} of ${scheduledQueries.toLocaleString('en')}`),
    plainFigure('answered per second', achievedPerS.toFixed(1)),
    plainFigure('time in which the model worked', formatShare(utilisation)),
    plainFigure(
      'p99 latency from the arrival',
      tail?.status === 'earned' ? formatMicroseconds(tail.reading.value) : 'not earned',
    ),
  ];
}

async function serveKnownTime(core: Core, durationS: number, options: PartOptions): Promise<Figure[]> {
  using _lock = await lockMachine(options);
  const { queues, knownDelay } = await checkMethod({ spawn: core.spawn, durationS });
  return [
    ...queues.flatMap(toFigures),
    limitedFigure(
      'median of calls of 1 ms, off by',
      Math.abs(knownDelay.medianNs / knownDelay.serviceNs - 1),
      0.01,
      formatShare,
    ),
  ];
}

function toFigures({
  load,
  measuredNs,
  expectedNs,
  scheduleNs,
  latenessP99Ns,
}: MethodCheck['queues'][number]): Figure[] {
  const what = `queue at ${load * 100} % load`;
  const deviation = measuredNs / expectedNs - 1;
  return [
    limitedFigure(
      `${what}, mean time off M/D/1`,
      Math.abs(deviation),
      deviationLimit,
      formatShare,
      `${deviation < 0 ? '-' : '+'}${formatShare(Math.abs(deviation))} (${formatMicroseconds(measuredNs)} of ${formatMicroseconds(expectedNs)})`,
    ),
    plainFigure(`${what}, mean time off its own schedule`, formatShare(measuredNs / scheduleNs - 1)),
    limitedFigure(`${what}, lateness, 99th percentile`, latenessP99Ns, latenessLimitNs, formatMicroseconds),
  ];
}

function formatMicroseconds(ns: number): string {
  return `${(ns / 1e3).toFixed(ns < 1e5 ? 1 : 0)} µs`;
}

function formatShare(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
