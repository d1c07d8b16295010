import type { Observed } from '../../shared/domain/provenance.ts';
import { formatMissing } from '../../shared/units.ts';
import { printColumns, type Cell } from './columns.ts';
import type { Terminal } from './terminal.ts';

/** A labelled line: what it is called, and what was found or why nothing was. */
export type Fact = readonly [label: string, content: Cell];

const labelStyle = 'muted';

/** A block with a heading and aligned facts. */
export function printFacts(terminal: Terminal, heading: string, facts: readonly Fact[]): void {
  terminal.print('', terminal.paint('strong', heading));
  const rows = facts.map(([label, content]): Cell[] => [{ text: label, style: labelStyle }, content]);
  terminal.print(...printColumns(terminal, [{}, {}], rows));
}

/** Text for something that was looked for: its value, or the reason for its absence with what would help. */
export function describeObserved<T>(observed: Observed<T>, describe: (value: T) => string): Cell {
  if (observed.status === 'present') return describe(observed.value);
  return {
    text: formatMissing(joinSentences(observed.reason, observed.remedy)),
    style: 'muted',
  };
}

/** A reason and a remedy in one line; either may lack its capital letter and its full stop. */
export function joinSentences(reason: string, remedy: string | null): string {
  if (remedy === null) return reason;
  return `${reason.replace(/\.$/, '')}. ${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}`;
}
