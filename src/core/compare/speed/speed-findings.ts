import type { Finding } from '../../../shared/domain/measurement.ts';
import { haveSameInputs, type PreparedSide } from '../prepare-sides.ts';
import type { MeasuredSpeed } from './measure-speed.ts';

const otherLoadLimit = 0.05;
const stealLimit = 0.01;
const harnessShareLimit = 0.02;
/** Between two sessions that keep their threads in one place, this much of the pairs may be worth less than one. */
const dependenceLimit = 0.5;

interface Device {
  device: string;
  software: boolean | null;
}

interface FindingContext {
  measured: MeasuredSpeed;
  sides: readonly [PreparedSide, PreparedSide];
  /** What the providers run on; null on the CPU. */
  devices: readonly [Device | null, Device | null];
  batch: number;
}

function remark(code: string, reason: string, remedy: string): Finding {
  return { code, severity: 'remark', reason, remedy };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

const names = ['baseline', 'candidate'] as const;

/** What makes the measured speed-up doubtful or void, each with its remedy (docs/method/comparison.md). */
export function findInSpeed(context: FindingContext): Finding[] {
  return [
    ...findBatches(context),
    ...findInputs(context),
    ...findDisturbances(context.measured),
    ...findDevices(context),
    ...findHarness(context.measured),
    ...findDependence(context.measured),
  ];
}

function findBatches({ measured, batch }: FindingContext): Finding[] {
  return names.flatMap((name, side): Finding[] => {
    const executed = measured.executedBatch[side === 0 ? 0 : 1];
    if (executed === null || executed === batch) return [];
    return [
      {
        code: 'BATCH_NOT_EXECUTED',
        severity: 'invalid',
        reason: `Batch ${batch} was asked for and the ${name} executed another.`,
        remedy: 'Compare at the batch that both models take.',
      },
    ];
  });
}

function findInputs({ sides: [baseline, candidate] }: FindingContext): Finding[] {
  const same = haveSameInputs(baseline, candidate);
  return [
    ...(same
      ? []
      : [
          remark(
            'INPUTS_DIFFER',
            'The two models take different inputs, so each was measured with its own.',
            'Read the speed-up as that of two tasks; quality cannot be compared.',
          ),
        ]),
    ...[...new Set([...baseline.inputs.pool.remarks, ...candidate.inputs.pool.remarks])].map((reason) =>
      remark('INPUTS_ASSUMED', reason, 'Give real inputs with --data.'),
    ),
  ];
}

function findDisturbances({ conditions }: MeasuredSpeed): Finding[] {
  const { otherLoadBefore, otherLoadDuring, stealShare } = conditions;
  const otherLoad = Math.max(otherLoadBefore ?? 0, otherLoadDuring ?? 0);
  const unsteady = names.filter((name) => !conditions[name].warmUp.steady);
  return [
    ...(otherLoad <= otherLoadLimit
      ? []
      : [
          remark(
            'OTHER_LOAD',
            `Other programs used up to ${percent(otherLoad)} of the processor; interleaving spreads that over both sides.`,
            'Close them for a narrower interval.',
          ),
        ]),
    ...((stealShare ?? 0) <= stealLimit
      ? []
      : [
          remark(
            'STEAL',
            `The hypervisor gave ${percent(stealShare ?? 0)} of the processor time to others.`,
            'Compare on a dedicated machine or at a quieter time.',
          ),
        ]),
    ...(unsteady.length === 0
      ? []
      : [
          remark(
            'UNSTEADY',
            `Warm-up of the ${unsteady.join(' and the ')} ended without three windows in a row that agree.`,
            'Close other programs, plug in the power supply, and compare again.',
          ),
        ]),
  ];
}

function findDevices({ devices }: FindingContext): Finding[] {
  const software = names.filter((_, side) => devices[side === 0 ? 0 : 1]?.software === true);
  return software.length === 0
    ? []
    : [
        remark(
          'SOFTWARE_ADAPTER',
          `The provider of the ${software.join(' and the ')} runs on a software adapter: the CPU does the work.`,
          'Do not take this for the speed of a GPU.',
        ),
      ];
}

/** The cost of a call is in both times and draws their ratio towards 1. */
function findHarness({ harness, speed }: MeasuredSpeed): Finding[] {
  if (harness === null) return [];
  const share = harness.nullModelNs / Math.min(speed.latency.baseline.value, speed.latency.candidate.value);
  return share <= harnessShareLimit
    ? []
    : [
        remark(
          'HARNESS',
          `A call that computes nothing takes ${percent(share)} of the faster side, which draws the ratio towards 1.`,
          'Compare a larger batch, so that the model is what is measured.',
        ),
      ];
}

function findDependence({ speed }: MeasuredSpeed): Finding[] {
  const size = /n_eff (\d+)/.exec(speed.speedup.interval?.method ?? '')?.[1];
  return size === undefined || Number(size) >= dependenceLimit * speed.pairs
    ? []
    : [
        remark(
          'DEPENDENT_PAIRS',
          `The ${speed.pairs} pairs hang together so much that they are worth ${size}; the interval says so.`,
          'Compare on a quieter machine for a narrower interval.',
        ),
      ];
}
