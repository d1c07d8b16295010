import { toEstimate } from '../../../shared/charts/estimate.ts';
import { instanceScaling } from '../../../shared/charts/instance-scaling.ts';
import type { InstanceScaling } from '../../../shared/domain/instance-scaling.ts';
import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import { Facts, ObservedValue, type Fact } from '../../components/facts.tsx';
import { KindMark } from '../../components/kind-mark.tsx';
import { missingNumber } from '../../components/missing-number.ts';
import { ReadingCell } from '../../components/reading-cell.tsx';
import { Quantity, QuantityOf } from './quantity.tsx';
import classes from './results.module.css';
import type { MeasuredCell } from './siblings.ts';

interface InstancesTabProps {
  cell: MeasuredCell;
  scaling: InstanceScaling;
  /** The same with other numbers of instances, itself included. */
  sweep: readonly MeasuredCell[];
}

/** What several engine processes reach together, and whether each gets its share. */
export function InstancesTab({ cell, scaling, sweep }: InstancesTabProps) {
  const points = sweep.map(({ config, measurement, verdict }) => ({
    instances: config.instances ?? 1,
    throughput: toEstimate(measurement.instances?.throughput ?? measurement.summary.throughput),
    verdict,
  }));
  return (
    <>
      {points.length > 1 && (
        <div className={classes.chart}>
          <ChartFigure
            draw={(style) => instanceScaling(points, style)}
            fileName={`${cell.id}-instances`}
            heightPx={340}
          />
        </div>
      )}
      <Facts facts={describeScaling(scaling)} />
      <InstanceTable hollow={cell.verdict === 'INVALID'} scaling={scaling} />
    </>
  );
}

function describeScaling({ single, fairness, pinned, oversubscribed, commonNs }: InstanceScaling): Fact[] {
  return [
    {
      name: 'Against one alone',
      value:
        single === null ? (
          'not known: the plan has no single instance'
        ) : (
          <>
            <QuantityOf reading={single.gain} /> of <QuantityOf reading={single.throughput} />
          </>
        ),
    },
    {
      name: 'Efficiency',
      value:
        single === null ? (
          'not known: the plan has no single instance'
        ) : single.efficiency === null ? (
          'not computed: one alone has another number of threads'
        ) : (
          <QuantityOf reading={single.efficiency} />
        ),
    },
    {
      name: 'Fairness',
      value:
        fairness === null ? (
          'not known: an instance has no throughput'
        ) : (
          <>
            the slowest has <Quantity kind="computed" unit="ratio" value={fairness.minOverMax} /> of the fastest, Jain's
            index {toIndex(fairness.jain)} <KindMark compact kind="computed" />
          </>
        ),
    },
    {
      name: 'At work together',
      value: <Quantity unit="ns" value={commonNs} />,
    },
    {
      name: 'Processors',
      value: (
        <>
          <ObservedValue observed={pinned}>{() => 'each process is confined to its own'}</ObservedValue>
          {oversubscribed && '; more threads than processors, as asked for'}
        </>
      ),
    },
  ];
}

/** Between 0 and 1, without a unit. */
function toIndex(value: number): string {
  return value.toFixed(3);
}

function InstanceTable({ scaling: { each, processors }, hollow }: { scaling: InstanceScaling; hollow: boolean }) {
  return (
    <table className={classes.table}>
      <caption>Instance by instance</caption>
      <thead>
        <tr>
          <th scope="col">Instance</th>
          <th className={classes.number} scope="col">
            Throughput <KindMark compact kind="measured" />
          </th>
          <th scope="col">Logical processors</th>
        </tr>
      </thead>
      <tbody>
        {each.map((reading, index) => (
          // Instances are known by their place only.
          // eslint-disable-next-line @eslint-react/no-array-index-key
          <tr key={index}>
            <th scope="row">{index + 1}</th>
            <td className={classes.number}>
              <ReadingCell
                high={reading?.interval?.high ?? null}
                hollow={hollow}
                low={reading?.interval?.low ?? null}
                missing={missingNumber.unearned}
                unit="samples/s"
                value={reading?.value ?? null}
              />
            </td>
            <td>{processors[index]?.join(', ') ?? 'not known'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
