import { coldStarts } from '../../../shared/charts/cold-starts.ts';
import type { ColdStart } from '../../../shared/domain/cold-start.ts';
import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import { describeVariant, shortName } from '../../components/describe-config.ts';
import { Facts } from '../../components/facts.tsx';
import { Count, QuantityOf } from './quantity.tsx';
import classes from './results.module.css';
import type { MeasuredCell } from './siblings.ts';

interface ColdStartTabProps {
  cell: MeasuredCell;
  coldStart: ColdStart;
  /** Every cold start of the run, itself included. */
  others: readonly MeasuredCell[];
}

/** Where the time until the first answer of a fresh process goes. */
export function ColdStartTab({ cell, coldStart, others }: ColdStartTabProps) {
  const isOneModel = new Set(others.map(({ config }) => config.model)).size === 1;
  const bars = others.flatMap(({ config, measurement, verdict }) => {
    const found = measurement.coldStart;
    if (found === undefined) return [];
    const variant = describeVariant({ ...config, scenario: 'single-stream' });
    return [
      {
        label: isOneModel ? variant : `${shortName(config.model)} · ${variant}`,
        processStartNs: found.processStart.value,
        sessionCreationNs: found.sessionCreation.value,
        firstInferenceNs: found.firstInference.value,
        handOverNs: found.handOver.value,
        verdict,
      },
    ];
  });
  const heightPx = 120 + 36 * Math.max(bars.length, 1);
  return (
    <>
      <div className={classes.chart}>
        <ChartFigure
          draw={(style) => coldStarts(bars, style)}
          fileName={`${cell.id}-cold-starts`}
          heightPx={heightPx}
        />
      </div>
      <Facts
        facts={[
          { name: 'Starts', value: <Count of="fresh processes" value={coldStart.starts} /> },
          { name: 'Process start', value: <QuantityOf reading={coldStart.processStart} /> },
          { name: 'Session creation', value: <QuantityOf reading={coldStart.sessionCreation} /> },
          { name: 'First inference', value: <QuantityOf reading={coldStart.firstInference} /> },
          { name: 'Hand-over', value: <QuantityOf reading={coldStart.handOver} /> },
          {
            name: 'Files',
            value:
              'read shortly before, so that they came from memory: a start after a reboot takes longer by reading them',
          },
        ]}
      />
    </>
  );
}
