import type { RowData } from '@tanstack/react-table';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import type { DataColumn, RowSelection } from './data-column.ts';
import { DataRow } from './data-row.tsx';
import classes from './data-table.module.css';
import { nextIndex } from './next-index.ts';
import { useRows } from './use-rows.ts';

/** Height of a row and of the head, px; `--row` of theme.css. */
const rowPx = 32;
/** Rows drawn beyond the visible ones on either side. */
const overscan = 8;
/** More rows are asked for when this many are left below. */
const nearEnd = 200;
const checkTrack = '28px';

interface DataTableProps<Data extends RowData> {
  /** Names the table for those who do not see it. */
  label: string;
  /** The same array whenever the table is drawn. */
  columns: readonly DataColumn<Data>[];
  rows: readonly Data[];
  toKey: (row: Data) => string;
  /** Below this width the table scrolls sideways. */
  leastWidthPx?: number;
  /** Of the table with its head; a shorter one takes the room that it needs. A CSS length. */
  maxHeight: string;
  /** False: more rows exist than are loaded. */
  isComplete?: boolean;
  onNearEnd?: () => void;
  onOpen?: (row: Data) => void;
  selection?: RowSelection<Data>;
  /** True: a hairline above the row sets it apart from the one before. */
  startsGroup?: (row: Data, before: Data) => boolean;
  /** Keeps the place in the list when the user comes back to the screen. */
  scrollId?: string;
}

/**
 * A table of any length of which only the visible rows exist. It has one stop in the tab order: arrows, Page, Home and
 * End move in it, Enter opens a row and Space chooses it.
 */
export function DataTable<Data extends RowData>(props: DataTableProps<Data>) {
  const { label, columns, rows, toKey, leastWidthPx, maxHeight, isComplete = true } = props;
  const { onNearEnd, onOpen, selection, startsGroup, scrollId } = props;
  const id = useId();
  const scrollRef = useRef<HTMLDivElement>(null);
  const [activeIndex, setActiveIndex] = useState(0);
  const active = Math.min(activeIndex, rows.length - 1);
  const data = useRows({ rows, toKey, selection: selection ?? null });
  // Its functions answer differently from call to call, so the compiler leaves this component out; rows are their own.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowPx,
    overscan,
    scrollPaddingStart: rowPx,
    // The row that the keyboard is at exists even when it was scrolled away: the table refers to it.
    rangeExtractor: (range) => {
      const visible = defaultRangeExtractor(range);
      return active < 0 || visible.includes(active) ? visible : [...visible, active].sort((one, other) => one - other);
    },
  });
  const lastShown = virtualizer.range?.endIndex ?? 0;
  const isNearEnd = !isComplete && rows.length - lastShown < nearEnd;
  useEffect(() => {
    if (isNearEnd) onNearEnd?.();
  }, [isNearEnd, rows.length, onNearEnd]);

  const toggle = (index: number): void => {
    data[index]?.toggleSelected();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[active];
    const page = Math.max(1, Math.floor((scrollRef.current?.clientHeight ?? 0) / rowPx) - 2);
    const next = nextIndex(event.key, { active, count: rows.length, page });
    if (next !== null) {
      setActiveIndex(next);
      virtualizer.scrollToIndex(next);
    } else if (event.key === 'Enter' && row !== undefined && onOpen !== undefined) onOpen(row);
    else if (event.key === ' ' && selection !== undefined) toggle(active);
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent): void => {
    const target = event.target as Element;
    const index = Number(target.closest('tr')?.dataset.index);
    const row = rows[index];
    // What a cell offers itself, and a link that is opened elsewhere, is not the row's.
    if (row === undefined || target.closest('button') !== null) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    setActiveIndex(index);
    if (target.closest(`.${classes.check ?? ''}`) !== null) toggle(index);
    else if (onOpen !== undefined) {
      event.preventDefault();
      onOpen(row);
    }
  };

  const tracks = [...(selection === undefined ? [] : [checkTrack]), ...columns.map(({ track }) => track)].join(' ');
  const heightPx = virtualizer.getTotalSize();
  const toRowId = (index: number): string => `${id}-${index}`;
  return (
    <div
      className={classes.scroll}
      data-scroll-restoration-id={scrollId}
      ref={scrollRef}
      style={{ height: `min(${maxHeight}, ${heightPx + rowPx + 2}px)` }}
    >
      <table
        aria-activedescendant={active < 0 ? undefined : toRowId(active)}
        aria-label={label}
        aria-multiselectable={selection === undefined ? undefined : true}
        aria-rowcount={isComplete ? rows.length + 1 : -1}
        className={`${classes.table ?? ''} ${onOpen === undefined ? '' : (classes.opens ?? '')}`}
        onClick={onClick}
        onKeyDown={onKeyDown}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- ARIA in HTML lets a table be a grid
        role="grid"
        style={{ minWidth: leastWidthPx }}
        tabIndex={0}
      >
        <thead className={classes.head}>
          <tr aria-rowindex={1} className={classes.headRow} style={{ gridTemplateColumns: tracks }}>
            {selection !== undefined && <td />}
            {columns.map(({ id: column, header, align }) => (
              <th className={align === 'end' ? classes.end : undefined} key={column} scope="col">
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className={classes.body} style={{ height: heightPx }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const row = data[index];
            if (row === undefined) return null;
            const before = rows[index - 1];
            return (
              <DataRow
                columns={columns}
                id={toRowId(index)}
                isActive={index === active}
                key={row.id}
                row={row}
                rowsAbove={1}
                selected={selection === undefined ? null : selection.keys.has(row.id)}
                selectionLabel={selection?.describe(row.original)}
                startsGroup={before === undefined || (startsGroup?.(row.original, before) ?? false)}
                topPx={start}
                tracks={tracks}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
