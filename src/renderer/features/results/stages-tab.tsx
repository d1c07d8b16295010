import { stageTimes } from '../../../shared/charts/stages.ts';
import type { Measurement } from '../../../shared/domain/measurement.ts';
import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import { Facts } from '../../components/facts.tsx';
import { Panel } from '../../components/page.tsx';
import { useFormat } from '../../components/use-format.ts';
import { Count, Quantity } from './quantity.tsx';
import classes from './results.module.css';

/** What was timed apart from the queries, and what the harness itself costs. */
export function StagesTab({ cellId, measurement }: { cellId: string; measurement: Measurement }) {
  const format = useFormat();
  const { stages, harness, processes, summary } = measurement;
  const { warmUp } = stages;
  const measured = { queries: summary.queries, durationNs: summary.durationNs };
  return (
    <>
      <div className={classes.chart}>
        <ChartFigure
          draw={(style) => stageTimes({ ...stages, measured }, style)}
          fileName={`${cellId}-stages`}
          heightPx={220}
        />
      </div>
      <Panel title="Stages">
        <Facts
          facts={[
            { name: 'Session creation', value: <Quantity unit="ns" value={stages.sessionCreationNs} /> },
            { name: 'First inference', value: <Quantity unit="ns" value={stages.firstInferenceNs} /> },
            {
              name: 'Warm-up',
              value: (
                <>
                  <Quantity unit="ns" value={warmUp.durationNs} />, <Count of="queries" value={warmUp.runs} />,{' '}
                  {warmUp.steady ? 'steady at its end' : 'never steady'}
                </>
              ),
            },
            {
              name: 'Measured',
              value: (
                <>
                  <Quantity unit="ns" value={measured.durationNs} />, <Count of="queries" value={measured.queries} />,{' '}
                  {summary.keptEvery === 1
                    ? 'all stamps kept'
                    : `stamps of every ${format.count(summary.keptEvery)}th query kept`}
                  {processes.length > 1 &&
                    `, in ${processes.length} fresh processes; the stages before are of the first`}
                </>
              ),
            },
          ]}
        />
      </Panel>
      <Panel title="What the harness costs">
        <Facts
          facts={[
            { name: 'Step of the clock', value: <Quantity unit="ns" value={harness.clockResolutionNs} /> },
            { name: 'Reading the clock', value: <Quantity unit="ns" value={harness.clockCallNs} /> },
            {
              name: 'Null model',
              value: (
                <>
                  <Quantity unit="ns" value={harness.nullModelNs} /> for a call that computes nothing
                </>
              ),
            },
            {
              name: 'Copy of outputs',
              value: (
                <>
                  <Quantity unit="ns" value={harness.outputCopyNsPerMiB} /> per MiB, about{' '}
                  <Quantity kind="computed" unit="ns" value={harness.bindingCopyNs} /> per query of this model
                </>
              ),
            },
          ]}
        />
      </Panel>
    </>
  );
}
