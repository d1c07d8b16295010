import type { MeasureTask } from '../../../engine/protocol.ts';
import type { Measurement } from '../../../shared/domain/measurement.ts';
import { absent, type Observed } from '../../../shared/domain/provenance.ts';
import { startEngine, type Engine, type TaskEnd } from '../../engine-client/engine-client.ts';
import { createLoadSampler, toLoadShares, type LoadShares, type LoadSnapshot } from '../../hardware/load-sampler.ts';
import { pinProcess } from '../../hardware/pin-process.ts';
import { summarizeProcesses, type ProcessSeries } from '../../stats/summarize-processes.ts';
import { allowedCores } from '../allowed-cpus.ts';
import type { MeasureCellOptions, MeasuredCell } from '../cell-options.ts';
import { rulesOf, type CellRules } from '../cell-rules.ts';
import { createSampleCollector } from '../collect-samples.ts';
import { concludeCell } from '../conclude-cell.ts';
import {
  cancelledAtStart,
  toFailedOutcome,
  toStartEnd,
  watchBefore,
  withoutSamples,
  type DoneRun,
  type ProcessRun,
} from '../engine-run.ts';
import { toTask } from '../measure-task.ts';
import { findPlacement } from '../placement/cell-placement.ts';
import { createSuspensionWatch } from '../watch-suspension.ts';
import { describeProcesses, toProcessSeries } from '../summarize-cell.ts';
import { describeReadings } from '../describe-readings.ts';
import { createBarriers } from './barriers.ts';
import { alignSeries, cutSeries, mergeSeries } from './common-interval.ts';
import { compareWithSingle, findSingle, judgeFairness, sumThroughput } from './scale-instances.ts';
import { shareProcessors, type ProcessorShares } from './share-processors.ts';

/**
 * Measures a configuration in several engines at once, each on processors of its own: all begin when the last one is
 * warm and end when the last one has enough, and what counts is the interval in which all of them worked. One that ends
 * otherwise ends the others, and the configuration with its reason.
 */
export async function measureInstances(options: MeasureCellOptions, count: number): Promise<MeasuredCell> {
  const { prepared } = options;
  const rules = rulesOf(prepared.config, options.plan, options.grade);
  const shares = shareProcessors(allowedCores(), count, prepared.config.threads);
  const sampler = createLoadSampler();
  const before = await watchBefore(options, sampler);
  if (before === null) return failed([withoutSamples(cancelledAtStart)]);

  await using engines = new AsyncDisposableStack();
  const starts = await Promise.all(Array.from({ length: count }, () => startEngine(options.spawn)));
  const ready: Engine[] = [];
  const problems: ProcessRun[] = [];
  for (const start of starts) {
    if (start.state === 'ready') ready.push(engines.use(start.engine));
    else problems.push(withoutSamples(toStartEnd(start)));
  }
  if (problems.length > 0) return failed(problems);
  const pins = await Promise.all(ready.map(({ pid }, index) => pinProcess(pid, shares.processors[index] ?? [])));

  options.sensors.setEngines(ready.map(({ pid }) => pid));
  const load = watchLoad(sampler, [process.pid, ...ready.map(({ pid }) => pid)]);
  const runs = await runTogether(options, rules, shares, ready, load);
  const during = load.shares();
  const complete = runs.map((run): ProcessRun => ({
    ...run,
    ...before,
    // Sensors are those of the machine: what they read while the first engine measures holds for all.
    telemetry: options.sensors.telemetry().get(0) ?? null,
    otherLoadDuring: during?.others ?? null,
    stealShare: during?.steal ?? null,
  }));
  if (complete.some(({ end }) => end.state !== 'done' || end.result.cancelled)) return failed(complete);
  // They have to be gone, with their memory, before one more works alone.
  await engines.disposeAsync();
  const placement = await findPlacement(options, toTask(options, rules).session, null);
  const pinned = pins.find(({ status }) => status === 'absent') ?? pins[0];
  return summarize(options, rules, shares, complete as DoneRun[], pinned, placement);
}

/** The load of the time in which all engines measure: from the last one to begin to the first one to end. */
function watchLoad(sampler: ReturnType<typeof createLoadSampler>, own: readonly number[]) {
  let began: LoadSnapshot | null = null;
  let during: LoadShares | null = null;
  let measuring = 0;
  return {
    entered(stage: string): void {
      if (stage === 'measured' && ++measuring === own.length - 1) began = sampler.take(own);
      if (stage === 'checks' && began !== null) during ??= toLoadShares(began, sampler.take(own));
    },
    shares: (): LoadShares | null => during,
  };
}

