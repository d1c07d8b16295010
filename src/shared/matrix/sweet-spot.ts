import type { ServiceLevel } from '../domain/plan.ts';
import { toParetoPoints, type ParetoPoint } from './pareto.ts';
import type { MatrixPoint } from './points.ts';

export interface SweetSpot {
  point: MatrixPoint;
  /**
   * "level": most throughput of what keeps the service level. "knee": without one, where more throughput begins to cost
   * more latency than before. "throughput": most of it, where too few points make a curve.
   */
  basis: 'level' | 'knee' | 'throughput';
  /** Others whose throughput cannot be told from it by the intervals, best first; by "knee" none. */
  tied: MatrixPoint[];
}

/** Fewest points of a curve that can bend. */
const fewestForKnee = 3;

/** The configuration to choose; null where no valid one keeps the level, or nothing valid was measured. */
export function findSweetSpot(
  points: readonly MatrixPoint[],
  serviceLevel: ServiceLevel | undefined,
): SweetSpot | null {
  const valid = points.filter(({ isValid, throughput }) => isValid && throughput !== null);
  if (serviceLevel !== undefined)
    return mostThroughput(
      valid.filter(({ level }) => level === 'keeps'),
      'level',
    );
  const front = toParetoPoints(valid).filter(({ isOnFront }) => isOnFront);
  if (front.length < fewestForKnee) return mostThroughput(valid, 'throughput');
  return { point: findKnee(front).point, basis: 'knee', tied: [] };
}

function mostThroughput(points: readonly MatrixPoint[], basis: SweetSpot['basis']): SweetSpot | null {
  const [point, ...others] = points.toSorted(
    (left, right) => (right.throughput?.value ?? 0) - (left.throughput?.value ?? 0),
  );
  if (point === undefined) return null;
  const low = point.throughput?.interval?.low ?? null;
  const tied = others.filter(({ throughput }) => {
    const high = throughput?.interval?.high ?? null;
    return low === null || high === null || high >= low;
  });
  return { point, basis, tied };
}

/**
 * The point furthest above the straight line between both ends of the front, latency on a logarithmic scale. Source:
 * Satopaa et al. 2011, Finding a "Kneedle" in a Haystack.
 */
function findKnee(front: readonly ParetoPoint[]): ParetoPoint {
  const xOf = ({ latency }: ParetoPoint): number => Math.log(latency.value);
  const yOf = ({ throughput }: ParetoPoint): number => throughput.value;
  const scaled = (values: readonly number[]): ((value: number) => number) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return (value) => (high > low ? (value - low) / (high - low) : 0);
  };
  const x = scaled(front.map(xOf));
  const y = scaled(front.map(yOf));
  const height = (point: ParetoPoint): number => y(yOf(point)) - x(xOf(point));
  return front.reduce((best, next) => (height(next) > height(best) ? next : best));
}
