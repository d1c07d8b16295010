import stringWidth from 'string-width';
import type { FormattedNumber } from '../../shared/units.ts';
import { shortenMiddle, truncate, wrap, type Style, type Terminal } from './terminal.ts';

/** A number is aligned on its decimal separator, its unit on the left of a column of units. */
export type Cell = string | { text: string; style?: Style } | { number: FormattedNumber; style?: Style };

export interface Column {
  title?: string;
  align?: 'left' | 'right';
  /**
   * May be cut when the line is too long; the first such column gives way first. `middle`: both ends are kept, as of
   * names that differ there, and of all such columns the widest gives way first.
   */
  shrinks?: boolean | 'middle';
  /** May be left out when the line is too long; the highest goes first. */
  dropOrder?: number;
}

const gap = 2;
const narrowestColumn = 6;
/** A column that shrinks gives way to this width before others are left out, and further only after that. */
const shrunkWidth = 24;

interface NumberWidths {
  whole: number;
  fraction: number;
  unit: number;
}

/**
 * Lines of aligned columns. The last column wraps below itself. In a row with fewer cells than columns the last cell
 * runs on to the end of the line and does not widen its column: that is where a word stands in place of a number.
 */
export function printColumns(
  terminal: Pick<Terminal, 'width' | 'paint'>,
  allColumns: readonly Column[],
  allRows: readonly (readonly Cell[])[],
  indent = 2,
): string[] {
  const room = terminal.width - indent;
  const kept = chooseColumns(allColumns, allRows, room);
  const columns = kept.map((index) => allColumns[index] ?? {});
  const rows = allRows.map((row) => pick(row, kept, allColumns.length));
  const layout = layOut(columns, rows, room);
  const pad = ' '.repeat(indent);
  const head = columns.map(({ title = '' }): Cell => ({ text: title, style: 'muted' }));
  const titled = columns.some(({ title }) => title !== undefined) ? [head, ...rows] : rows;
  return titled.flatMap((row) => printRow(terminal, row, columns, layout, room).map((line) => pad + line));
}

interface Layout {
  widths: number[];
  numbers: NumberWidths[];
}

function layOut(columns: readonly Column[], rows: readonly (readonly Cell[])[], room: number): Layout {
  const numbers = columns.map((_, index) => widestNumber(rows, index));
  const widths = columns.map((column, index) => {
    const texts = rows
      .filter((row) => row.length === columns.length || index < row.length - 1)
      .map((row) => naturalWidth(row[index] ?? ''));
    const { whole, fraction, unit } = numbers[index] ?? { whole: 0, fraction: 0, unit: 0 };
    return Math.max(stringWidth(column.title ?? ''), whole + fraction + unit, ...texts);
  });
  let excess = sum(widths) + gap * (widths.length - 1) - room;
  for (const [index, column] of columns.entries()) {
    if (excess <= 0) break;
    if (column.shrinks !== true) continue;
    const width = widths[index] ?? 0;
    const less = Math.min(excess, Math.max(0, width - narrowestColumn));
    widths[index] = width - less;
    excess -= less;
  }
  narrowWidest(
    widths,
    columns.flatMap(({ shrinks }, index) => (shrinks === 'middle' ? [index] : [])),
    excess,
  );
  return { widths, numbers };
}

/** Takes a number of characters from the columns named, always from the widest. */
function narrowWidest(widths: number[], indices: readonly number[], excess: number): void {
  const widthOf = (index: number): number => widths[index] ?? 0;
  for (let left = excess; left > 0; left--) {
    const widest = indices.toSorted((one, other) => widthOf(other) - widthOf(one))[0];
    if (widest === undefined || widthOf(widest) <= narrowestColumn) return;
    widths[widest] = widthOf(widest) - 1;
  }
}

