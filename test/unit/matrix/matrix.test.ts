import { describe, expect, it } from 'vitest';
import type { CellConfig } from '../../../src/shared/domain/plan.ts';
import type { CellOutcome } from '../../../src/shared/domain/run.ts';
import { toHeatMap } from '../../../src/shared/matrix/heat-map.ts';
import { toParetoPoints, toThroughputLatency } from '../../../src/shared/matrix/pareto.ts';
import { toMatrixPoints, valuesOf, type MatrixPoint } from '../../../src/shared/matrix/points.ts';
import { findSweetSpot } from '../../../src/shared/matrix/sweet-spot.ts';
import { createConfig } from '../storage/sample-run.ts';
import { simulateOutcome, toRecord, type SimulatedResult } from '../../support/simulated-cells.ts';

const level = { percentile: 90, latencyMs: 20 };
const skipped: CellOutcome = { state: 'skipped', cause: 'hopeless', reason: 'Too slow already.', remedy: 'Leave it.' };

type Entry = [Partial<CellConfig>, SimulatedResult | CellOutcome];

function toPoints(entries: readonly Entry[], serviceLevel: typeof level | undefined = level): MatrixPoint[] {
  const records = entries.map(([change, result], index) =>
    toRecord(createConfig(change), index, 'state' in result ? result : simulateOutcome(result)),
  );
  return toMatrixPoints(records, serviceLevel);
}

/** p90 is 1.1 times the latency. */
function result(latencyMs: number, samplesPerS: number, more: Partial<SimulatedResult> = {}): SimulatedResult {
  return { latencyNs: latencyMs * 1e6, samplesPerS, ...more };
}

const batches: Entry[] = [
  [{ batch: 1, threads: 1 }, result(4, 250)],
  [{ batch: 4, threads: 1 }, result(10, 400)],
  [{ batch: 16, threads: 1 }, result(36, 444)],
  [{ batch: 1, threads: 2 }, result(2.5, 400)],
  [{ batch: 4, threads: 2 }, result(6, 667)],
  [{ batch: 16, threads: 2 }, result(22, 727)],
];

describe('the points of a matrix', () => {
  it('leave out trials, and mark what is invalid or has no result', () => {
    const points = toPoints([
      [{ batch: 1 }, result(4, 250)],
      [{ batch: 2 }, result(4, 9999, { verdict: 'INVALID' })],
      [{ batch: 4 }, skipped],
      [{ batch: 8, trial: { purpose: 'search', minDurationS: 1, minQueries: 1 } }, result(4, 9999)],
    ]);
    expect(points.map(({ isValid, level: kept, skipped: why }) => [isValid, kept, why])).toEqual([
      [true, 'keeps', null],
      [false, null, null],
      [false, null, 'Too slow already.'],
    ]);
  });

  it('have their values in order along a dimension', () => {
    const points = toPoints([
      [{ batch: 16, model: 'b' }, result(1, 1)],
      [{ batch: 2, model: 'a' }, result(1, 1)],
    ]);
    expect(valuesOf(points, 'batch')).toEqual([2, 16]);
    expect(valuesOf(points, 'model')).toEqual(['b', 'a']);
    expect(valuesOf(points, 'instances')).toEqual([1]);
  });
});

