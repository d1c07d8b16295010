import type { ProfilePlan } from '../../../shared/domain/profile.ts';
import { describeThreads, shortName } from '../../components/describe-config.ts';

/** A profile in one line: the model, then what it ran on. */
export function describeProfile(plan: ProfilePlan): string {
  return `${shortName(plan.model)} · ${describeProfiled(plan)}`;
}

/** The same where the model is named beside it. */
export function describeProfiled({ provider, batch, threads, device, dims }: ProfilePlan): string {
  return [
    provider,
    ...(device === undefined ? [] : [`device ${device}`]),
    `batch ${batch}`,
    ...(threads === 0 ? [] : [describeThreads(threads)]),
    ...Object.entries(dims).map(([name, size]) => `${name} ${size}`),
  ].join(' · ');
}

/** "profiling slows this model by 12 %", or that it does not. */
export function describeOverhead(ratio: number, percent: (share: number) => string): string {
  return ratio > 1
    ? `profiling slows this model by ${percent(ratio - 1)}, so no time here is a result`
    : 'profiling does not slow this model noticeably, and still no time here is a result';
}
