import { arePeaksDisturbed } from '../../shared/disturbed-peaks.ts';
import type { MachineReport } from '../../shared/domain/machine.ts';
import type { Finding } from '../../shared/domain/measurement.ts';
import type { ProfileNode } from '../../shared/domain/profile.ts';
import { present, type Observed, type Reading } from '../../shared/domain/provenance.ts';
import type { MachinePeaks, PeakPrecision, Roofline, Traffic } from '../../shared/domain/roofline.ts';
import { formatQuantity } from '../../shared/units.ts';

/** Work of one query as the graph says. */
export interface CountedWork {
  flops: number;
  traffic: Traffic;
  uncounted: Record<string, number>;
}

export interface RooflineInput {
  peaks: MachinePeaks;
  work: CountedWork;
  /** Time of one query without the profiler. */
  hostToHost: Reading;
  nodes: readonly Pick<ProfileNode, 'class' | 'clock' | 'timeNs' | 'flops' | 'inputs' | 'outputs'>[];
  /** Of the caches that all usable processors share; null where the machine does not tell. */
  lastLevelCacheBytes: number | null;
}

/**
 * A rate this much above a measured peak is an alarm: the peak is the best of several sizes, and what is left between
 * it and a model's best kernels is noise and clock.
 */
const peakTolerance = 1.1;
/** Above the FP32 rate of a data sheet by this, products cannot have been FP32. */
const dataSheetTolerance = 1.1;

/** How near a model comes to what this machine was seen to do (docs/method/profile.md). */
export function readRoofline({ peaks, work, hostToHost, nodes, lastLevelCacheBytes }: RooflineInput): Roofline {
  const precision = mainPrecision(nodes);
  const { flops, traffic, uncounted } = work;
  const achieved = toRate(flops, hostToHost, precision);
  const peak = peaks.products[precision];
  const flopsPerByte = traffic.compulsoryBytes === 0 ? 0 : flops / traffic.compulsoryBytes;
  return {
    peaks,
    precision,
    flops,
    traffic,
    uncounted,
    flopsPerByte,
    achieved,
    peakShare: shareOf(achieved, peak),
    attainable: readAttainable(achieved, peak, peaks.copy, { flopsPerByte, traffic, lastLevelCacheBytes }),
    classes: readClasses(nodes, peaks),
  };
}

function toRate(flops: number, { value, interval, kind, n }: Reading, precision: PeakPrecision): Reading {
  const at = (timeNs: number): number => (flops / timeNs) * 1e9;
  return {
    value: at(value),
    unit: precision === 'int8' ? 'OP/s' : 'FLOP/s',
    kind: kind === 'measured' ? 'computed' : kind,
    interval:
      interval === null
        ? null
        : {
            ...interval,
            // A longer time is a lower rate.
            low: interval.high === null ? null : at(interval.high),
            high: interval.low === null ? null : at(interval.low),
          },
    n,
  };
}

function shareOf(achieved: Reading, peak: Observed<Reading>): Observed<Reading> {
  if (peak.status === 'absent') return peak;
  const { value, interval } = achieved;
  const over = (rate: number): number => rate / peak.value.value;
  return present({
    value: over(value),
    unit: 'ratio',
    kind: 'computed',
    interval:
      interval === null
        ? null
        : {
            ...interval,
            low: interval.low === null ? null : over(interval.low),
            high: interval.high === null ? null : over(interval.high),
          },
    n: null,
  });
}

function readAttainable(
  achieved: Reading,
  peak: Observed<Reading>,
  copy: Observed<Reading>,
  {
    flopsPerByte,
    traffic,
    lastLevelCacheBytes,
  }: {
    flopsPerByte: number;
    traffic: Traffic;
    lastLevelCacheBytes: number | null;
  },
): Roofline['attainable'] {
  if (peak.status === 'absent') return peak;
  const fits = lastLevelCacheBytes !== null && traffic.compulsoryBytes <= lastLevelCacheBytes;
  if (!fits && copy.status === 'absent') return copy;
  const fedPerS = fits || copy.status === 'absent' ? Infinity : flopsPerByte * copy.value.value;
  const value = Math.min(peak.value.value, fedPerS);
  const rate: Reading = { value, unit: peak.value.unit, kind: 'computed', interval: null, n: null };
  const achievedShare = shareOf(achieved, present(rate));
  if (achievedShare.status === 'absent') return achievedShare;
  return present({
    rate,
    limit: fedPerS < peak.value.value ? ('memory' as const) : ('compute' as const),
    achievedShare: achievedShare.value,
  });
}

