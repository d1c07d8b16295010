import type { PublishedResult } from '../../shared/domain/published.ts';
import { formatReading } from '../../shared/units.ts';
import { printColumns, type Cell } from './columns.ts';
import { kindCell } from './results.ts';
import type { Terminal } from './terminal.ts';

/** Figures of others beside a result: never mistaken for it, and with what sets them apart. */
export function printPublished(terminal: Terminal, published: readonly PublishedResult[]): void {
  if (published.length === 0) return;
  const rows = published.flatMap((one): Cell[][] => [
    [
      { text: describeMetric(one), style: 'muted' },
      { number: formatReading(one.reading) },
      kindCell(one.reading.kind),
      { text: `${one.device}, ${one.source.name} (${one.source.edition})`, style: 'muted' },
    ],
    ['', { text: [...one.differences, ...(one.note === null ? [] : [`${one.note}.`])].join(' '), style: 'muted' }],
  ]);
  terminal.print(
    '',
    `  ${terminal.paint('strong', 'Published, not measured here')}`,
    ...printColumns(terminal, [{}, {}, { dropOrder: 1 }, {}], rows, 4),
  );
}

function describeMetric({ metric, percentile, scenario }: PublishedResult): string {
  return `${percentile === null ? '' : `p${percentile} `}${metric}, ${scenario}`;
}
