import type { Energy, MeteredEnergy } from '../../../shared/domain/energy.ts';
import { Facts, ObservedValue, type Fact } from '../../components/facts.tsx';
import { Panel } from '../../components/page.tsx';
import { MissingReading, Readings, ReadingView } from '../../components/reading-view.tsx';
import { useFormat } from '../../components/use-format.ts';
import { QuantityOf } from './quantity.tsx';
import classes from './results.module.css';

/** Energy per prediction by every meter, never added up; an estimate from a given power stands apart. */
export function EnergyPanel({ energy }: { energy: Energy | undefined }) {
  if (energy === undefined) {
    return (
      <Panel title="Energy per prediction">
        <p className={classes.muted}>Not metered: this result was measured by an older version.</p>
      </Panel>
    );
  }
  const { meters, ceiling } = energy;
  return (
    <Panel title="Energy per prediction">
      {meters.map(({ method, metered }) => (
        <section aria-label={method} className={classes.meter} key={method}>
          {metered.status === 'present' ? (
            <Metered energy={metered.value} method={method} />
          ) : (
            <Readings>
              <MissingReading label={method} reason={asSentence(metered.reason)} remedy={metered.remedy} />
            </Readings>
          )}
        </section>
      ))}
      {meters.length > 1 && (
        <p className={classes.remark}>Meters see different parts of the machine and are not added up.</p>
      )}
      {ceiling !== undefined && (
        <section aria-label="Estimate, ceiling" className={classes.estimate}>
          <p className={classes.remark}>
            Estimate, ceiling: the power that the plan gives, for the whole time. It is no measurement and belongs into
            no total.
          </p>
          <Readings>
            <ReadingView hollow label="Energy per prediction, at most" reading={ceiling.perSample} />
            <ReadingView hollow label="Power, as given" reading={ceiling.power} />
          </Readings>
        </section>
      )}
    </Panel>
  );
}

function Metered({ method, energy }: { method: string; energy: MeteredEnergy }) {
  const format = useFormat();
  const { perSample, power, errorBand, idle, coveredS, source, remarks } = energy;
  const facts: Fact[] = [
    {
      name: 'Error band',
      value:
        errorBand === null
          ? 'not known: nothing that holds for this machine is published'
          : `± ${format.quantity(errorBand.share, 'ratio')}: ${errorBand.source}`,
    },
    {
      name: 'Without idle power',
      value: (
        <ObservedValue observed={idle}>
          {({ power: quiet, perSampleWithout }) => (
            <>
              <QuantityOf reading={perSampleWithout} /> per prediction; idle <QuantityOf reading={quiet} />
            </>
          )}
        </ObservedValue>
      ),
    },
    { name: 'Meter', value: `${source}, over ${format.duration(coveredS)} of load` },
    ...(remarks.length === 0 ? [] : [{ name: 'To be known', value: remarks.join(' ') }]),
  ];
  return (
    <>
      <Readings>
        <ReadingView label={`${method}, per prediction`} reading={perSample} />
        <ReadingView label="Mean power under load" reading={power} />
      </Readings>
      <Facts facts={facts} />
    </>
  );
}

function asSentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}
