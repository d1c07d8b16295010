import type { ComparisonPlan, ComparisonSide } from '../../../shared/domain/comparison.ts';
import { describeThreads, shortName } from '../../components/describe-config.ts';

/** A side by everything that makes it one, e.g. "resnet50 · cpu · 2 threads". */
export function describeSide({ model, provider, threads }: ComparisonSide): string {
  const parts = [shortName(model), provider];
  if (threads > 0) parts.push(describeThreads(threads));
  return parts.join(' · ');
}

/** Two sides by what tells them apart, the shortest names that do: their models, else their provider or threads. */
export function nameSides(
  baseline: ComparisonSide,
  candidate: ComparisonSide,
): { baseline: string; candidate: string } {
  const differs = {
    model: baseline.model !== candidate.model,
    provider: baseline.provider !== candidate.provider,
    threads: baseline.threads !== candidate.threads,
  };
  if (!differs.model && !differs.provider && !differs.threads) {
    const name = shortName(baseline.model);
    return { baseline: name, candidate: `${name} again` };
  }
  // Two files of one name in two folders.
  const isFull = differs.model && shortName(baseline.model) === shortName(candidate.model);
  const toName = ({ model, provider, threads }: ComparisonSide): string => {
    const parts: string[] = [];
    if (differs.model) parts.push(isFull ? model : shortName(model));
    if (differs.provider) parts.push(provider);
    if (differs.threads) parts.push(threads === 0 ? 'threads per core' : describeThreads(threads));
    return parts.join(' · ');
  };
  return { baseline: toName(baseline), candidate: toName(candidate) };
}

/** The candidate as the subject of a sentence, e.g. "resnet50-int8" or "mlp-tabular with 2 threads". */
export function subjectOf(baseline: ComparisonSide, candidate: ComparisonSide): string {
  const { model, provider, threads } = candidate;
  const isFull = baseline.model !== model && shortName(baseline.model) === shortName(model);
  const parts = [isFull ? model : shortName(model)];
  if (baseline.provider !== provider) parts.push(`on ${provider}`);
  if (baseline.threads !== threads)
    parts.push(threads === 0 ? 'with one thread per core' : `with ${describeThreads(threads)}`);
  return parts.join(' ');
}

/** What two sides have in common and their names leave out, e.g. "cpu · 1 thread" of two models. */
export function describeCommon(baseline: ComparisonSide, candidate: ComparisonSide): string {
  const { model, provider, threads } = candidate;
  const parts: string[] = [];
  const differs = baseline.provider !== provider || baseline.threads !== threads;
  if (baseline.model === model && differs) parts.push(shortName(model));
  if (baseline.provider === provider) parts.push(provider);
  if (baseline.threads === threads && threads > 0) parts.push(describeThreads(threads));
  return parts.join(' · ');
}

/** How both sides were run; where that differs, the one of the candidate first. */
export function describeShared(baseline: ComparisonSide, candidate: ComparisonSide): string {
  const toRun = ({ provider, threads }: ComparisonSide): string =>
    `${provider}, ${threads === 0 ? 'one thread per core' : describeThreads(threads)}`;
  const [one, other] = [toRun(candidate), toRun(baseline)];
  return one === other ? one : `${one} against ${other}`;
}

/** A comparison as a title, e.g. "resnet50-int8 against resnet50" or "mlp-tabular: 2 threads against 1 thread". */
export function titleOf(plan: ComparisonPlan, candidateIndex: number): string {
  const candidate = plan.candidates[candidateIndex] ?? plan.baseline;
  const names = nameSides(plan.baseline, candidate);
  const title = `${names.candidate} against ${names.baseline}`;
  const isOneModel = plan.baseline.model === candidate.model && names.baseline !== shortName(plan.baseline.model);
  return isOneModel ? `${shortName(candidate.model)}: ${title}` : title;
}
