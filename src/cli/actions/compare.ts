import { comparePlan } from '../../core/compare/compare-plan.ts';
import { compareStored } from '../../core/compare/compare-stored.ts';
import { describeSides } from '../../shared/comparison.ts';
import type {
  ComparisonMessage,
  ComparisonPlan,
  ComparisonRecord,
  ComparisonSide,
} from '../../shared/domain/comparison.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { formatDuration, formatReading } from '../../shared/units.ts';
import { exitCodes, type CommandHost, type CommandResult } from '../host.ts';
import type { CompareData } from '../output/documents.ts';
import { printComparison, printStoredRatio } from '../output/comparison.ts';
import type { Terminal } from '../output/terminal.ts';
import { toUsageError } from './arguments.ts';
import { findResult, isResultId, readSide, type StoredConfig } from './compared-sides.ts';

export interface CompareCommandOptions {
  provider?: ProviderId | undefined;
  providerCandidate?: ProviderId | undefined;
  threads?: number | undefined;
  threadsCandidate?: number | undefined;
  batch?: number | undefined;
  dim: Record<string, number>;
  margin: number;
  maxDuration: number;
  data?: string | undefined;
  seed?: number | undefined;
  stored: boolean;
  wait: boolean;
}

/** Compares what was named: models measured in pairs, or two stored results as they are. */
export async function compare(
  host: CommandHost,
  words: readonly string[],
  options: CompareCommandOptions,
): Promise<CommandResult> {
  return options.stored ? compareResults(host, words, options) : measure(host, words, options);
}

async function compareResults(
  { openCore, terminal }: CommandHost,
  words: readonly string[],
  { margin }: CompareCommandOptions,
): Promise<CommandResult> {
  const [baseline, candidate, ...others] = words;
  if (baseline === undefined || candidate === undefined || others.length > 0) {
    throw toUsageError(
      'With --stored two results are compared.',
      'Give the ids of two runs or of their configurations.',
    );
  }
  const { storage } = await openCore();
  const stored = compareStored(
    { baseline: findResult(baseline, storage).id, candidate: findResult(candidate, storage).id, margin },
    storage,
  );
  printStoredRatio(terminal, stored);
  return { data: { comparisons: [], stored } satisfies CompareData };
}

async function measure(
  host: CommandHost,
  words: readonly string[],
  options: CompareCommandOptions,
): Promise<CommandResult> {
  const { terminal, signal, openCore } = host;
  const core = await openCore();
  const results = words.filter(isResultId).map((word) => findResult(word, core.storage).config);
  const plan = toPlan(words, results, options, (word) => readSide(word, core.storage));
  const show = createProgress(terminal, plan);
  const comparisons = await comparePlan(plan, core, {
    signal,
    wait: options.wait,
    onWaiting: ({ owner }) => terminal.note(`Waiting for the measurement of process ${owner.pid} to end.`),
    onMessage: show,
  });
  for (const record of comparisons) printComparison(terminal, record, core.commandLine);
  return {
    data: { comparisons, stored: null } satisfies CompareData,
    exitCode: toCompareExitCode(comparisons, signal.aborted),
  };
}

/** What the options leave open comes from the results that were named, which have to agree. */
export function toPlan(
  words: readonly string[],
  results: readonly StoredConfig[],
  options: CompareCommandOptions,
  read: (word: string) => Partial<ComparisonSide> & Pick<ComparisonSide, 'model'>,
): ComparisonPlan {
  const { provider, providerCandidate, threads, threadsCandidate, batch, dim, margin, maxDuration, data, seed } =
    options;
  const [first, ...rest] = words;
  if (first === undefined) throw toUsageError('Nothing was named.', 'Give a model and what to compare it with.');
  if (margin === 0) throw toUsageError('No margin would be left.', 'Give a --margin above 0, such as 1%.');
  const baseline = read(first);
  const candidates = rest.length > 0 ? rest.map(read) : [{ model: baseline.model }];
  const plan: ComparisonPlan = {
    baseline: { provider: provider ?? 'cpu', threads: threads ?? 0, ...baseline },
    candidates: candidates.map((side) => ({
      provider: providerCandidate ?? provider ?? 'cpu',
      threads: threadsCandidate ?? threads ?? 0,
      ...side,
    })),
    batch: batch ?? agreed(results, ({ batch: one }) => one, '--batch') ?? 1,
    dims: Object.keys(dim).length > 0 ? dim : (agreed(results, ({ dims }) => dims, '--dim') ?? {}),
    seed: seed ?? agreed(results, ({ seed: one }) => one, '--seed') ?? 0,
    margin,
    maxDurationS: maxDuration,
    data: data ?? agreed(results, ({ data: one }) => one, '--data') ?? null,
  };
  if (rest.length === 0 && JSON.stringify(plan.baseline) === JSON.stringify(plan.candidates[0])) {
    throw toUsageError(
      'Only one thing was named.',
      'Name a candidate, or what is to differ: --provider-candidate or --threads-candidate.',
    );
  }
  return plan;
}

/** What all named results have in common; null where none was named. Throws USAGE where they differ. */
function agreed<T>(results: readonly StoredConfig[], pick: (config: StoredConfig) => T, option: string): T | null {
  const [first, ...others] = results.map(pick);
  if (first === undefined) return null;
  if (others.every((one) => JSON.stringify(one) === JSON.stringify(first))) return first;
  throw toUsageError('The results were measured under different conditions.', `Say which to use with ${option}.`);
}

function createProgress(terminal: Terminal, plan: ComparisonPlan): (message: ComparisonMessage) => void {
  const stages = {
    'warm-up': 'warming up',
    pairs: 'measuring',
    kernels: 'looking at kernels',
    quality: 'comparing outputs',
  };
  const count = plan.candidates.length;
  return (message) => {
    if (message.type === 'preparing') {
      if (message.share < 1) terminal.progress(`${message.model} · preparing · ${Math.round(message.share * 100)} %`);
      return;
    }
    if (message.type === 'compared') {
      terminal.endProgress();
      return;
    }
    const { candidate, stage, pairs, speedup, remainingS } = message;
    const parts = [
      ...(count > 1 ? [`${candidate + 1}/${count}`] : []),
      ...(remainingS === null ? [] : [`${formatDuration(remainingS)} left`]),
      stages[stage],
      ...(pairs > 0 ? [`${pairs} pairs`] : []),
      ...(speedup === null ? [] : [describeSpeedup(speedup)]),
      describeSides(plan.baseline, plan.candidates[candidate]!).join(' against '),
    ];
    terminal.progress(parts.join(' · '));
  };
}

function describeSpeedup(speedup: Parameters<typeof formatReading>[0]): string {
  const { text, interval } = formatReading(speedup);
  return interval === null ? text : `${text} [${interval}]`;
}

/** A finding that takes the verdict its meaning counts as INVALID. */
export function toCompareExitCode(records: readonly ComparisonRecord[], cancelled: boolean): number {
  if (cancelled) return exitCodes.cancelled;
  const isVoid = records.some(({ result }) => result.findings.some(({ severity }) => severity === 'invalid'));
  return isVoid ? exitCodes.invalid : exitCodes.ok;
}
