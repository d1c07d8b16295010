import type { Core } from '../../core/create-core.ts';
import { compareProfiles } from '../../core/profile/compare-profiles.ts';
import { profilePlanOfCell } from '../../core/profile/profile-plan-of-cell.ts';
import { runProfile } from '../../core/profile/run-profile.ts';
import type { CellId } from '../../shared/domain/ids.ts';
import type { PeaksUse, ProfileMessage, ProfilePlan, ProfileRecord } from '../../shared/domain/profile.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { exitCodes, type CommandHost, type CommandResult } from '../host.ts';
import type { ProfileData } from '../output/documents.ts';
import { printProfile, printProfileComparison } from '../output/profile.ts';
import { toShortName } from '../output/results.ts';
import type { Terminal } from '../output/terminal.ts';
import { toUsageError } from './arguments.ts';
import { findResult, isResultId } from './compared-sides.ts';

export interface ProfileCommandOptions {
  provider?: ProviderId | undefined;
  batch?: number | undefined;
  threads?: number | undefined;
  device?: number | undefined;
  dim: Record<string, number>;
  inputs?: string | undefined;
  seed?: number | undefined;
  against?: string | undefined;
  peaks: PeaksUse;
  nodes: boolean;
  wait: boolean;
}

/** What is profiled, and the measured configuration that it explains. */
interface Subject {
  plan: ProfilePlan;
  cellId: CellId | null;
}

/** Profiles one model, or two and sets them side by side. */
export async function profile(host: CommandHost, word: string, options: ProfileCommandOptions): Promise<CommandResult> {
  const { terminal, signal, openCore } = host;
  const core = await openCore();
  const words = options.against === undefined ? [word] : [word, options.against];
  const subjects = words.map((one) => toSubject(one, options, core));
  const records: ProfileRecord[] = [];
  for (const [index, { plan, cellId }] of subjects.entries()) {
    const record = await runProfile(plan, core, {
      signal,
      cellId,
      // The second profile finds the peaks that the first one has just measured.
      peaks: options.peaks === 'refresh' && index > 0 ? 'measure' : options.peaks,
      wait: options.wait,
      onWaiting: ({ owner }) => terminal.note(`Waiting for the measurement of process ${owner.pid} to end.`),
      onMessage: createProgress(terminal, plan),
    });
    records.push(record);
    printProfile(terminal, record, core.commandLine, options);
  }
  const [baseline, candidate] = records;
  const comparison = baseline && candidate ? compareProfiles(baseline, candidate) : null;
  if (comparison !== null) printProfileComparison(terminal, comparison);
  const isVoid = records.some(({ findings }) => findings.some(({ severity }) => severity === 'invalid'));
  return {
    data: { profiles: records, comparison } satisfies ProfileData,
    exitCode: isVoid ? exitCodes.invalid : exitCodes.ok,
  };
}

/** A result is profiled as it was measured, so nothing else may be asked for. */
function toSubject(word: string, options: ProfileCommandOptions, { storage }: Core): Subject {
  const { provider, batch, threads, device, dim, inputs, seed } = options;
  if (!isResultId(word)) {
    const plan = {
      model: word,
      provider: provider ?? 'cpu',
      batch: batch ?? 1,
      threads: threads ?? 0,
      dims: dim,
      seed: seed ?? 0,
      inputs: inputs ?? null,
      ...(device === undefined ? {} : { device }),
    };
    return { plan, cellId: null };
  }
  if (
    [provider, batch, threads, device, inputs, seed].some((one) => one !== undefined) ||
    Object.keys(dim).length > 0
  ) {
    throw toUsageError(
      'A result is profiled as it was measured.',
      'Leave out the options that say how to run, or name the model instead of the result.',
    );
  }
  const { id } = findResult(word, storage);
  return { plan: profilePlanOfCell(id, storage), cellId: id };
}

const stageWords = {
  plain: 'running without the profiler',
  profiled: 'running with the profiler',
  counting: 'counting operations',
  peaks: 'looking for the peaks of this machine',
} as const;

function createProgress(terminal: Terminal, { model }: ProfilePlan): (message: ProfileMessage) => void {
  const name = toShortName(model);
  return (message) => {
    switch (message.type) {
      case 'preparing':
        if (message.share < 1) terminal.progress(`${name} · preparing · ${Math.round(message.share * 100)} %`);
        return;
      case 'progress':
        terminal.progress(`${name} · ${stageWords[message.stage]}`);
        return;
      case 'profiled':
        terminal.endProgress();
    }
  };
}
