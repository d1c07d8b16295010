import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './plain-table.module.css';

interface PlainTableProps {
  /** Names the table for those who do not see it. */
  label: string;
  /** Below this width it scrolls sideways. */
  leastWidthPx: number;
  /** `Table.Thead` and `Table.Tbody`. */
  children: ReactNode;
}

/** A table of a few rows, all of them drawn; `data-number` on a cell aligns it to the right. */
export function PlainTable({ label, leastWidthPx, children }: PlainTableProps) {
  return (
    <Table.ScrollContainer className={classes.scroll ?? ''} minWidth={leastWidthPx} type="native">
      <Table aria-label={label} className={classes.table}>
        {children}
      </Table>
    </Table.ScrollContainer>
  );
}
