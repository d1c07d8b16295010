import type { Reading } from '../../shared/domain/provenance.ts';
import { formatReading } from '../../shared/units.ts';
import type { Cell } from './columns.ts';

/** "3.02 × [2.97, 3.06]". */
export function describeReading(reading: Reading): string {
  const { text, interval } = formatReading(reading);
  return interval === null ? text : `${text} [${interval.replace(' – ', ', ')}]`;
}

/** What is no reading: its words run on to the end of the line. */
export function factRow(label: string, text: string): Cell[] {
  return [
    { text: label, style: 'muted' },
    { text, style: 'muted' },
  ];
}
