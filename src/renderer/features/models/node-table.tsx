import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import type { ModelCost } from '../../../shared/domain/model.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { ReadingCell } from '../../components/reading-cell.tsx';
import { useFormat } from '../../components/use-format.ts';
import { BarCell } from './bar-cell.tsx';
import classes from './model.module.css';
import { nodeColumns, sortNodes, type NodeRow, type NodeSort } from './node-columns.ts';

const rowHeight = 32;

/** Where the work is, node by node; rows outside the view are not drawn. */
export function NodeTable({ cost }: { cost: ModelCost }) {
  // The virtualizer's functions answer differently without their identity changing, which the compiler cannot see.
  'use no memo';
  const format = useFormat();
  const [sort, setSort] = useState<NodeSort>({ column: 'macs', descending: true });
  const scrollRef = useRef<HTMLDivElement>(null);
  const rows = sortNodes(cost, sort);
  const largest = Math.max(...cost.nodes.map(({ macs }) => macs ?? 0), 1) / Math.max(cost.macs, 1);
  // eslint-disable-next-line react-hooks/incompatible-library -- see above
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtualizer.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <section aria-labelledby="nodes" className={classes.nodes}>
      <header className={classes.nodesHead}>
        <h3 id="nodes">Nodes ({format.count(rows.length)})</h3>
        <KindMark kind="computed" />
      </header>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reached by the keyboard */}
      <div aria-labelledby="nodes" className={classes.scroll} ref={scrollRef} role="region" tabIndex={0}>
        <table aria-labelledby="nodes" aria-rowcount={rows.length + 1} className={classes.table}>
          <thead>
            <tr>
              {nodeColumns.map(({ id, label, isNumber }) => (
                <th
                  aria-sort={sort.column === id ? (sort.descending ? 'descending' : 'ascending') : 'none'}
                  className={isNumber ? classes.number : undefined}
                  key={id}
                  scope="col"
                >
                  <button
                    className={classes.sort}
                    onClick={() =>
                      setSort({ column: id, descending: sort.column === id ? !sort.descending : isNumber })
                    }
                    type="button"
                  >
                    {label} <span aria-hidden="true">{sort.column !== id ? '' : sort.descending ? '↓' : '↑'}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {before > 0 && <Spacer height={before} />}
            {items.map(({ index }) => (
              <Node index={index} key={rows[index]!.position} largest={largest} row={rows[index]!} />
            ))}
            {after > 0 && <Spacer height={after} />}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Spacer({ height }: { height: number }) {
  return (
    <tr aria-hidden="true">
      <td className={classes.spacer} colSpan={nodeColumns.length} style={{ height }} />
    </tr>
  );
}

function Node({ row, index, largest }: { row: NodeRow; index: number; largest: number }) {
  const format = useFormat();
  const { node, share } = row;
  return (
    <tr aria-rowindex={index + 2}>
      <th className={classes.node} scope="row" title={node.name}>
        {node.name === '' ? <span className={classes.muted}>unnamed</span> : node.name}
      </th>
      <td>{node.domain === '' || node.domain === 'ai.onnx' ? node.operator : `${node.domain}:${node.operator}`}</td>
      <td className={classes.shape}>{node.outputShape?.join(' × ') ?? 'not known'}</td>
      <td className={classes.number}>
        <ReadingCell missing="not counted" unit="MAC" value={node.macs} />
      </td>
      <BarCell share={share / largest}>
        {node.macs === null ? '' : format.parts(share, 'ratio', share === 0 ? null : shareStep).text}
      </BarCell>
      <td className={classes.number}>{format.count(node.parameters)}</td>
      <td className={classes.number}>
        <ReadingCell unit="B" value={node.weightBytes} />
      </td>
      <td className={classes.number}>
        <ReadingCell missing="not known" unit="B" value={node.activationBytes} />
      </td>
    </tr>
  );
}

/** Shares are shown to a tenth of a percent. */
const shareStep = 0.01;