type ClassedNode = RooflineInput['nodes'][number];

/** The peak that kernels of a class are held against: weights of few bits are multiplied as integers where it pays. */
function precisionOf({ class: kind, inputs, outputs }: ClassedNode): PeakPrecision {
  if (kind === 'integer' || kind === 'weight-only') return 'int8';
  return [...inputs, ...outputs].some(({ type }) => type === 'float16' || type === 'bfloat16') ? 'float16' : 'float32';
}

/** What most of the operations are. */
function mainPrecision(nodes: readonly ClassedNode[]): PeakPrecision {
  const sums = new Map<PeakPrecision, number>();
  for (const node of nodes) {
    const precision = precisionOf(node);
    sums.set(precision, (sums.get(precision) ?? 0) + (node.flops ?? 0));
  }
  return [...sums].toSorted(([, left], [, right]) => right - left)[0]?.[0] ?? 'float32';
}

/** Enqueued work has no time of its own, so classes are told only where every node of them has. */
function readClasses(nodes: readonly ClassedNode[], peaks: MachinePeaks): Roofline['classes'] {
  const groups = Map.groupBy(nodes, (node) => `${node.class} ${precisionOf(node)}`);
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      const flops = group.reduce((sum, node) => sum + (node.flops ?? 0), 0);
      const timeNs = group.reduce((sum, node) => sum + node.timeNs, 0);
      if (first === undefined || flops === 0 || timeNs === 0 || group.some(({ clock }) => clock === 'enqueue'))
        return [];
      const precision = precisionOf(first);
      const time: Reading = { value: timeNs, unit: 'ns', kind: 'measured', interval: null, n: null };
      const achieved = toRate(flops, time, precision);
      return [{ class: first.class, flops, achieved, peakShare: shareOf(achieved, peaks.products[precision]) }];
    })
    .toSorted((left, right) => right.flops - left.flops);
}

/** Largest cache level: all instances together, which the threads of a model share. */
export function lastLevelCacheBytes({ cpu }: Pick<MachineReport, 'cpu'>): number | null {
  if (cpu.caches.status === 'absent') return null;
  const level = Math.max(...cpu.caches.value.map((cache) => cache.level));
  const last = cpu.caches.value.filter((cache) => cache.level === level && cache.kind !== 'instruction');
  return last.reduce((sum, { sizeBytes, instances }) => sum + sizeBytes * instances, 0);
}

/**
 * Alarms of a rate that cannot be: above the measured peak, or products called FP32 above the FP32 rate of the data
 * sheet (operations per second; null where the device has none).
 */
export function judgePlausibility(
  { achieved, peakShare, precision, peaks }: Pick<Roofline, 'achieved' | 'peakShare' | 'precision' | 'peaks'>,
  dataSheetFlopsPerS: number | null,
): Finding[] {
  const findings: Finding[] = [];
  const disturbed = arePeaksDisturbed(peaks);
  if (disturbed) {
    findings.push({
      code: 'PEAKS_DISTURBED',
      severity: 'remark',
      reason: `Other programs used ${formatQuantity(peaks.otherLoad ?? 0, 'ratio').text} of the processor while the peaks were measured, so they are too low and were not kept.`,
      remedy: 'Close other programs and profile again.',
    });
  }
  const rate = formatQuantity(achieved.value, achieved.unit).text;
  const name = precision === 'int8' ? 'INT8' : precision === 'float16' ? 'FP16' : 'FP32';
  if (!disturbed && peakShare.status === 'present' && peakShare.value.value > peakTolerance) {
    findings.push({
      code: 'IMPLAUSIBLE',
      severity: 'invalid',
      reason: `${rate} is ${formatQuantity(peakShare.value.value, 'ratio').text} of the ${name} peak that was measured here, which cannot be.`,
      remedy:
        'Check that the batch was really computed, that the file is the model it is called and that TF32 is off, and measure the peaks again when the machine is quiet.',
    });
  }
  const peak = peaks.products.float32;
  if (
    dataSheetFlopsPerS !== null &&
    peak.status === 'present' &&
    peak.value.value > dataSheetTolerance * dataSheetFlopsPerS
  ) {
    findings.push({
      code: 'TF32',
      severity: 'remark',
      reason: `FP32 products ran at ${formatQuantity(peak.value.value, 'FLOP/s').text}, above the ${formatQuantity(dataSheetFlopsPerS, 'FLOP/s').text} of the data sheet: they were computed in TF32.`,
      remedy: 'Do not call this result FP32; say TF32, or compare it with results of the same provider only.',
    });
  }
  return findings;
}
