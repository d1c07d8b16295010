import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { printColumns, type Cell } from '../../../src/cli/output/columns.ts';
import { shortenMiddle, truncate, wrap, type Style } from '../../../src/cli/output/terminal.ts';
import { formatQuantity } from '../../../src/shared/units.ts';

const terminal = (width: number) => ({ width, paint: (_style: Style, text: string) => text });
const number = (value: number): Cell => ({ number: formatQuantity(value, 'ns', { locale: 'en-US' }) });

describe('columns', () => {
  it('align numbers on the decimal point and units on their left', () => {
    const lines = printColumns(
      terminal(80),
      [{}, {}],
      [
        ['a', number(1.5)],
        ['b', number(123_000)],
        ['c', number(2.25e6)],
      ],
      0,
    );
    expect(lines).toEqual(['a    1.50 ns', 'b  123    µs', 'c    2.25 ms']);
  });

  it('let a word in place of numbers run on to the end of the line', () => {
    const rows: Cell[][] = [
      ['p50', number(1.5), 'n 12'],
      ['p99', 'not earned: 662 queries are needed'],
    ];
    expect(printColumns(terminal(80), [{}, {}, {}], rows, 0)).toEqual([
      'p50  1.50 ns  n 12',
      'p99  not earned: 662 queries are needed',
    ]);
  });

  it('wrap the last column below itself', () => {
    expect(printColumns(terminal(20), [{}, {}], [['label', 'one two three four']], 0)).toEqual([
      'label  one two three',
      '       four',
    ]);
  });

  it('leave the columns out that may go, the highest order first, until the line fits', () => {
    const columns = [{ title: 'name' }, { title: 'second', dropOrder: 1 }, { title: 'first', dropOrder: 2 }];
    const rows = [['a name of some length', 'twelve chars', 'and more text']];
    expect(printColumns(terminal(40), columns, rows, 0)[0]).toBe('name                   second');
    expect(printColumns(terminal(30), columns, rows, 0)[0]).toBe('name');
  });

  it('cut names in the middle, the longest first, and keep every other column', () => {
    const columns = [{ shrinks: 'middle' as const }, { shrinks: 'middle' as const }, {}];
    const rows = [['/models/mobilenet_v3_large_float32.onnx', 'mobilenet_v3_int8.onnx', '1.20']];
    const [line = ''] = printColumns(terminal(50), columns, rows, 0);
    expect(line).toBe('/models/…float32.onnx  mobilene…v3_int8.onnx  1.20');
    expect(printColumns(terminal(90), columns, rows, 0)[0]).toBe(rows[0]?.join('  '));
  });

  it('cut a column that shrinks and say so', () => {
    const rows = [['a/very/long/path/to/some/model/of/the/user.onnx', '12']];
    const [line = ''] = printColumns(terminal(30), [{ shrinks: true }, { align: 'right' }], rows, 0);
    expect(line).toMatch(/^a\/very\/long.*… {2}12$/);
    expect(stringWidth(line)).toBe(30);
  });
});

it('a name that is cut in the middle keeps both ends, of the last one more, and fits', () => {
  expect(shortenMiddle('resnet50-int8-static', 11)).toBe('resn…static');
  expect(shortenMiddle('mlp-tabular, 1 thread', 16)).toBe('mlp-ta… 1 thread');
  expect(shortenMiddle('resnet50', 8)).toBe('resnet50');
  expect(shortenMiddle('日本語テキスト', 9)).toBe('日本…スト');
});

it('a text is cut by columns, not by characters', () => {
  expect(truncate('日本語テキスト', 7)).toBe('日本語…');
  expect(truncate('fits', 4)).toBe('fits');
});

it('a word that is longer than the line stays whole, so that it can be copied', () => {
  expect(wrap('see /a/path/that/is/long now', 10)).toEqual(['see', '/a/path/that/is/long', 'now']);
});
