import type { ProfileNode } from '../../../shared/domain/profile.ts';
import { ReadingCell } from '../../components/reading-cell.tsx';
import classes from './profile.module.css';
import { ShareCell } from './share-cell.tsx';

const clockWords: Readonly<Record<ProfileNode['clock'], string>> = {
  host: 'clock of the host',
  device: 'clock of the device',
  enqueue: 'handed over; the device works on after it',
};

/** Rows of the nodes behind an operator, most time first, with the node of the model that each was made of. */
export function NodeRows({ nodes }: { nodes: readonly ProfileNode[] }) {
  const sorted = nodes.toSorted((one, other) => other.timeNs - one.timeNs);
  const largest = sorted[0]?.share ?? 1;
  return sorted.map((node) => (
    <tr className={classes.nodeRow} key={node.name}>
      <th scope="row" title={node.name}>
        {node.source?.node ?? node.name}
      </th>
      <td className={classes.muted} colSpan={2}>
        {describeSource(node)}
      </td>
      <td className={classes.muted}>{clockWords[node.clock]}</td>
      <ShareCell largest={largest} share={node.share} />
      <td className={classes.number}>
        <ReadingCell unit="ns" value={node.timeNs} />
      </td>
      <td className={classes.number}>{node.calls === 1 ? '' : `${node.calls} calls`}</td>
    </tr>
  ));
}

function describeSource({ source, name, operator }: ProfileNode): string {
  if (source === null) return 'added by the runtime';
  if (source.operator !== operator.split(':').at(-1)) return `made of ${source.operator}, runs as ${name}`;
  return source.node === name ? 'a node of the model' : `runs as ${name}`;
}
