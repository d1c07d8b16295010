import type { Validity } from '../domain/measurement.ts';
import { formatQuantity } from '../units.ts';
import { timeUnitFor } from './axis.ts';
import type { Chart, ChartStyle, ChartTable } from './chart.ts';
import { toCells, toColumns, type Estimate } from './estimate.ts';
import { frameOption } from './frame.ts';
import { linePanels, unitOf, type LinePanel } from './line-panels.ts';

/** What a query took after a pause, ns. */
export interface IdleGapPoint {
  pauseMs: number;
  p50Ns: Estimate | null;
  p90Ns: Estimate | null;
  verdict: Validity['verdict'];
}

/** Latency against the pause before a query: what a service with little to do pays for having rested. */
export function idleGaps(points: readonly IdleGapPoint[], style: ChartStyle): Chart {
  const sorted = [...points].sort((one, other) => one.pauseMs - other.pauseMs);
  const toCurve = (label: string, read: (point: IdleGapPoint) => Estimate | null) => ({
    label,
    points: sorted.map((point) => ({ x: point.pauseMs, estimate: read(point), hollow: point.verdict === 'INVALID' })),
  });
  const panel: LinePanel = {
    quantity: 'Latency of a query',
    unitFor: timeUnitFor,
    curves: [toCurve('p50', ({ p50Ns }) => p50Ns), toCurve('p90', ({ p90Ns }) => p90Ns)],
  };
  const { symbol, factor } = unitOf(panel);
  const table: ChartTable = {
    columns: [
      { label: 'Pause', unit: 'ms' },
      ...toColumns('p50', symbol),
      ...toColumns('p90', symbol),
      { label: 'Verdict', unit: null },
    ],
    rows: sorted.map(({ pauseMs, p50Ns, p90Ns, verdict }) => [
      pauseMs,
      ...toCells(p50Ns, factor),
      ...toCells(p90Ns, factor),
      verdict,
    ]),
  };
  const summary = summarize(sorted, style);
  const axis = { quantity: 'Pause before a query', unit: 'ms', scale: 'log from 1' } as const;
  const option = linePanels({ panels: [panel], axis, table, toRow: (_panel, _curve, point) => point }, style);
  return {
    question: 'What does a pause before a query cost?',
    summary,
    option: frameOption(summary, style, option),
    table,
  };
}

function summarize(points: readonly IdleGapPoint[], style: ChartStyle): string {
  const measured = points.flatMap(({ pauseMs, p50Ns }) => (p50Ns === null ? [] : [{ pauseMs, p50Ns: p50Ns.value }]));
  const [first, last] = [measured[0], measured.at(-1)];
  if (first === undefined || last === undefined) return 'No pauses were measured.';
  const text = ({ p50Ns }: { p50Ns: number }) => formatQuantity(p50Ns, 'ns', style).text;
  if (first === last) return `p50 ${text(first)} after a pause of ${first.pauseMs} ms.`;
  return `p50 ${text(first)} after a pause of ${first.pauseMs} ms, ${text(last)} after one of ${last.pauseMs} ms.`;
}
