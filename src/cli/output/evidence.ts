import type { Measurement } from '../../shared/domain/measurement.ts';
import type { Provenance } from '../../shared/domain/run.ts';
import { formatCount, formatQuantity } from '../../shared/units.ts';
import type { Cell } from './columns.ts';
import { listMachineEvidence } from './machine-evidence.ts';

/** What a reader needs to distrust a result: one label and one line each, dim, below the readings. */
export function listEvidence(measurement: Measurement, provenance: Provenance | null): Cell[][] {
  const { runtime } = provenance ?? {};
  const rows: readonly (readonly [label: string, parts: readonly (string | null)[]])[] = [
    ['evidence', describeSample(measurement)],
    ['outliers', describeOutliers(measurement)],
    ['overheads', describeOverheads(measurement)],
    ['executed', describeExecution(measurement)],
    ...listMachineEvidence(measurement),
    ['runtime', [runtime === undefined ? null : `ONNX Runtime ${runtime.onnxruntime}`, runtime?.device ?? null]],
  ];
  return rows.flatMap(([label, parts]): Cell[][] => {
    const text = parts.filter((part) => part !== null).join(', ');
    return text === '' ? [] : [[dim(label), dim(text)]];
  });
}

function dim(text: string): Cell {
  return { text, style: 'muted' };
}

function describeSample({ summary }: Measurement): (string | null)[] {
  const { queries, keptEvery, effectiveSampleSize, autocorrelationLag1 } = summary;
  return [
    `${formatCount(queries)} queries${keptEvery === 1 ? '' : ` (1 in ${formatCount(keptEvery)} kept)`}`,
    effectiveSampleSize === null ? null : `n_eff ${formatCount(effectiveSampleSize)}`,
    autocorrelationLag1 === null ? null : `lag-1 ${formatPlain(autocorrelationLag1)}`,
  ];
}

/** Two decimals, without a unit: a correlation has none. */
function formatPlain(value: number): string {
  return new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
}

/** Outliers are counted and never removed. */
function describeOutliers({ summary: { outliers } }: Measurement): string[] {
  const severe = outliers.lowSevere + outliers.highSevere;
  const mild = outliers.lowMild + outliers.highMild;
  if (severe + mild === 0) return ['none'];
  const low = outliers.lowSevere + outliers.lowMild;
  const side = low === 0 ? '' : `, ${formatCount(low)} of them low`;
  return [`${formatCount(severe)} severe`, `${formatCount(mild)} mild${side}; none removed`];
}

function describeOverheads({ harness }: Measurement): string[] {
  const toTime = (valueNs: number): string => formatQuantity(valueNs, 'ns').text;
  return [
    `clock step ${toTime(harness.clockResolutionNs)}`,
    `empty call ${toTime(harness.nullModelNs)}`,
    `binding copy ${toTime(harness.bindingCopyNs)}`,
  ];
}

function describeExecution({ executedBatch, threadsUsed, disturbance }: Measurement): (string | null)[] {
  const peak = disturbance.enginePeakRssBytes;
  return [
    executedBatch === null ? null : `batch ${formatCount(executedBatch)}`,
    threadsUsed === null ? null : `${formatCount(threadsUsed)} ${threadsUsed === 1 ? 'thread' : 'threads'}`,
    peak === null ? null : `engine peak ${formatQuantity(peak, 'B').text}`,
  ];
}
