import type { Finding } from '../../shared/domain/measurement.ts';
import type { Placement } from '../../shared/domain/placement.ts';
import type { ProfilePasses, QueryParts } from '../../shared/domain/profile.ts';
import { present, type Observed, type Reading } from '../../shared/domain/provenance.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { formatQuantity } from '../../shared/units.ts';
import { judgePlacement } from '../measure/placement/judge-placement.ts';

/** What the rules look at: parts of a profile, and how much the measurement that it belongs to varied. */
export interface DiagnosedProfile {
  provider: ProviderId;
  placement: Placement;
  parts: QueryParts;
  passes: ProfilePasses;
  /** Of the samples of the measured configuration; null without one, and the plain pass has to tell. */
  measuredVariation: { coefficient: number; n: number } | null;
}

type Rule = (profile: DiagnosedProfile) => Finding | null;

/** Bounds of docs/method/profile.md; those of the first three are trtexec's. */
const diagnosisLimits = { enqueueShare: 0.8, copyShare: 1, variation: 0.025, overhead: 1.5 } as const;

function finding(severity: Finding['severity'], code: string, reason: string, remedy: string): Finding {
  return { code, severity, reason, remedy };
}

const share = (value: number): string => formatQuantity(value, 'ratio').text;
const time = (valueNs: number): string => formatQuantity(valueNs, 'ns').text;

function valueOf(reading: Observed<Reading>): number | null {
  return reading.status === 'present' ? reading.value.value : null;
}

const rules: readonly Rule[] = [
  ({ provider, placement }) => judgePlacement(provider, present(placement)),
  ({ parts }) => {
    const enqueueNs = valueOf(parts.enqueue);
    const computeNs = valueOf(parts.compute);
    if (enqueueNs === null || computeNs === null || enqueueNs <= diagnosisLimits.enqueueShare * computeNs) return null;
    return finding(
      'remark',
      'HOST_BOUND',
      `Handing over the work takes ${time(enqueueNs)} and computing it ${time(computeNs)}: the host holds the device up.`,
      'Raise the batch, or let the runtime fuse more: fewer and larger kernels need fewer hand-overs.',
    );
  },
  ({ parts }) => {
    const copies = [valueOf(parts.copyIn), valueOf(parts.copyOut)].filter((one) => one !== null);
    const computeNs = valueOf(parts.compute);
    const copyNs = copies.reduce((sum, one) => sum + one, 0);
    if (copies.length === 0 || computeNs === null || copyNs < diagnosisLimits.copyShare * computeNs) return null;
    return finding(
      'remark',
      'COPY_BOUND',
      `Copies between host and device take ${time(copyNs)}, no less than the ${time(computeNs)} of computing.`,
      'Send smaller inputs (8-bit images instead of floats), keep nodes that interrupt the device on it, or do the work on the CPU.',
    );
  },
  ({ passes, measuredVariation }) => {
    const variation =
      measuredVariation ?? (passes.variation === null ? null : { coefficient: passes.variation, n: passes.plainRuns });
    if (variation === null || variation.coefficient <= diagnosisLimits.variation) return null;
    const of = measuredVariation === null ? 'runs without the profiler' : 'measured queries';
    return finding(
      'remark',
      'UNSTABLE',
      `The times of ${variation.n} ${of} vary by ${share(variation.coefficient)} of their mean; ${share(diagnosisLimits.variation)} is steady.`,
      'Close other programs, fix the clocks, plug in the power supply, and measure again.',
    );
  },
  ({ passes: { overhead } }) =>
    overhead.value <= diagnosisLimits.overhead
      ? null
      : finding(
          'remark',
          'PROFILER_HEAVY',
          `The profiler made each query ${overhead.value.toFixed(1)} times as long, so short nodes look longer than they are.`,
          'Read the order of the operators and not their exact shares, or profile a larger batch.',
        ),
];

/** What a profile says is wrong, each with what to do: where the work ran, what holds it up, and how steady it is. */
export function diagnose(profile: DiagnosedProfile): Finding[] {
  return rules.map((rule) => rule(profile)).filter((found) => found !== null);
}
