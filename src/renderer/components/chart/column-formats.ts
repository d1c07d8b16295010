import type { ChartTable } from '../../../shared/charts/chart.ts';

const significantDigits = 4;
const mostDecimals = 6;

/** One format per column, with as many decimals as its smallest number needs to show four digits, six at most. */
export function toColumnFormats({ columns, rows }: ChartTable, locale: string | undefined): Intl.NumberFormat[] {
  return columns.map((_, index) => {
    const numbers = rows.map((row) => row[index]).filter((cell) => typeof cell === 'number');
    const decimals = numbers.reduce((most, number) => Math.max(most, decimalsOf(number)), 0);
    return new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  });
}

function decimalsOf(number: number): number {
  if (Number.isInteger(number)) return 0;
  const exponent = Math.floor(Math.log10(Math.abs(number)));
  return Math.min(Math.max(significantDigits - 1 - exponent, 0), mostDecimals);
}
