import { callSizes } from '../../../shared/charts/call-sizes.ts';
import type { ServerLoad } from '../../../shared/domain/server-load.ts';
import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import { Facts, type Fact } from '../../components/facts.tsx';
import { useFormat, type Format } from '../../components/use-format.ts';
import { Count, Quantity } from './quantity.tsx';
import classes from './results.module.css';
import type { MeasuredCell } from './siblings.ts';
import { TimeTable } from './time-table.tsx';

/** What callers of a server waited for, what it put together, and whether the load was what was asked for. */
export function ServerTab({
  cell: { id, config, measurement, verdict },
  load,
}: {
  cell: MeasuredCell;
  load: ServerLoad;
}) {
  const format = useFormat();
  const isBatching = (config.load?.maxBatch ?? 1) > 1;
  return (
    <>
      <TimeTable
        caption="What callers waited for"
        hollow={verdict === 'INVALID'}
        rows={[
          {
            name: 'Latency',
            meaning: 'from the scheduled arrival to the answer',
            percentiles: measurement.summary.percentiles,
          },
          { name: 'Queue delay', meaning: 'from the scheduled arrival to the call', percentiles: load.queueDelay },
          { name: 'Service time', meaning: 'the call of the model', percentiles: load.service },
        ]}
      />
      <div className={classes.beside}>
        <Facts facts={describeLoad(load, format)} />
        {isBatching && (
          <ChartFigure draw={(style) => callSizes(load.batches, style)} fileName={`${id}-calls`} heightPx={260} />
        )}
      </div>
    </>
  );
}

function describeLoad(load: ServerLoad, format: Format): Fact[] {
  const { lateness, backlog, serviceLevel } = load;
  return [
    {
      name: 'Offered rate',
      value: (
        <>
          {format.quantity(load.offeredPerS, 'queries/s')} as asked for,{' '}
          <Quantity kind="computed" unit="queries/s" value={load.scheduledPerS} /> as drawn
        </>
      ),
    },
    { name: 'Achieved rate', value: <Quantity unit="queries/s" value={load.achievedPerS} /> },
    {
      name: 'Keeps up',
      value: load.sustained ? (
        'yes: no queue that grows'
      ) : (
        <>
          no: the queue grew by <Quantity unit="queries/s" value={backlog.growthPerS} />, so the latency says how long
          the run was
        </>
      ),
    },
    {
      name: 'Backlog',
      value: (
        <>
          at most <Count of="queries" value={backlog.most} />; {format.count(backlog.atHalf)} at half time,{' '}
          {format.count(backlog.atEnd)} at the end
          {load.unansweredQueries > 0 && `, ${format.count(load.unansweredQueries)} never answered`}
        </>
      ),
    },
    { name: 'Model at work', value: <Quantity unit="ratio" value={load.utilisation} /> },
    {
      name: 'Generator lateness',
      value: (
        <>
          p99 <Quantity unit="ns" value={lateness.p99Ns} />, at most <Quantity unit="ns" value={lateness.maxNs} />;{' '}
          <Quantity unit="ratio" value={lateness.lateShare} /> of the calls later than{' '}
          {format.quantity(lateness.limitNs, 'ns')}
        </>
      ),
    },
    ...(load.joinShare > 0
      ? [
          {
            name: 'Joining inputs',
            value: (
              <>
                <Quantity unit="ratio" value={load.joinShare} /> of the service time
              </>
            ),
          },
        ]
      : []),
    ...(serviceLevel === null
      ? []
      : [
          {
            name: 'Service level',
            value: (
              <>
                p{serviceLevel.percentile} within {format.quantity(serviceLevel.latencyMs * 1e6, 'ns')}:{' '}
                <strong>{describeLevel(serviceLevel)}</strong>, <Count of="queries" value={serviceLevel.missed} /> of{' '}
                {format.count(serviceLevel.queries)} took longer
              </>
            ),
          },
        ]),
  ];
}

function describeLevel({ kept, proved }: NonNullable<ServerLoad['serviceLevel']>): string {
  if (!kept) return 'missed';
  return proved ? 'kept, with 99 % confidence' : 'kept, but by too few queries to prove it';
}
