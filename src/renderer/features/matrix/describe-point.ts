import type { CellRecord } from '../../../shared/domain/run.ts';
import type { MatrixPoint } from '../../../shared/matrix/points.ts';
import { describeConfig } from '../../components/describe-config.ts';
import { explainOutcome } from '../../components/explain-outcome.ts';
import type { Format } from '../../components/use-format.ts';

/** In a word or two why a configuration has no number, and in a sentence. */
export function whyMissing(
  point: MatrixPoint,
  cells: readonly CellRecord[],
  format: Format,
): { word: string; reason: string } {
  const outcome = cells.find(({ id }) => id === point.id)?.outcome;
  if (outcome === undefined || outcome.state === 'completed') {
    return { word: 'not earned', reason: 'Its sample is too small for this number.' };
  }
  const words = {
    pending: 'waiting',
    running: 'measuring',
    failed: 'not measured',
    crashed: 'crashed',
    'timed-out': 'timed out',
    cancelled: 'cancelled',
    skipped: 'left out',
  } as const;
  return { word: words[outcome.state], reason: explainOutcome(outcome, format).happened };
}

interface Described {
  format: Format;
  percentile: number;
  cells: readonly CellRecord[];
}

/** A configuration with both of its readings, or why it has none, in one line. */
export function describePoint(point: MatrixPoint, { format, percentile, cells }: Described): string {
  const { throughput, latency, config, isValid, state } = point;
  const name = describeConfig({ ...config, scenario: 'single-stream' });
  if (state !== 'completed') return `${name}: ${whyMissing(point, cells, format).reason}`;
  const written = [
    throughput === null ? 'throughput not earned' : write(format, throughput),
    `p${percentile} ${latency === null ? 'not earned' : write(format, latency)}`,
  ];
  return `${name}: ${written.join(' · ')}${isValid ? '' : ' · INVALID'}`;
}

function write(format: Format, reading: Parameters<Format['reading']>[0]): string {
  const { text, interval } = format.reading(reading);
  return interval === null ? text : `${text} (${interval})`;
}
