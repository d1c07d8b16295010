import type { Problem } from '../../core/doctor/advise.ts';
import { printColumns, type Cell } from './columns.ts';
import type { Terminal } from './terminal.ts';

/** What was found and what to do about it; nothing where there is no problem. */
export function printProblems(terminal: Terminal, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  terminal.print('', terminal.paint('strong', 'What to do'));
  const rows = problems.flatMap(({ severity, subject, message, remedy }): Cell[][] => {
    const isBlocking = severity === 'blocking';
    const style = isBlocking ? 'bad' : 'caution';
    const found: Cell[] = [{ text: isBlocking ? '□' : '△', style }, { text: subject, style: 'muted' }, message];
    return remedy === null ? [found] : [found, ['', '', { text: `→ ${remedy}`, style: 'accent' }]];
  });
  terminal.print(...printColumns(terminal, [{}, {}, {}], rows));
}
