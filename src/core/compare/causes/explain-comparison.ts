import type { Finding } from '../../../shared/domain/measurement.ts';
import { fewWeights, reducedShare, type Cause, type ComparisonContext, type SideContext } from './cause.ts';
import { findInQuality } from './quality-findings.ts';
import { slowGraphs } from './slow-graphs.ts';
import { slowPlaces } from './slow-places.ts';
import { traps } from './traps.ts';

/** Every cause that is known, in the order in which findings are told. */
export const causes: readonly Cause[] = [...traps, ...slowGraphs, ...slowPlaces];

/**
 * Why a lower precision is not faster, what takes a verdict its meaning, and what to know before reading the quality
 * (docs/method/quality.md). Nothing is told without evidence; where a lower precision brought nothing and no cause
 * has evidence, that is told.
 */
export function explainComparison(context: ComparisonContext): Finding[] {
  const { baseline, candidate, verdict } = context;
  const [isBaselineReduced, isCandidateReduced] = [isReduced(baseline), isReduced(candidate)];
  // Where both or none are reduced, nobody expected one to be faster for its precision.
  const one = isBaselineReduced !== isCandidateReduced && verdict !== null;
  return [
    ...explainSide(toSide(context, 'baseline'), one && isBaselineReduced && verdict !== 'SLOWER'),
    ...explainSide(toSide(context, 'candidate'), one && isCandidateReduced && verdict !== 'FASTER'),
    ...findInQuality(context),
  ];
}

function isReduced(side: ComparisonContext['candidate']): boolean {
  return reducedShare(side) > fewWeights;
}

function toSide(context: ComparisonContext, which: 'baseline' | 'candidate'): SideContext {
  const { machine, saturates, otherLoad } = context;
  const name = which === 'baseline' ? 'The baseline' : 'The candidate';
  return { ...context[which], name, machine, saturates, otherLoad };
}

function explainSide(side: SideContext, isSlow: boolean): Finding[] {
  const findings: Finding[] = [];
  let explained = false;
  for (const { code, severity, asked, explainsSpeed, find } of causes) {
    if (asked === 'not-faster' && !isSlow) continue;
    const found = findings.some((known) => known.code === code) ? null : find(side);
    if (found === null) continue;
    findings.push({ code, severity, ...found });
    explained ||= explainsSpeed;
    // A side that did not run as what it is called needs no further reasons.
    if (severity === 'invalid') return findings;
  }
  return isSlow && !explained ? [...findings, tellUnknown(side)] : findings;
}

function tellUnknown({ name, kernels }: SideContext): Finding {
  const remedy = 'Look at its kernels and their shares of time, and report the model if they should be faster.';
  if (kernels === null) {
    const reason = `${name} has a lower precision and is not faster; why is not known, because it could not be profiled.`;
    return {
      code: 'CAUSE_UNKNOWN',
      severity: 'remark',
      reason,
      remedy: 'Compare again; if profiling fails again, report the model.',
    };
  }
  const reason = `${name} has a lower precision and is not faster, and no known cause was found for it.`;
  return { code: 'CAUSE_UNKNOWN', severity: 'remark', reason, remedy };
}
