import type { ReactNode } from 'react';

/** A column of a data table. Columns are declared once, outside of components, so that rows need not be built again. */
export interface DataColumn<Row> {
  id: string;
  header: ReactNode;
  /** Its track in the grid of a row, e.g. "120px" or "minmax(120px, 1fr)". */
  track: string;
  /** Numbers stand at the end of their column. */
  align?: 'start' | 'end';
  cell: (row: Row, context: DataCellContext) => ReactNode;
}

/** Where a cell stands. */
export interface DataCellContext {
  index: number;
  /** The first row of a group, which names the group. */
  startsGroup: boolean;
}

/** Which rows are chosen, by their keys. */
export interface RowSelection<Row> {
  keys: ReadonlySet<string>;
  onChange: (keys: ReadonlySet<string>) => void;
  /** Names a row for its checkbox, e.g. "resnet50 · cpu · batch 1". */
  describe: (row: Row) => string;
}
