import type { Validity } from '../domain/measurement.ts';
import { formatQuantity } from '../units.ts';
import { throughputUnitFor } from './axis.ts';
import type { Chart, ChartStyle, ChartTable } from './chart.ts';
import { toCells, toColumns, type Estimate } from './estimate.ts';
import { frameOption } from './frame.ts';
import { linePanels, unitOf, type Curve, type LinePanel } from './line-panels.ts';

/** What so many engine processes reach together, samples per second. */
export interface ScalingPoint {
  instances: number;
  throughput: Estimate | null;
  verdict: Validity['verdict'];
}

/** Throughput against the number of instances, beside what it would be if none slowed another. */
export function instanceScaling(points: readonly ScalingPoint[], style: ChartStyle): Chart {
  const sorted = [...points].sort((one, other) => one.instances - other.instances);
  const single = sorted.find(({ instances, verdict }) => instances === 1 && verdict !== 'INVALID')?.throughput ?? null;
  const measured: Curve = {
    label: 'measured',
    points: sorted.map(({ instances, throughput, verdict }) => ({
      x: instances,
      estimate: throughput,
      hollow: verdict === 'INVALID',
    })),
  };
  const toIdeal = (instances: number) => (single === null ? null : single.value * instances);
  const ideal: Curve = {
    label: 'n times one',
    isReference: true,
    points: sorted.map(({ instances }) => {
      const value = toIdeal(instances);
      return { x: instances, estimate: value === null ? null : { value, low: null, high: null }, hollow: false };
    }),
  };
  const panel: LinePanel = {
    quantity: 'Throughput of all together',
    unitFor: throughputUnitFor,
    curves: single === null ? [measured] : [measured, ideal],
  };
  const { symbol, factor } = unitOf(panel);
  const table: ChartTable = {
    columns: [
      { label: 'Instances', unit: null },
      ...toColumns('Throughput', symbol),
      { label: 'n times one', unit: symbol },
      { label: 'Verdict', unit: null },
    ],
    rows: sorted.map(({ instances, throughput, verdict }) => {
      const value = toIdeal(instances);
      return [instances, ...toCells(throughput, factor), value === null ? null : value / factor, verdict];
    }),
  };
  const summary = summarize(sorted, style);
  const axis = { quantity: 'Instances', unit: null, scale: 'linear' } as const;
  const option = linePanels({ panels: [panel], axis, table, toRow: (_panel, _curve, point) => point }, style);
  return {
    question: 'Does another instance bring another share of throughput?',
    summary,
    option: frameOption(summary, style, option),
    table,
  };
}

function summarize(points: readonly ScalingPoint[], style: ChartStyle): string {
  const known = points.flatMap(({ instances, throughput }) =>
    throughput === null ? [] : [`${formatQuantity(throughput.value, 'samples/s', style).text} with ${instances}`],
  );
  return known.length === 0 ? 'No instances were measured.' : `Throughput by instances: ${known.join(', ')}.`;
}
