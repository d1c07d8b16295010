import { quote } from './command.ts';
import type { ComparisonPlan, ComparisonSide, OutputAgreement } from './domain/comparison.ts';

/** The sides of a comparison in as few words as tell them apart: names where these differ, else what differs. */
export function describeSides(baseline: ComparisonSide, candidate: ComparisonSide): [string, string] {
  const withProvider = baseline.provider !== candidate.provider;
  const withThreads = baseline.threads !== candidate.threads;
  const describe = ({ model, provider, threads }: ComparisonSide): string =>
    [
      toFileName(model),
      ...(withProvider ? [provider] : []),
      ...(withThreads
        ? [threads === 0 ? 'default threads' : `${threads} ${threads === 1 ? 'thread' : 'threads'}`]
        : []),
    ].join(', ');
  const labels: [string, string] = [describe(baseline), describe(candidate)];
  // Two files of one name in different folders.
  return labels[0] === labels[1] && baseline.model !== candidate.model ? [baseline.model, candidate.model] : labels;
}

/** A path by its last part. */
function toFileName(model: string): string {
  return model.split(/[/\\]/).at(-1) ?? model;
}

/**
 * How many times an error is as large as all by which the baseline's output varies from sample to sample, e.g.
 * "110,000 times"; null up to once. Beyond, a percentage or decibels would say more than is known: either the two
 * outputs have nothing to do with each other, or the baseline's hardly varies.
 */
export function describeExcess(
  { centredRelativeError: error }: Pick<OutputAgreement, 'centredRelativeError'>,
  locale?: string,
): string | null {
  if (error === null || error <= 1) return null;
  if (error > 1e6) return 'more than a million times';
  return `${new Intl.NumberFormat(locale, { minimumSignificantDigits: 2, maximumSignificantDigits: 2 }).format(error)} times`;
}

/** The command that repeats a comparison, quoted for a POSIX shell; see `toCommand` for measurements. */
export function toCompareCommand(plan: ComparisonPlan): string {
  const { baseline, candidates, batch, dims, seed, margin, maxDurationS, data } = plan;
  const sides = [baseline, ...candidates];
  const alike = sides.every(({ provider, threads }) => provider === baseline.provider && threads === baseline.threads);
  const toWord = ({ model, provider, threads }: ComparisonSide): string =>
    quote(alike ? model : `${model}@${provider}:${threads}`);
  const parts = ['inferometer', 'compare', ...sides.map(toWord)];
  if (alike) {
    parts.push('--provider', baseline.provider);
    if (baseline.threads !== 0) parts.push('--threads', String(baseline.threads));
  }
  parts.push('--batch', String(batch), '--seed', String(seed));
  for (const [name, size] of Object.entries(dims)) parts.push('--dim', quote(`${name}=${size}`));
  parts.push('--margin', String(margin), '--max-duration', `${maxDurationS}s`);
  if (data !== null) parts.push('--data', quote(data));
  return parts.join(' ');
}
