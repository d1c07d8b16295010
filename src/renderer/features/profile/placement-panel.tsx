import { Table } from '@mantine/core';
import type { Placement } from '../../../shared/domain/placement.ts';
import type { ProfileRecord } from '../../../shared/domain/profile.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { Panel } from '../../components/page.tsx';
import { PlainTable } from '../../components/plain-table.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './profile.module.css';
import { ShareCell } from './share-cell.tsx';

const labelWords: Readonly<Record<Placement['label'], string>> = {
  device: 'device',
  mixed: 'mixed',
  cpu: 'cpu',
};

/** Where the work ran, as the profiler recorded it. */
export function PlacementPanel({ record: { placement, label, plan } }: { record: ProfileRecord }) {
  const format = useFormat();
  const { deviceShare, providers, memcpyNodes, onCpu, clock } = placement;
  const largest = Math.max(...providers.map(({ share }) => share), 0);
  return (
    <Panel title="Placement">
      <p className={classes.answer}>
        <strong>{labelWords[placement.label]}</strong>: {format.quantity(deviceShare, 'ratio')} of the time on{' '}
        {plan.provider === 'cpu' ? 'the processor, which is the device here' : `the device of ${plan.provider}`}, so the
        result is called <strong>{label}</strong>. <KindMark kind="measured" />
      </p>
      <PlainTable label="Nodes and time by provider" leastWidthPx={480}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Provider</Table.Th>
            <Table.Th data-number scope="col">
              Nodes
            </Table.Th>
            <Table.Th data-number scope="col" w={260}>
              Share of the time
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {providers.map(({ provider, nodes, share }) => (
            <Table.Tr key={provider}>
              <Table.Th scope="row">{provider}</Table.Th>
              <Table.Td data-number>{format.count(nodes)}</Table.Td>
              <ShareCell largest={largest} share={share} />
            </Table.Tr>
          ))}
        </Table.Tbody>
      </PlainTable>
      <p className={classes.note}>
        {describeCopies(memcpyNodes)} {clockSentences[clock]}
        {onCpu.length > 0 &&
          plan.provider !== 'cpu' &&
          ` On the CPU ran ${onCpu.map((one) => `${one.operator} (${format.count(one.nodes)}, ${format.quantity(one.share, 'ratio')})`).join(', ')}: the ones to replace.`}
      </p>
    </Panel>
  );
}

function describeCopies(nodes: number): string {
  if (nodes === 0) return 'No Memcpy node: the graph never changes between CPU and device.';
  return `${nodes} Memcpy ${nodes === 1 ? 'node' : 'nodes'}: so often the graph changes between CPU and device.`;
}

const clockSentences: Readonly<Record<Placement['clock'], string>> = {
  device: 'Times are those of the device.',
  run: 'The share is the time of a run less that of nodes on another provider.',
};
