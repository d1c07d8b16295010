import { invalidData } from '../invalid.ts';
import { readRows, type Row } from './read-rows.ts';

/** Outline of a table of numbers. */
export interface Table {
  /** Names of the columns; null where the first row is data already. */
  header: readonly string[] | null;
  columns: number;
  rows: number;
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const missing = /^(?:|na|n\/a|nan|null|none|-|\?)$/i;

/** Reads a whole table once to learn its size, and that every value is a number. Throws INPUTS_INVALID with the line. */
export async function outlineTable(file: string, signal?: AbortSignal): Promise<Table> {
  let header: readonly string[] | null = null;
  let columns = 0;
  let rows = 0;
  for await (const row of readRows(file, signal)) {
    if (columns === 0) {
      columns = row.fields.length;
      if (row.fields.some((field) => !number.test(field) && !missing.test(field))) {
        header = toHeader(row.fields, file);
        continue;
      }
    }
    checkRow(row, columns, header, file);
    rows++;
  }
  if (rows === 0) {
    throw invalidData(
      columns === 0 ? `${file} is empty.` : `${file} has names of columns and no row of numbers.`,
      'Give a row of numbers for each sample.',
    );
  }
  return { header, columns, rows };
}

/** Values of some columns, row after row, in float64. The table has been outlined before. */
export async function* readColumns(
  file: string,
  table: Table,
  columns: readonly number[],
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  let isHeader = table.header !== null;
  let block = new Float64Array(Math.max(columns.length, valuesPerBlock));
  let filled = 0;
  for await (const row of readRows(file, signal)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    checkRow(row, table.columns, table.header, file);
    if (filled + columns.length > block.length) {
      yield new Uint8Array(block.buffer, 0, filled * Float64Array.BYTES_PER_ELEMENT);
      block = new Float64Array(block.length);
      filled = 0;
    }
    for (const column of columns) block[filled++] = Number(row.fields[column]);
  }
  yield new Uint8Array(block.buffer, 0, filled * Float64Array.BYTES_PER_ELEMENT);
}

const valuesPerBlock = 1 << 14;

function toHeader(fields: readonly string[], file: string): string[] {
  const names = [...fields];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalidData(`${file} has two columns "${twice}".`, 'Give each column its own name.');
  return names;
}

function checkRow({ line, fields }: Row, columns: number, header: readonly string[] | null, file: string): void {
  if (fields.length !== columns) {
    throw invalidData(
      `${file} has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'} on line ${line}, and ${columns} before.`,
      'Give each row the same columns.',
    );
  }
  const wrong = fields.findIndex((field) => !number.test(field));
  if (wrong < 0) return;
  const field = fields[wrong] ?? '';
  const column = header?.[wrong] ?? `${wrong + 1}`;
  if (missing.test(field)) {
    throw invalidData(
      `${file} has no value in column ${column} on line ${line}.`,
      'Fill missing values as the model was trained with, or remove the row.',
    );
  }
  throw invalidData(
    `${file} has "${field.slice(0, 40)}" in column ${column} on line ${line}, which is no number.`,
    'Encode categories as the model expects them, and give classes as whole numbers from 0.',
  );
}
