import { describe, expect, it } from 'vitest';
import { hasBatchCurve, toBatchLines } from '../../../src/renderer/features/results/batch-lines.ts';
import type { ListedCell } from '../../../src/renderer/features/results/listed-cell.ts';
import { runIdSchema, toCellId } from '../../../src/shared/domain/ids.ts';

const first = runIdSchema.parse('run_0000000000000001');
const second = runIdSchema.parse('run_0000000000000002');

function createCell(change: Partial<ListedCell>): ListedCell {
  return {
    id: toCellId(first, change.index ?? 0),
    runId: first,
    index: 0,
    model: 'resnet50',
    provider: 'cpu',
    scenario: 'single-stream',
    batch: 1,
    threads: 0,
    state: 'completed',
    verdict: 'VALID',
    p50Ns: 5e6,
    p50LowNs: 4.9e6,
    p50HighNs: 5.1e6,
    p99Ns: 6e6,
    throughput: 200,
    throughputLow: 195,
    throughputHigh: 205,
    startedAt: '2026-01-02T09:00:00.000Z',
    endedAt: null,
    ...change,
  };
}

const nameRun = ({ runId }: ListedCell): string => runId.slice(-1);

describe('hasBatchCurve', () => {
  it('is true for two batch sizes of one configuration', () => {
    expect(hasBatchCurve([createCell({}), createCell({ batch: 2 })])).toBe(true);
  });

  it.each<[string, Partial<ListedCell>]>([
    ['another model', { model: 'bert-base' }],
    ['another provider', { provider: 'cuda' }],
    ['other threads', { threads: 2 }],
    ['another scenario', { scenario: 'offline' }],
    ['another run', { runId: second }],
    ['the same batch size', { batch: 1 }],
    ['nothing measured', { verdict: null, state: 'failed' }],
  ])('is false where the second one has %s', (_, change) => {
    expect(hasBatchCurve([createCell({}), createCell({ batch: 2, ...change })])).toBe(false);
  });
});

describe('toBatchLines', () => {
  it('names lines by what sets them apart and nothing else', () => {
    const cells = [0, 2].flatMap((threads) => [1, 4].map((batch) => createCell({ threads, batch })));
    expect(toBatchLines(cells, nameRun).map(({ label }) => label)).toEqual(['per core', '2 threads']);
  });

  it('keeps runs apart, and names them', () => {
    const cells = [first, second].flatMap((runId) => [1, 4].map((batch) => createCell({ runId, batch })));
    expect(toBatchLines(cells, nameRun).map(({ label }) => label)).toEqual(['1', '2']);
  });

  it('leaves out a configuration of a single batch size', () => {
    const cells = [createCell({}), createCell({ batch: 2 }), createCell({ threads: 2 })];
    expect(toBatchLines(cells, nameRun)).toHaveLength(1);
  });

  it('carries intervals and verdicts, and no estimate where nothing was earned', () => {
    const [line] = toBatchLines([createCell({}), createCell({ batch: 2, p50Ns: null, verdict: 'INVALID' })], nameRun);
    expect(line?.points).toEqual([
      {
        batch: 1,
        verdict: 'VALID',
        throughput: { value: 200, low: 195, high: 205 },
        p50Ns: { value: 5e6, low: 4.9e6, high: 5.1e6 },
      },
      { batch: 2, verdict: 'INVALID', throughput: { value: 200, low: 195, high: 205 }, p50Ns: null },
    ]);
  });
});
