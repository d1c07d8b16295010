import { describe, expect, it } from 'vitest';
import { chooseAxes, varyingDimensions } from '../../../src/renderer/features/matrix/dimensions.ts';
import { heatMapTable } from '../../../src/renderer/features/matrix/heat-map-table.ts';
import { namePoint, shortenVariants } from '../../../src/renderer/features/matrix/name-point.ts';
import { nextPlace } from '../../../src/renderer/features/matrix/next-place.ts';
import { parseMatrixSearch } from '../../../src/renderer/features/matrix/search.ts';
import { toCellId, toRunId } from '../../../src/shared/domain/ids.ts';
import type { CellConfig } from '../../../src/shared/domain/plan.ts';
import { toHeatMap } from '../../../src/shared/matrix/heat-map.ts';
import type { MatrixPoint } from '../../../src/shared/matrix/points.ts';

const runId = toRunId(0, 1);

function point(index: number, config: Partial<CellConfig>, perS: number | null = 100): MatrixPoint {
  return {
    id: toCellId(runId, index),
    config: { model: 'm', provider: 'cpu', scenario: 'offline', batch: 1, threads: 0, dims: {}, seed: 0, ...config },
    state: 'completed',
    isValid: perS !== null,
    throughput: perS === null ? null : { value: perS, unit: 'samples/s', kind: 'measured', interval: null, n: 10 },
    latency: null,
    level: null,
    skipped: null,
  };
}

describe('the view of a matrix', () => {
  it('puts the batch across and what else varies down', () => {
    const points = [point(0, { batch: 1, threads: 1 }), point(1, { batch: 2, threads: 2 })];
    const varying = varyingDimensions(points);
    expect(varying).toEqual(['threads', 'batch']);
    expect(chooseAxes(varying, {})).toEqual({ x: 'batch', y: 'threads' });
    expect(chooseAxes(varying, { columns: 'threads' })).toEqual({ x: 'threads', y: 'batch' });
    expect(chooseAxes(varying, { columns: 'provider', rows: 'provider' })).toEqual({ x: 'provider', y: 'threads' });
  });

  it('never puts one dimension on both sides, however little varies', () => {
    for (const varying of [[], ['batch'], ['model']] as const) {
      const { x, y } = chooseAxes(varying, {});
      expect(x).not.toBe(y);
    }
  });

  it('names configurations by what sets them apart, and variants without their model', () => {
    const models = shortenVariants(['/models/resnet50.onnx', 'resnet50', 'resnet50-int8-static']);
    expect([...models.values()]).toEqual(['resnet50.onnx', 'resnet50', 'int8-static']);
    const one = point(0, { model: 'resnet50-int8-static', threads: 0, instances: 2, batch: 8 });
    expect(namePoint(one, ['model', 'threads', 'instances', 'batch'], models)).toBe(
      'int8-static · threads per core · 2 instances · batch 8',
    );
  });

  it('writes every place of the map as a row, in the order of the map', () => {
    const map = toHeatMap([point(0, { batch: 1 }, 50), point(1, { batch: 2 }, null)], {
      x: 'batch',
      y: 'instances',
      metric: 'throughput',
    });
    const { columns, rows } = heatMapTable(map, { x: 'batch', y: 'instances', metric: 'throughput', percentile: 50 });
    expect(rows).toEqual([
      ['1', '1', 50, null, null, 'valid', null],
      ['1', '2', null, null, null, 'invalid', null],
    ]);
    expect(columns).toHaveLength(rows[0]!.length);
  });

  it('is walked through with the keyboard and never left by it', () => {
    const size = { rows: 2, columns: 3 };
    expect(nextPlace('ArrowRight', { row: 0, column: 2 }, size)).toEqual({ row: 0, column: 2 });
    expect(nextPlace('ArrowDown', { row: 0, column: 1 }, size)).toEqual({ row: 1, column: 1 });
    expect(nextPlace('End', { row: 1, column: 0 }, size)).toEqual({ row: 1, column: 2 });
    expect(nextPlace('Tab', { row: 0, column: 0 }, size)).toBeNull();
  });

  it('takes from an address what it can use and nothing else', () => {
    const asked = {
      run: runId,
      metric: 'latency',
      columns: 'threads',
      rows: 'colour',
      threads: 2,
      model: 7,
      limitMs: -1,
    };
    expect(parseMatrixSearch(asked)).toEqual({ run: runId, metric: 'latency', columns: 'threads', threads: 2 });
  });
});
