import type { ChartCell, ChartTable } from '../../../shared/charts/chart.ts';
import classes from './chart.module.css';
import { toColumnFormats } from './column-formats.ts';

interface ChartNumbersProps {
  table: ChartTable;
  labelledBy: string;
  locale: string | undefined;
}

/** The numbers of a chart, aligned on their decimals; the file has them in full. */
export function ChartNumbers({ table, labelledBy, locale }: ChartNumbersProps) {
  const formats = toColumnFormats(table, locale);
  const isNumeric = table.columns.map((_, index) => table.rows.some((row) => typeof row[index] === 'number'));
  const toText = (cell: ChartCell, column: number): string =>
    typeof cell === 'number' ? (formats[column]?.format(cell) ?? String(cell)) : (cell ?? '');
  return (
    // A part of the page that scrolls is reached by the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div aria-labelledby={labelledBy} className={classes.scroll} role="region" tabIndex={0}>
      <table aria-labelledby={labelledBy} className={classes.table}>
        <thead>
          <tr>
            {table.columns.map(({ label, unit }, index) => (
              <th className={isNumeric[index] === true ? classes.number : undefined} key={label} scope="col">
                {unit === null ? label : `${label} (${unit})`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            // Rows have no identity of their own; they are replaced together.
            // eslint-disable-next-line @eslint-react/no-array-index-key
            <tr key={index}>
              {table.columns.map(({ label }, column) => (
                <td className={isNumeric[column] === true ? classes.number : undefined} key={label}>
                  {toText(row[column] ?? null, column)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
