import { halveTelemetry, toSensorSeries, type Telemetry } from '../../shared/domain/telemetry.ts';
import { findThrottledSpans } from '../measure/throttling/throttled-spans.ts';
import { publishedForCell } from '../catalogue/published-for-cell.ts';
import { toChartSeries } from '../report/chart-series.ts';
import { api } from './implement.ts';

export const results = {
  list: api.results.list.handler(({ context: { core }, input }) => {
    const found = core.storage.cells.summaries({ ...input, limit: input.limit + 1 });
    const items = found.slice(0, input.limit);
    const last = items.at(-1);
    const more = found.length > input.limit && last !== undefined;
    return { items, nextCursor: more ? { runId: last.runId, index: last.index } : null };
  }),
  get: api.results.get.handler(({ context: { core }, input: { cellId } }) => ({
    cell: core.storage.cells.get(cellId),
    series: core.storage.series.sizes(cellId),
  })),
  published: api.results.published.handler(({ context: { core }, input: { cellId } }) =>
    publishedForCell(cellId, core.storage),
  ),
  chart: api.results.chart.handler(({ context: { core }, input: { cellId, process, points } }) =>
    toChartSeries(core.storage.series.get(cellId, process), points),
  ),
  sensors: api.results.sensors.handler(({ context: { core }, input: { cellId, points } }) => {
    // A configuration that does not exist is not one without readings.
    core.storage.cells.get(cellId);
    const processes = [...core.storage.telemetry.read(cellId)].map(({ process, telemetry }) => ({
      process,
      n: telemetry.elapsedNs.length,
      sensors: toSensorSeries(thinTo(telemetry, points)),
      throttled: findThrottledSpans(telemetry, telemetry.elapsedNs.at(-1) ?? 0),
    }));
    return { processes };
  }),
  samples: api.results.samples.handler(({ context: { core }, input: { cellId, process, offset, limit } }) => {
    const { scheduledNs, issuedNs, completedNs } = core.storage.series.get(cellId, process);
    // Lists of numbers: not every transport carries typed arrays.
    const page = (stamps: Float64Array): number[] => Array.from(stamps.subarray(offset, offset + limit));
    return {
      n: issuedNs.length,
      scheduledNs: scheduledNs === null ? null : page(scheduledNs),
      issuedNs: page(issuedNs),
      completedNs: page(completedNs),
    };
  }),
};

function thinTo(telemetry: Telemetry, points: number): Telemetry {
  let thinned = telemetry;
  while (thinned.elapsedNs.length > points) thinned = halveTelemetry(thinned);
  return thinned;
}
