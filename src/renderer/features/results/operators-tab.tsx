import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Placement } from '../../../shared/domain/placement.ts';
import type { Observed } from '../../../shared/domain/provenance.ts';
import type { Measurement } from '../../../shared/domain/measurement.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';
import { labelProvider } from '../../../shared/placement-label.ts';
import { ButtonLink } from '../../components/button-link.tsx';
import { Facts, ObservedValue, type Fact } from '../../components/facts.tsx';
import { Panel } from '../../components/page.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import { Count, Quantity } from './quantity.tsx';
import classes from './results.module.css';

/** Where the work of a result ran, and its operators: in profiles, which are made apart from what was timed. */
export function OperatorsTab({ cell, measurement }: { cell: CellRecord; measurement: Measurement }) {
  return (
    <>
      <PlacementPanel placement={measurement.placement} provider={cell.config.provider} />
      <ProfilesOfResult cell={cell} />
    </>
  );
}

interface PlacementPanelProps {
  placement: Observed<Placement> | undefined;
  provider: CellRecord['config']['provider'];
}

function PlacementPanel({ placement, provider }: PlacementPanelProps) {
  return (
    <Panel title="Placement">
      {placement === undefined ? (
        <p className={classes.muted}>
          {provider === 'cpu'
            ? 'On the CPU the processor is the device: there is nothing else on which the work could have run.'
            : 'Not looked at: this result was measured by an older version. A profile of it tells.'}
        </p>
      ) : (
        <ObservedValue observed={placement}>
          {(value) => <Placed label={labelProvider(provider, placement)} placement={value} />}
        </ObservedValue>
      )}
    </Panel>
  );
}

function Placed({ placement, label }: { placement: Placement; label: string }) {
  const format = useFormat();
  const { deviceShare, providers, memcpyNodes, onCpu, runs, overheadRatio } = placement;
  const facts: Fact[] = [
    { name: 'Called', value: <strong>{label}</strong> },
    { name: 'Time on the device', value: <Quantity unit="ratio" value={deviceShare} /> },
    ...providers.map(({ provider, nodes, share }): Fact => ({
      name: provider,
      value: (
        <>
          <Count of={nodes === 1 ? 'node' : 'nodes'} value={nodes} />, <Quantity unit="ratio" value={share} /> of the
          time
        </>
      ),
    })),
    { name: 'Memcpy nodes', value: <Count value={memcpyNodes} /> },
    {
      name: 'On the CPU',
      value:
        onCpu.length === 0
          ? 'no operator'
          : onCpu
              .map((one) => `${one.operator} (${format.count(one.nodes)}, ${format.quantity(one.share, 'ratio')})`)
              .join(', '),
    },
    {
      name: 'How it was found',
      value: `${format.count(runs)} runs with the profiler after the measured part, in an engine of their own${
        overheadRatio === null ? '' : `; they took ${format.quantity(overheadRatio, '1')} the measured median`
      }`,
    },
  ];
  return <Facts facts={facts} />;
}

function ProfilesOfResult({ cell: { id } }: { cell: CellRecord }) {
  const format = useFormat();
  const { data, error, refetch } = useQuery(api.profiles.list.queryOptions({ input: { cellId: id } }));
  return (
    <Panel
      actions={
        <ButtonLink search={{ result: id }} size="compact-sm" to="/measure/profile" variant="default">
          Profile this result
        </ButtonLink>
      }
      title="Profiles of this result"
    >
      {error !== null && <FailureNote error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading what="Looking for profiles." />}
      {data?.items.length === 0 && (
        <p className={classes.muted}>
          None yet. A profile runs the same inputs again, with the profiler, and shows time by operator.
        </p>
      )}
      {data !== undefined && data.items.length > 0 && (
        <ul className={classes.profiles}>
          {data.items.map(({ id: profileId, createdAt, label, overhead }) => (
            <li key={profileId}>
              <Link params={{ profileId }} to="/measure/profile/$profileId">
                {format.time(createdAt)}
              </Link>{' '}
              <span className={classes.muted}>
                ran on {label}, {format.quantity(overhead, '1')} as long with the profiler
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