/** Which columns fit, leaving out the droppable ones from the highest order on. */
function chooseColumns(columns: readonly Column[], rows: readonly (readonly Cell[])[], room: number): number[] {
  const kept = columns.map((_, index) => index);
  for (;;) {
    const some = kept.map((index) => columns[index] ?? {});
    const picked = rows.map((row) => pick(row, kept, columns.length));
    const { widths } = layOut(some, picked, Number.POSITIVE_INFINITY);
    const wanted = widths.map((width, index) => (mayShrink(some[index]) ? Math.min(width, shrunkWidth) : width));
    if (sum(wanted) + gap * (wanted.length - 1) <= room) return kept;
    const droppable = kept.filter((index) => columns[index]?.dropOrder !== undefined);
    if (droppable.length === 0) return kept;
    const order = (index: number): number => columns[index]?.dropOrder ?? 0;
    const last = droppable.reduce((highest, index) => (order(index) > order(highest) ? index : highest));
    kept.splice(kept.indexOf(last), 1);
  }
}

function mayShrink(column: Column | undefined): boolean {
  return column?.shrinks === true || column?.shrinks === 'middle';
}

/** A row with fewer cells than columns stays shorter, so that its last cell still runs on. */
function pick(row: readonly Cell[], kept: readonly number[], columns: number): Cell[] {
  if (row.length === columns) return kept.map((index) => row[index] ?? '');
  const cells = kept.filter((index) => index < row.length - 1).map((index) => row[index] ?? '');
  return [...cells, row.at(-1) ?? ''];
}

function widestNumber(rows: readonly (readonly Cell[])[], index: number): NumberWidths {
  const widest = { whole: 0, fraction: 0, unit: 0 };
  for (const row of rows) {
    const cell = row[index];
    if (cell === undefined || typeof cell === 'string' || !('number' in cell)) continue;
    const { whole, fraction, unit } = cell.number;
    widest.whole = Math.max(widest.whole, stringWidth(whole));
    widest.fraction = Math.max(widest.fraction, stringWidth(fraction));
    widest.unit = Math.max(widest.unit, stringWidth(unit) + 1);
  }
  return widest;
}

function naturalWidth(cell: Cell): number {
  if (typeof cell === 'string') return stringWidth(cell);
  return 'number' in cell ? 0 : stringWidth(cell.text);
}

function printRow(
  { paint }: Pick<Terminal, 'paint'>,
  row: readonly Cell[],
  columns: readonly Column[],
  { widths, numbers }: Layout,
  room: number,
): string[] {
  let line = '';
  let used = 0;
  for (const [index, cell] of row.entries()) {
    const isLast = index === row.length - 1;
    const style = typeof cell === 'string' ? 'plain' : (cell.style ?? 'plain');
    const width = widths[index] ?? 0;
    const text = toText(cell, numbers[index]);
    if (isLast && (typeof cell === 'string' || 'text' in cell) && columns[index]?.align !== 'right') {
      const [first = '', ...rest] = wrap(text, Math.max(narrowestColumn, room - used));
      return [line + paint(style, first), ...rest.map((one) => ' '.repeat(used) + paint(style, one))];
    }
    const cut = columns[index]?.shrinks === 'middle' ? shortenMiddle(text, width) : truncate(text, width);
    const space = ' '.repeat(Math.max(0, width - stringWidth(cut)));
    line += columns[index]?.align === 'right' ? space + paint(style, cut) : paint(style, cut) + space;
    line += ' '.repeat(gap);
    used += width + gap;
  }
  return [line.trimEnd()];
}

function toText(cell: Cell, widths: NumberWidths | undefined): string {
  if (typeof cell === 'string') return cell;
  if ('text' in cell) return cell.text;
  const { whole, fraction, unit } = cell.number;
  const before = ' '.repeat(Math.max(0, (widths?.whole ?? 0) - stringWidth(whole)));
  const after = ' '.repeat(Math.max(0, (widths?.fraction ?? 0) - stringWidth(fraction)));
  return `${before}${whole}${fraction}${after} ${unit}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
