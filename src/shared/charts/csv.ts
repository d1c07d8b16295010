import type { ChartCell, ChartTable } from './chart.ts';

/** The table as RFC 4180, units in the head of each column; numbers in full with a decimal point, whatever the locale. */
export function tableToCsv({ columns, rows }: ChartTable): string {
  const head = columns.map(({ label, unit }) => (unit === null ? label : `${label} (${unit})`));
  return [head, ...rows].map((cells) => `${cells.map(toField).join(',')}\r\n`).join('');
}

/** Text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV injection"). */
function toField(cell: ChartCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
