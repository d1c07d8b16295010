import type { Row, RowData } from '@tanstack/react-table';
import { memo, type ReactNode } from 'react';
import type { DataColumn } from './data-column.ts';
import classes from './data-table.module.css';
import type { dataTableFeatures } from './use-rows.ts';

export interface DataRowProps<Data extends RowData> {
  row: Row<typeof dataTableFeatures, Data>;
  columns: readonly DataColumn<Data>[];
  /** Tracks of all columns, the checkbox included. */
  tracks: string;
  id: string;
  topPx: number;
  /** Rows before it that are no data: the head. */
  rowsAbove: number;
  isActive: boolean;
  startsGroup: boolean;
  /** null: rows cannot be chosen. */
  selected: boolean | null;
  selectionLabel: string | undefined;
}

function DataRowView<Data extends RowData>(props: DataRowProps<Data>): ReactNode {
  const { row, columns, tracks, id, topPx, rowsAbove, isActive, startsGroup, selected, selectionLabel } = props;
  return (
    <tr
      aria-rowindex={row.index + rowsAbove + 1}
      aria-selected={selected ?? undefined}
      className={classes.row}
      data-active={isActive || undefined}
      data-group={startsGroup || undefined}
      data-index={row.index}
      id={id}
      style={{ gridTemplateColumns: tracks, transform: `translateY(${topPx}px)` }}
    >
      {selected !== null && (
        <td className={classes.check}>
          <input aria-label={selectionLabel} checked={selected} readOnly tabIndex={-1} type="checkbox" />
        </td>
      )}
      {columns.map(({ id: column, align, cell }) => (
        <td className={align === 'end' ? classes.end : undefined} key={column}>
          {cell(row.original, { index: row.index, startsGroup })}
        </td>
      ))}
    </tr>
  );
}

/**
 * A row is drawn again only when something about it changes. The table around it is drawn with every few pixels of
 * scrolling and is left out by the React Compiler, because it reads the virtualizer.
 */
export const DataRow = memo(DataRowView) as typeof DataRowView;
