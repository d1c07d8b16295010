import type { Percentile } from '../../shared/domain/measurement.ts';
import type { CellConfig } from '../../shared/domain/plan.ts';
import type { ServerLoad } from '../../shared/domain/server-load.ts';
import { formatCount, formatQuantity } from '../../shared/units.ts';
import type { Cell } from './columns.ts';

/** Rows of what a server did beside its latency; `percentileRow` draws one percentile under a label. */
export function serverRows(
  server: ServerLoad,
  percentileRow: (label: string, percentile: Percentile) => Cell[],
): Cell[][] {
  const { utilisation, lateness, serviceLevel } = server;
  const share = (value: number): string => formatQuantity(value, 'ratio').text;
  const time = (valueNs: number): string => formatQuantity(valueNs, 'ns').text;
  return [
    ...server.queueDelay.map((one) => percentileRow(`p${one.percentile} queue delay`, one)),
    ...server.service.map((one) => percentileRow(`p${one.percentile} service`, one)),
    said(
      'answered',
      `${formatRate(server.achievedPerS)} of ${formatRate(server.scheduledPerS)} queries/s, busy ${share(utilisation)} of the time`,
    ),
    said('batches', describeBatches(server)),
    said(
      'lateness',
      `99 % of calls less than ${time(lateness.p99Ns)}, worst ${time(lateness.maxNs)}; ${share(lateness.lateShare)} beyond ${time(lateness.limitNs)}`,
    ),
    ...(serviceLevel === null ? [] : [serviceLevelRow(serviceLevel)]),
  ];
}

/** Rate and batching of a configuration, and what a search takes it for: "500/s · up to 8 a call · trial". */
export function describeLoad({ load, trial }: Pick<CellConfig, 'load' | 'trial'>): string[] {
  const parts = load === undefined ? [] : [`${formatRate(load.ratePerS)}/s`];
  if (load !== undefined && load.maxBatch > 1) parts.push(`up to ${formatCount(load.maxBatch)} a call`);
  if (trial !== undefined) parts.push(trial.purpose === 'search' ? 'trial' : 'confirmation');
  return parts;
}

/** Queries per second, with as many digits as a rate is worth. */
export function formatRate(perSecond: number): string {
  return new Intl.NumberFormat(undefined, { maximumSignificantDigits: 4 }).format(perSecond);
}

function said(label: string, text: string): Cell[] {
  return [
    { text: label, style: 'muted' },
    { text, style: 'muted' },
  ];
}

/** "1 query × 812 (0.31 ms)": how often a call had so many queries, and what it took on average. */
function describeBatches({ batches, joinShare }: ServerLoad): string {
  const calls = batches.reduce((sum, one) => sum + one.calls, 0);
  const shown = batches
    .toSorted((left, right) => right.calls - left.calls)
    .slice(0, shownBatches)
    .toSorted((left, right) => left.queries - right.queries);
  const parts = shown.map(({ queries, calls: count, meanServiceNs }) => {
    const share = formatQuantity(count / calls, 'ratio').text;
    return `${share} of ${formatCount(queries)} (${formatQuantity(meanServiceNs, 'ns').text})`;
  });
  const rest = batches.length - shown.length;
  const others = rest === 0 ? '' : `, ${formatCount(rest)} other sizes`;
  const joined = joinShare === 0 ? '' : `; joining ${formatQuantity(joinShare, 'ratio').text} of it`;
  return `${formatCount(calls)} calls: ${parts.join(', ')}${others}${joined}`;
}

const shownBatches = 4;

function serviceLevelRow({
  percentile,
  latencyMs,
  queries,
  missed,
  kept,
  proved,
}: NonNullable<ServerLoad['serviceLevel']>): Cell[] {
  const limit = `p${percentile} within ${formatQuantity(latencyMs * 1e6, 'ns').text}`;
  const over = `${formatCount(missed)} of ${formatCount(queries)} queries over it`;
  const verdict = proved ? '✓ kept' : kept ? '△ kept, with too few queries to prove it' : '✕ missed';
  return [
    { text: 'service level', style: 'muted' },
    { text: `${verdict}: ${limit}, ${over}`, style: proved ? 'good' : kept ? 'caution' : 'bad' },
  ];
}
