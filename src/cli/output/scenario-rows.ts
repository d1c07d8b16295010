import type { ColdStart } from '../../shared/domain/cold-start.ts';
import type { DecodeTiming, TimeSummary } from '../../shared/domain/decode-timing.ts';
import type { IdleGap } from '../../shared/domain/idle-gap.ts';
import type { InstanceScaling } from '../../shared/domain/instance-scaling.ts';
import type { Measurement, Percentile } from '../../shared/domain/measurement.ts';
import type { CellConfig } from '../../shared/domain/plan.ts';
import type { Reading } from '../../shared/domain/provenance.ts';
import { formatCount, formatQuantity } from '../../shared/units.ts';
import type { Cell } from './columns.ts';

/** How numbers are drawn in the rows of a result. */
interface Rows {
  reading: (label: string, reading: Reading) => Cell[];
  percentile: (label: string, percentile: Percentile) => Cell[];
}

/** What a scenario varies and how many engines work at once: "4 instances", "pause 100 ms", "32 + 64 tokens". */
export function describeScenario({ instances = 1, pauseMs, decode }: CellConfig): string[] {
  return [
    ...(instances === 1 ? [] : [`${formatCount(instances)} instances`]),
    ...(pauseMs === undefined ? [] : [`pause ${describePause(pauseMs * 1e6)}`]),
    ...(decode === undefined ? [] : [`${formatCount(decode.promptTokens)} + ${formatCount(decode.newTokens)} tokens`]),
  ];
}

/** The name of the latency in a scenario: what a query is there. */
export function latencyName({ scenario }: Pick<CellConfig, 'scenario'>): string {
  return scenario === 'decode' ? 'next token' : scenario === 'cold-start' ? 'first answer' : 'latency';
}

/** Whether the rate of a scenario follows from the model; pauses and starts of processes make their own. */
export function hasRate({ scenario }: Pick<CellConfig, 'scenario'>): boolean {
  return scenario !== 'idle-gap' && scenario !== 'cold-start';
}

/** Rows that belong to the scenario alone, below its latency and throughput. */
export function scenarioRows({ decode, coldStart, idleGap, instances }: Measurement, rows: Rows): Cell[][] {
  return [
    ...(decode === undefined ? [] : decodeRows(decode, rows)),
    ...(coldStart === undefined ? [] : coldStartRows(coldStart, rows)),
    ...(idleGap === undefined ? [] : idleGapRows(idleGap)),
    ...(instances === undefined ? [] : instanceRows(instances, rows)),
  ];
}

function decodeRows(decode: DecodeTiming, rows: Rows): Cell[][] {
  const { prefillTokensPerS, decodeTokensPerS } = decode;
  return [
    ...timeRows('first token', decode.timeToFirstToken, rows),
    ...(prefillTokensPerS === null ? [] : [rows.reading('prefill', prefillTokensPerS)]),
    ...(decodeTokensPerS === null ? [] : [rows.reading('decode', decodeTokensPerS)]),
    said('texts', describeTexts(decode)),
    said('cache', describeCache(decode)),
    checkRow(decode.cacheCheck),
  ];
}

/** Percentiles that the number of texts earns, and the mean. */
function timeRows(label: string, { percentiles, mean }: TimeSummary, rows: Rows): Cell[][] {
  const earned = percentiles.filter(({ status }) => status === 'earned');
  return [
    ...(earned.length > 0 ? earned : percentiles.slice(0, 1)).map((one) =>
      rows.percentile(`p${one.percentile} ${label}`, one),
    ),
    ...(mean === null ? [] : [rows.reading(`mean ${label}`, mean)]),
  ];
}

function describeTexts({ requests, batch, promptTokens, newTokens, growth, choiceShare }: DecodeTiming): string {
  const parts = [
    `${formatCount(requests)} requests of ${formatCount(batch)} × (${formatCount(promptTokens)} + ${formatCount(newTokens)}) tokens`,
    ...(growth === null ? [] : [`the last quarter of a text takes ${formatFactor(growth)} as long as the first`]),
    `choosing a token ${formatQuantity(choiceShare, 'ratio').text} of a step`,
  ];
  return parts.join('; ');
}

