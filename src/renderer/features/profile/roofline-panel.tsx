import { rooflineChart } from '../../../shared/charts/roofline-chart.ts';
import { disturbedPeaksWords, isShareMeaningless } from '../../../shared/disturbed-peaks.ts';
import type { ProfileRecord } from '../../../shared/domain/profile.ts';
import type { Reading } from '../../../shared/domain/provenance.ts';
import type { MachinePeaks, PeakPrecision, Roofline } from '../../../shared/domain/roofline.ts';
import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import { shortName } from '../../components/describe-config.ts';
import { Facts, ObservedValue } from '../../components/facts.tsx';
import { KindMark } from '../../components/kind-mark.tsx';
import { Panel } from '../../components/page.tsx';
import { MissingReading, Readings, ReadingView } from '../../components/reading-view.tsx';
import { Empty } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { ClassTable } from './class-table.tsx';
import classes from './profile.module.css';

const precisionNames: Readonly<Record<PeakPrecision, string>> = { float32: 'FP32', float16: 'FP16', int8: 'INT8' };

/** How near the model comes to what this machine was seen to do. */
export function RooflinePanel({ record }: { record: ProfileRecord }) {
  const { roofline, plan, id } = record;
  if (roofline.status === 'absent') {
    return (
      <Panel title="Roofline">
        <Empty>
          <ObservedValue observed={roofline}>{() => null}</ObservedValue>
        </Empty>
      </Panel>
    );
  }
  const { value } = roofline;
  const model = shortName(plan.model);
  return (
    <Panel title="Roofline">
      <Answer roofline={value} />
      <div className={classes.roofline}>
        <ChartFigure
          draw={(style) => rooflineChart(value, model, style)}
          fileName={`${model}-${id}-roofline`}
          heightPx={340}
        />
        <Work roofline={value} />
      </div>
      {value.classes.length > 0 && <ClassTable roofline={value} />}
    </Panel>
  );
}

function Answer({ roofline: { precision, peakShare, achieved, attainable, peaks } }: { roofline: Roofline }) {
  const name = precisionNames[precision];
  const { measuredAt } = peaks;
  const peak = peaks.products[precision];
  return (
    <Readings>
      {peakShare.status === 'present' ? (
        <Share label={`Of the ${name} peak`} peaks={peaks} share={peakShare.value} />
      ) : (
        <MissingReading label={`Of the ${name} peak`} reason={peakShare.reason} remedy={peakShare.remedy} />
      )}
      <ReadingView label="Achieved, host to host" reading={achieved} />
      {peak.status === 'present' && (
        <ReadingView at={measuredAt} label={`${name} peak of this machine`} reading={peak.value} />
      )}
      {attainable.status === 'present' ? (
        <Share
          label={`Of what is attainable: ${attainable.value.limit === 'memory' ? 'memory' : 'computing'} limits`}
          peaks={peaks}
          share={attainable.value.achievedShare}
        />
      ) : (
        <MissingReading label="Attainable" reason={attainable.reason} remedy={attainable.remedy} />
      )}
    </Readings>
  );
}

/** A share of a peak; one that cannot be true stands in small print, with the reason. */
function Share({ label, share, peaks }: { label: string; share: Reading; peaks: MachinePeaks }) {
  const format = useFormat();
  if (!isShareMeaningless(share, peaks)) return <ReadingView label={label} reading={share} />;
  return (
    <MissingReading
      label={label}
      reason={`The quotient is ${format.reading(share).text}, but ${disturbedPeaksWords}.`}
      remedy="Close other programs and profile again."
    />
  );
}

function Work({ roofline }: { roofline: Roofline }) {
  const format = useFormat();
  const { flops, traffic, flopsPerByte, peaks, uncounted } = roofline;
  const computed = (value: number, unit: 'FLOP' | 'B') => (
    <span data-number>
      {format.quantity(value, unit)} <KindMark compact kind="computed" />
    </span>
  );
  const intensity = new Intl.NumberFormat(format.locale, { maximumSignificantDigits: 3 }).format(flopsPerByte);
  const left = Object.entries(uncounted);
  return (
    <Facts
      facts={[
        { name: 'Operations of a query', value: computed(flops, 'FLOP') },
        { name: 'Bytes at the least', value: computed(traffic.compulsoryBytes, 'B') },
        { name: 'of them weights', value: computed(traffic.weightBytes, 'B') },
        { name: 'Between nodes', value: computed(traffic.activationBytes, 'B') },
        {
          name: 'Operations per byte',
          value: (
            <span data-number>
              {intensity} <KindMark compact kind="computed" />
            </span>
          ),
        },
        {
          name: 'Not counted',
          value:
            left.length === 0
              ? 'nothing: every operator has an agreed count'
              : left.map(([operator, count]) => `${operator} ${format.count(count)}`).join(', '),
        },
        {
          name: 'Others while peaks ran',
          value:
            peaks.otherLoad === null ? (
              'not available: this system does not tell'
            ) : (
              <span data-number>
                {format.quantity(peaks.otherLoad, 'ratio')} <KindMark compact kind="measured" />
              </span>
            ),
        },
      ]}
    />
  );
}