describe('the heat map', () => {
  const map = toHeatMap(toPoints(batches), { x: 'batch', y: 'threads', metric: 'throughput' });

  it('has a row for each value of one dimension and a column for each of the other', () => {
    expect(map.xValues).toEqual([1, 4, 16]);
    expect(map.yValues).toEqual([1, 2]);
    expect(map.rows[1]?.[2]?.shown?.throughput?.value).toBe(727);
    expect(map.folded).toEqual([]);
  });

  it('shades from the worst to the best', () => {
    expect(map.rows[0]?.[0]?.shade).toBe(0);
    expect(map.rows[1]?.[2]?.shade).toBe(1);
  });

  it('draws the line of the service level between what keeps it and what does not', () => {
    expect(map.line).toEqual([
      { row: 0, column: 1, side: 'right' },
      { row: 1, column: 1, side: 'right' },
    ]);
  });

  it('draws the line to what was left out as hopeless, and none to what was never measured', () => {
    const points = toPoints([
      [{ batch: 1 }, result(4, 250)],
      [{ batch: 4 }, skipped],
      [{ batch: 1, threads: 2 }, result(4, 250)],
      [{ batch: 4, threads: 2 }, { state: 'pending' }],
    ]);
    const { line } = toHeatMap(points, { x: 'batch', y: 'threads', metric: 'latency' });
    expect(line).toEqual([{ row: 0, column: 0, side: 'right' }]);
  });

  it('shows the best of what falls on one place, and an invalid one only where there is no other', () => {
    const entries: Entry[] = [
      ...batches,
      [{ batch: 4, threads: 2, instances: 2 }, result(9, 900)],
      [{ batch: 4, threads: 2, instances: 4 }, result(9, 9999, { verdict: 'INVALID' })],
      [{ batch: 32, threads: 2, instances: 4 }, result(9, 1, { verdict: 'INVALID' })],
    ];
    const folded = toHeatMap(toPoints(entries), { x: 'batch', y: 'threads', metric: 'throughput' });
    expect(folded.folded).toEqual(['instances']);
    expect(folded.rows[1]?.[1]?.shown?.throughput?.value).toBe(900);
    expect(folded.rows[1]?.[1]?.points).toHaveLength(3);
    expect(folded.rows[1]?.[3]).toMatchObject({ shade: null, shown: { isValid: false } });
    expect(folded.rows[0]?.[3]?.shown).toBeNull();
    const held = toHeatMap(toPoints(entries), {
      x: 'batch',
      y: 'threads',
      metric: 'throughput',
      fixed: { instances: 1 },
    });
    expect(held.rows[1]?.[1]?.shown?.throughput?.value).toBe(667);
  });

  it('prefers what keeps the level to what is faster and does not', () => {
    const points = toPoints([
      [{ batch: 4, threads: 1 }, result(10, 400)],
      [{ batch: 4, threads: 2 }, result(30, 800)],
    ]);
    const { rows } = toHeatMap(points, { x: 'batch', y: 'model', metric: 'throughput' });
    expect(rows[0]?.[0]?.shown?.throughput?.value).toBe(400);
  });
});

describe('the sweet spot', () => {
  it('is the most throughput that keeps the level', () => {
    expect(findSweetSpot(toPoints(batches), level)).toMatchObject({
      basis: 'level',
      point: { config: { batch: 4, threads: 2 } },
      tied: [],
    });
  });

  it('names what cannot be told from it', () => {
    const close: Entry[] = [...batches, [{ batch: 2, threads: 2 }, result(4, 660, { uncertainty: 0.05 })]];
    expect(findSweetSpot(toPoints(close), level)?.tied.map(({ config }) => config.batch)).toEqual([2]);
  });

  it('is the knee without a level', () => {
    const curve: Entry[] = [
      [{ batch: 1 }, result(1, 1000)],
      [{ batch: 2 }, result(1.2, 1667)],
      [{ batch: 4 }, result(1.6, 2500)],
      [{ batch: 8 }, result(3, 2667)],
      [{ batch: 16 }, result(5.8, 2750)],
      [{ batch: 32 }, result(11.5, 2783)],
    ];
    const points = toPoints(curve, undefined);
    expect(findSweetSpot(points, undefined)).toMatchObject({ basis: 'knee', point: { config: { batch: 4 } } });
  });

  it('is never invalid, and none where nothing keeps the level', () => {
    const points = toPoints([
      [{ batch: 1 }, result(4, 9999, { verdict: 'INVALID' })],
      [{ batch: 2 }, result(100, 20)],
    ]);
    expect(findSweetSpot(points, level)).toBeNull();
    expect(
      findSweetSpot(toPoints([[{ batch: 1 }, result(4, 9, { verdict: 'INVALID' })]], undefined), undefined),
    ).toBeNull();
  });
});

describe('the Pareto front', () => {
  it('is left only by what another is surely better than in both', () => {
    const points = toParetoPoints(
      toPoints(
        [
          [{ batch: 1 }, result(4, 250)],
          [{ batch: 2 }, result(5, 240)],
          [{ batch: 3 }, result(5, 249, { uncertainty: 0.05 })],
          [{ batch: 4 }, result(8, 500)],
          [{ batch: 5 }, result(1, 9999, { verdict: 'INVALID' })],
        ],
        undefined,
      ),
    );
    expect(points.map(({ isOnFront }) => isOnFront)).toEqual([true, false, true, true, false]);
  });

  it('has a line for every column, by batch', () => {
    const series = toThroughputLatency(toPoints([...batches].reverse(), undefined));
    expect(series.map(({ points }) => points.map(({ point }) => point.config.batch))).toEqual([
      [1, 4, 16],
      [1, 4, 16],
    ]);
  });
});
