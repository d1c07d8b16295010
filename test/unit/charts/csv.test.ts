import { describe, expect, it } from 'vitest';
import { tableToCsv } from '../../../src/shared/charts/csv.ts';

describe('the table as a file', () => {
  it('has units in its head, numbers in full and nothing where there is no number', () => {
    const columns = [
      { label: 'Batch size', unit: null },
      { label: 'Latency', unit: 'ms' },
    ];
    const rows = [
      [1, 1.234567],
      [1_000_000, null],
    ];
    expect(tableToCsv({ columns, rows })).toBe('Batch size,Latency (ms)\r\n1,1.234567\r\n1000000,\r\n');
  });

  it('quotes text and defuses what a spreadsheet would take for a formula', () => {
    const rows = [['=1+1'], ['a, "b"'], [-5]];
    expect(tableToCsv({ columns: [{ label: 'Marked as', unit: null }], rows })).toBe(
      'Marked as\r\n\'=1+1\r\n"a, ""b"""\r\n-5\r\n',
    );
  });
});
