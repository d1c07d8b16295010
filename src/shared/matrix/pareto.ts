import type { Reading } from '../domain/provenance.ts';
import { toColumnKey } from './columns.ts';
import type { MatrixPoint } from './points.ts';

/** A point of the throughput-latency chart. */
export interface ParetoPoint {
  point: MatrixPoint;
  throughput: Reading;
  latency: Reading;
  /** No valid point is surely better in both: the intervals lie apart in its favour. */
  isOnFront: boolean;
}

/** Configurations that differ in the batch alone, in ascending order of it: one line of the throughput-latency chart. */
export interface ThroughputLatencySeries {
  points: ParetoPoint[];
}

/**
 * Points with both readings. One is off the front only where the intervals of a valid one say that it has both more
 * throughput and less latency; without an interval nothing is said. Invalid points are off the front.
 */
export function toParetoPoints(points: readonly MatrixPoint[]): ParetoPoint[] {
  const complete = points.flatMap((point) => {
    const { throughput, latency } = point;
    return throughput === null || latency === null ? [] : [{ point, throughput, latency }];
  });
  const valid = complete.filter(({ point }) => point.isValid);
  return complete.map((one) => ({
    ...one,
    isOnFront: one.point.isValid && !valid.some((other) => dominates(other, one)),
  }));
}

type Pair = Pick<ParetoPoint, 'throughput' | 'latency'>;

function dominates(better: Pair, worse: Pair): boolean {
  return isSurelyBelow(worse.throughput, better.throughput) && isSurelyBelow(better.latency, worse.latency);
}

function isSurelyBelow(low: Reading, high: Reading): boolean {
  const top = low.interval?.high ?? null;
  const bottom = high.interval?.low ?? null;
  return top !== null && bottom !== null && top < bottom;
}

/** The lines of the throughput-latency chart, in the order of their first configuration. */
export function toThroughputLatency(points: readonly MatrixPoint[]): ThroughputLatencySeries[] {
  const groups = Map.groupBy(toParetoPoints(points), ({ point: { config } }) => toColumnKey(config));
  return [...groups.values()].map((group) => ({
    points: group.toSorted((left, right) => left.point.config.batch - right.point.config.batch),
  }));
}
