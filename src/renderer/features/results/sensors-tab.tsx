import { useQuery } from '@tanstack/react-query';
import { sensorsHeightPx, sensorsOverTime } from '../../../shared/charts/sensors-over-time.ts';
import type { CellId } from '../../../shared/domain/ids.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';
import type { FoundSensorInfo, SensorSeries } from '../../../shared/domain/telemetry.ts';
import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import { Panel } from '../../components/page.tsx';
import { SensorTable } from '../../components/sensor-table.tsx';
import { Empty, FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api, type client } from '../../transport/connection.ts';
import { EnergyPanel } from './energy-panel.tsx';
import { ProcessSwitch, shownProcess, type ShownProcess } from './process-switch.tsx';
import classes from './results.module.css';
import { describeCauses } from './throttle-causes.ts';
import { ThrottlingPanel } from './throttling-panel.tsx';
import { toDrawnSensors } from './drawn-sensors.ts';

type WatchedProcess = Awaited<ReturnType<typeof client.results.sensors>>['processes'][number];

/** What the machine did while it was measured: sensors on the time axis of the samples, throttling, energy. */
export function SensorsTab({ cell, ...shown }: ShownProcess & { cell: CellRecord }) {
  const process = shownProcess(shown);
  const { throttling, energy } = shown.measurement;
  return (
    <>
      <ThrottlingPanel throttling={throttling} />
      <Panel title="Sensors over time">
        <ProcessSwitch {...shown} process={process} />
        <Sensors cellId={cell.id} hasSamples={shown.series.length > 0} process={process} />
      </Panel>
      <EnergyPanel energy={energy} />
    </>
  );
}

function Sensors({ cellId, process, hasSamples }: { cellId: CellId; process: number; hasSamples: boolean }) {
  const sensors = useQuery(api.results.sensors.queryOptions({ input: { cellId } }));
  const chart = useQuery({
    ...api.results.chart.queryOptions({ input: { cellId, process } }),
    enabled: hasSamples,
  });
  const error = sensors.error ?? chart.error;
  if (error !== null) {
    const retry = (): void => {
      void sensors.refetch();
      void chart.refetch();
    };
    return <FailureNote error={error} onRetry={retry} />;
  }
  if (sensors.data === undefined || (hasSamples && chart.data === undefined)) {
    return <Loading what="Reading the sensors." />;
  }
  const watched = sensors.data.processes.find((one) => one.process === process);
  if (watched === undefined) {
    return (
      <Empty>
        No sensor was stored with this result: it was measured by an older version, or nothing could be read.
      </Empty>
    );
  }
  return <Watched cellId={cellId} latency={chart.data?.overTime ?? null} watched={watched} />;
}

interface WatchedProps {
  cellId: CellId;
  watched: WatchedProcess;
  latency: Parameters<typeof sensorsOverTime>[0]['latency'];
}

function Watched({ cellId, watched, latency }: WatchedProps) {
  const format = useFormat();
  const drawn = toDrawnSensors(watched.sensors);
  const spans = watched.throttled.map(({ fromNs, toNs, causes }) => ({
    fromNs,
    toNs,
    label: `throttled: ${describeCauses(causes)}`,
  }));
  return (
    <>
      {drawn.length > 0 && (
        <ChartFigure
          draw={(style) => sensorsOverTime({ latency, sensors: drawn, spans }, style)}
          fileName={`${cellId}-process-${watched.process + 1}-sensors`}
          heightPx={sensorsHeightPx(drawn.length)}
        />
      )}
      <div className={classes.below}>
        <SensorTable sensors={watched.sensors.map(withoutReadings)} />
      </div>
      <div className={classes.below}>
        <p className={classes.remark}>
          {format.count(watched.n)} readings of this engine process, taken outside of the engine. Energy is drawn as the
          power between two readings.
        </p>
      </div>
    </>
  );
}

/** A stored sensor as the same table shows it that shows those of the machine. */
function withoutReadings({ readings, ...description }: SensorSeries): FoundSensorInfo {
  if (readings.status === 'absent') return { ...description, origin: readings };
  const { source, reference } = readings.value;
  return {
    ...description,
    origin: { status: 'present', value: { source, ...(reference === undefined ? {} : { reference }) } },
  };
}