function describeCache({ cacheBytes, cacheCopyShare }: DecodeTiming): string {
  const share =
    cacheCopyShare === null
      ? 'the share of a step that returning it takes was not measured: it would take too long'
      : `returning it to JavaScript takes ${describeShare(cacheCopyShare)} of a step`;
  return `${formatQuantity(cacheBytes, 'B').text} at the end of a text; ${share}`;
}

/** A share that is told from none by its interval, or the most that it can be. */
function describeShare({ value, interval }: Reading): string {
  const percent = (share: number): string => formatQuantity(share, 'ratio').text;
  const { low = null, high = null } = interval ?? {};
  if (low === null || high === null) return percent(value);
  return low > 0
    ? `${percent(value)} (${percent(low)} to ${percent(high)})`
    : `less than ${percent(Math.max(0, high))}`;
}

function checkRow(check: DecodeTiming['cacheCheck']): Cell[] {
  if (check === null) return said('cache check', 'not made: one pass without a cache would take too long');
  const { maxRelativeError, sameTokens } = check;
  const off =
    maxRelativeError === null ? 'scores are not finite' : `scores off by ${maxRelativeError.toExponential(1)}`;
  const token = sameTokens ? 'the same token follows' : 'another token follows';
  return said('cache check', `against one pass without a cache: ${off}, ${token}`);
}

function coldStartRows(
  { starts, processStart, sessionCreation, firstInference, handOver }: ColdStart,
  rows: Rows,
): Cell[][] {
  return [
    rows.reading('process start', processStart),
    rows.reading('session', sessionCreation),
    rows.reading('first query', firstInference),
    rows.reading('hand-over', handOver),
    said(
      'starts',
      `${formatCount(starts)} fresh processes, medians; page cache warm: files came from memory, not from a disk`,
    ),
  ];
}

function idleGapRows({ askedNs, kept }: IdleGap): Cell[][] {
  if (kept === null) return [];
  const { medianNs, shortestNs, longestNs, pauses } = kept;
  const range = `${describePause(shortestNs)} to ${describePause(longestNs)}`;
  return [
    said(
      'pauses',
      `${describePause(askedNs)} asked; median ${describePause(medianNs)}, ${range}, n ${formatCount(pauses)}`,
    ),
  ];
}

function instanceRows(instances: InstanceScaling, rows: Rows): Cell[][] {
  const { single, each, fairness, commonNs } = instances;
  const rates = each.map((one) => (one === null ? 'no rate' : formatQuantity(one.value, one.unit).text));
  return [
    ...(single === null ? [] : [rows.reading('over one alone', single.gain)]),
    ...(single?.efficiency == null ? [] : [rows.reading('per instance', single.efficiency)]),
    said('instances', `${rates.join(', ')}; all at once for ${formatQuantity(commonNs, 'ns').text}`),
    ...(fairness === null
      ? []
      : [
          said(
            'fairness',
            `slowest ${formatFactor(fairness.minOverMax)} the fastest, Jain ${fairness.jain.toFixed(3)}`,
          ),
        ]),
    said('processors', describeProcessors(instances)),
    ...(single === null
      ? [said('scaling', 'not available: measure one instance in the same run (--instances 1,...)')]
      : []),
  ];
}

function describeProcessors({ processors, threads, pinned, oversubscribed }: InstanceScaling): string {
  const each = `${threads === 0 ? 'default threads' : `${formatCount(threads)} ${threads === 1 ? 'thread' : 'threads'}`} each`;
  if (oversubscribed) return `${each}, more than there are processors`;
  if (processors.length === 0) return `${each}, not told which processors there are`;
  const sets = processors.map((own) => own.join(',')).join(' | ');
  return `${sets}; ${each}; ${pinned.status === 'present' ? 'confined to them' : `not confined: ${pinned.reason}`}`;
}

function describePause(ns: number): string {
  return ns === 0 ? 'none' : formatQuantity(ns, 'ns').text;
}

function formatFactor(value: number): string {
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: 2, minimumFractionDigits: 2 }).format(value)} ×`;
}

function said(label: string, text: string): Cell[] {
  return [
    { text: label, style: 'muted' },
    { text, style: 'muted' },
  ];
}
