import {
  createColumnHelper,
  rowSelectionFeature,
  tableFeatures,
  useTable,
  type Row,
  type RowData,
} from '@tanstack/react-table';
import type { RowSelection } from './data-column.ts';

export const dataTableFeatures = tableFeatures({ rowSelectionFeature });

interface RowsOptions<Data extends RowData> {
  rows: readonly Data[];
  toKey: (row: Data) => string;
  selection: RowSelection<Data> | null;
}

/** The rows of a table with their keys and what is chosen of them, by TanStack Table. */
export function useRows<Data extends RowData>({ rows, toKey, selection }: RowsOptions<Data>) {
  const rowSelection = Object.fromEntries([...(selection?.keys ?? [])].map((key) => [key, true as const]));
  const columns = [createColumnHelper<typeof dataTableFeatures, Data>().display({ id: 'row' })];
  const table = useTable({
    features: dataTableFeatures,
    columns,
    data: rows,
    getRowId: toKey,
    state: { rowSelection },
    enableRowSelection: selection !== null,
    onRowSelectionChange: (change) => {
      const next = typeof change === 'function' ? change(rowSelection) : change;
      selection?.onChange(new Set(Object.keys(next).filter((key) => next[key])));
    },
  });
  return table.getRowModel().rows satisfies readonly Row<typeof dataTableFeatures, Data>[];
}