async function runTogether(
  options: MeasureCellOptions,
  rules: CellRules,
  shares: ProcessorShares,
  engines: readonly Engine[],
  load: ReturnType<typeof watchLoad>,
): Promise<ProcessRun[]> {
  const { signal, memoryLimitBytes, deadlines } = options;
  const task = toTask(options, rules);
  const onReached = createBarriers(engines.length);
  const group = new AbortController();
  const abort = signal === undefined ? group.signal : AbortSignal.any([signal, group.signal]);
  let firstToFail: number | null = null;
  return Promise.all(
    engines.map(async (engine, index): Promise<ProcessRun> => {
      const collector = createSampleCollector();
      using suspension = createSuspensionWatch(engine.pid);
      let stage = '';
      const own: MeasureTask = {
        ...task,
        session: { ...task.session, threads: shares.threads, allowedCpus: shares.processors[index] ?? [] },
        minQueries: Math.ceil(rules.grade.minQueries / engines.length),
        together: true,
      };
      const end = await engine.run(own, {
        signal: abort,
        deadlines,
        onReached,
        ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes: memoryLimitBytes / engines.length }),
        onSamples: (block) => {
          collector.add(block);
        },
        onProgress: (progress) => {
          suspension.progressed(progress.stage);
          if (progress.stage !== stage) load.entered((stage = progress.stage));
          // One of them stands for all: they are alike, and one line has room for one.
          if (index === 0) options.onProgress?.({ ...progress, process: 0 });
        },
      });
      if (end.state !== 'done') {
        firstToFail ??= index;
        group.abort();
      }
      const named = firstToFail === index ? nameInstance(end, index, engines.length) : end;
      return {
        ...withoutSamples(named),
        samples: collector.toSeries(),
        suspendedNs: suspension.suspendedNs(),
        versions: engine.versions,
      };
    }),
  );

  function nameInstance(end: TaskEnd<'measure'>, index: number, count: number): TaskEnd<'measure'> {
    if (end.state !== 'crashed') return end;
    const text = `Instance ${index + 1} of ${count} ended; the others were stopped.`;
    const before = end.exit.stderrTail.trimEnd();
    return { ...end, exit: { ...end.exit, stderrTail: before === '' ? text : `${before}\n${text}` } };
  }
}

/** The reason of the one that failed first; the others were stopped because of it. */
function failed(runs: readonly ProcessRun[]): MeasuredCell {
  const samples = runs.map((run) => run.samples).filter(({ issuedNs }) => issuedNs.length > 0);
  const isOwn = ({ end }: ProcessRun): boolean => end.state !== 'done' && end.state !== 'cancelled';
  const reason = runs.find(isOwn) ?? runs.find(({ end }) => end.state !== 'done') ?? runs[0]!;
  return { outcome: toFailedOutcome(reason, samples), samples, engine: null };
}

function summarize(
  options: MeasureCellOptions,
  rules: CellRules,
  shares: ProcessorShares,
  done: readonly DoneRun[],
  pinned: Observed<true> | undefined,
  placement: Pick<Measurement, 'placement'>,
): MeasuredCell {
  const { config } = options.prepared;
  const { aligned, startNs, endNs } = alignSeries(done.map(({ samples, end: { result } }) => ({ samples, ...result })));
  const commonNs = Math.max(0, endNs - startNs);
  const series = done.map((run, index): ProcessSeries => {
    const whole = toProcessSeries(options, rules.grade, run);
    const cut = cutSeries(aligned[index]!, startNs, endNs);
    const totalQueries = cut.issuedNs.length * whole.context.keptEvery;
    return { series: cut, context: { ...whole.context, totalQueries, durationNs: commonNs } };
  });
  const summarized = summarizeProcesses(series);
  const each = summarized.processes.map(({ throughput }) => throughput);
  const throughput = sumThroughput(series, each);
  const summary = { ...summarized.summary, durationNs: commonNs, throughput };
  const [first] = done;
  const together = first && [{ ...first, samples: mergeSeries(series.map((one) => one.series)) }];
  const measurement = {
    ...describeProcesses(options, done),
    ...placement,
    ...summarized,
    summary,
    ...describeReadings(options.plan, together ?? [], { processes: [summary], summary }),
    instances: {
      count: done.length,
      commonNs,
      throughput,
      each,
      threads: shares.threads,
      processors: shares.processors.some((own) => own.length > 0) ? shares.processors : [],
      pinned: pinned ?? absent('no engine was there'),
      oversubscribed: shares.oversubscribed,
      single: compareWithSingle(
        throughput,
        findSingle(config, options.earlier()),
        done.length,
        config.threads === shares.threads && config.threads > 0,
      ),
      fairness: judgeFairness(each),
    },
  };
  const ran = first && { ...first.end.result, versions: first.versions };
  return { ...concludeCell(options, rules, measurement, ran), samples: aligned };
}
