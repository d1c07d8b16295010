import type { EnergyMethod } from '../../../shared/domain/energy.ts';
import type { Percentile, SeriesSummary } from '../../../shared/domain/measurement.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';
import { defineReportWriter } from '../report-writer.ts';
import type { RunExportHead } from '../run-export.ts';

type Value = string | number | boolean | null | undefined;
type Column = readonly [name: string, value: (cell: CellRecord, head: RunExportHead) => Value];

/** Percentiles with columns of their own. Fixed, so that files of different runs can be put under one another. */
const PERCENTILES = [50, 90, 95, 97, 99, 99.9];

/** Meters with columns of their own; what is assumed rather than metered has none. */
const METERS = [
  ['cpu_package', 'CPU package'],
  ['memory', 'memory'],
  ['gpu_board', 'GPU board, driver estimate'],
] as const satisfies readonly (readonly [string, EnergyMethod])[];

/** One row per configuration, RFC 4180. Samples are left to the other formats. */
export const csvWriter = defineReportWriter({
  id: 'csv',
  extension: 'csv',
  mediaType: 'text/csv',
  *write({ head }) {
    yield toLine(columns.map(([name]) => name));
    for (const cell of head.cells) yield toLine(columns.map(([, value]) => value(cell, head)));
  },
});

const columns: readonly Column[] = [
  ['run_id', (cell) => cell.runId],
  ['run_state', (_, { run }) => run.state],
  ['run_created_at', (_, { run }) => run.createdAt],
  ['grade', (_, { run }) => run.plan.grade],
  ['grade_overridden', (_, { run }) => run.plan.override !== undefined],
  ['cell_id', (cell) => cell.id],
  ['model', ({ config }) => config.model],
  ['model_sha256', ({ provenance }) => provenance?.model.sha256],
  ['provider', ({ config }) => config.provider],
  ['scenario', ({ config }) => config.scenario],
  ['batch', ({ config }) => config.batch],
  ['threads', ({ config }) => config.threads],
  [
    'dims',
    ({ config }) =>
      Object.entries(config.dims)
        .map(([name, size]) => `${name}=${size}`)
        .join(' '),
  ],
  ['seed', ({ config }) => config.seed],
  ['state', ({ outcome }) => outcome.state],
  ['verdict', ({ outcome }) => (outcome.state === 'completed' ? outcome.validity.verdict : null)],
  [
    'findings',
    ({ outcome }) =>
      outcome.state === 'completed' ? outcome.validity.findings.map(({ code }) => code).join(' ') : null,
  ],
  ['failure_code', ({ outcome }) => (outcome.state === 'failed' ? outcome.failure.code : null)],
  ['failure_message', ({ outcome }) => describeFailure(outcome)],
  ['failed_stage', ({ outcome }) => ('stage' in outcome ? outcome.stage : null)],
  ['queries', (cell) => summaryOf(cell)?.queries],
  ['kept_samples', (cell) => summaryOf(cell)?.kept],
  ['duration_ns', (cell) => summaryOf(cell)?.durationNs],
  ['latency_min_ns', (cell) => summaryOf(cell)?.latencyMinNs],
  ['latency_mean_ns', (cell) => summaryOf(cell)?.latencyMeanNs?.value],
  ['latency_mean_low_ns', (cell) => summaryOf(cell)?.latencyMeanNs?.interval?.low],
  ['latency_mean_high_ns', (cell) => summaryOf(cell)?.latencyMeanNs?.interval?.high],
  ['latency_max_ns', (cell) => summaryOf(cell)?.latencyMaxNs],
  ...PERCENTILES.flatMap(toPercentileColumns),
  ['throughput_samples_per_s', (cell) => summaryOf(cell)?.throughput?.value],
  ['throughput_low_samples_per_s', (cell) => summaryOf(cell)?.throughput?.interval?.low],
  ['throughput_high_samples_per_s', (cell) => summaryOf(cell)?.throughput?.interval?.high],
  ['session_creation_ns', (cell) => measurementOf(cell)?.stages.sessionCreationNs],
  ['first_inference_ns', (cell) => measurementOf(cell)?.stages.firstInferenceNs],
  ['warm_up_runs', (cell) => measurementOf(cell)?.stages.warmUp.runs],
  ['warm_up_ns', (cell) => measurementOf(cell)?.stages.warmUp.durationNs],
  ['warm_up_steady', (cell) => measurementOf(cell)?.stages.warmUp.steady],
  ['null_model_ns', (cell) => measurementOf(cell)?.harness.nullModelNs],
  ['engine_peak_rss_bytes', (cell) => measurementOf(cell)?.disturbance.enginePeakRssBytes],
  ['throttled_share', (cell) => throttlingOf(cell)?.share],
  ['p50_without_throttled_ns', (cell) => throttlingOf(cell)?.medianWithout?.value],
  ...METERS.flatMap(toEnergyColumns),
  ['onnxruntime', ({ provenance }) => provenance?.runtime.onnxruntime],
  ['device', ({ provenance }) => provenance?.runtime.device],
  ['driver', ({ provenance }) => provenance?.runtime.driver],
  ['machine_sha256', ({ provenance }, { run }) => provenance?.machineSha256 ?? run.machineSha256],
  ['machine_fingerprint', (_, { machines }) => machines[0]?.fingerprint],
  ['app_version', ({ provenance }) => provenance?.app.version],
  ['started_at', (cell) => cell.startedAt],
  ['ended_at', (cell) => cell.endedAt],
  ['command', ({ provenance }) => provenance?.command],
];

/** p99 gives p99_ns with its interval, and how many queries an unearned one would have needed. */
function toPercentileColumns(percentile: number): Column[] {
  const prefix = `p${String(percentile).replace('.', '_')}`;
  const find = (cell: CellRecord): Percentile | undefined =>
    summaryOf(cell)?.percentiles.find((one) => one.percentile === percentile);
  const reading = (cell: CellRecord) => {
    const found = find(cell);
    return found?.status === 'earned' ? found.reading : undefined;
  };
  return [
    [`${prefix}_ns`, (cell) => reading(cell)?.value],
    [`${prefix}_low_ns`, (cell) => reading(cell)?.interval?.low],
    [`${prefix}_high_ns`, (cell) => reading(cell)?.interval?.high],
    [
      `${prefix}_needed_queries`,
      (cell) => {
        const found = find(cell);
        return found?.status === 'unearned' ? found.neededN : null;
      },
    ],
  ];
}

/** Why there is no result, in one sentence, where that is one. */
function describeFailure(outcome: CellRecord['outcome']): string | null {
  if (outcome.state === 'failed') return outcome.failure.message;
  return outcome.state === 'skipped' ? outcome.reason : null;
}

/** Joules per executed sample with the idle power and without it, and the mean power. */
function toEnergyColumns([prefix, method]: (typeof METERS)[number]): Column[] {
  const find = (cell: CellRecord) => {
    const metered = measurementOf(cell)?.energy?.meters.find((meter) => meter.method === method)?.metered;
    return metered?.status === 'present' ? metered.value : undefined;
  };
  const idle = (cell: CellRecord) => {
    const found = find(cell)?.idle;
    return found?.status === 'present' ? found.value : undefined;
  };
  return [
    [`${prefix}_j_per_sample`, (cell) => find(cell)?.perSample.value],
    [`${prefix}_without_idle_j_per_sample`, (cell) => idle(cell)?.perSampleWithout.value],
    [`${prefix}_w`, (cell) => find(cell)?.power.value],
  ];
}

function throttlingOf(cell: CellRecord) {
  const throttling = measurementOf(cell)?.throttling;
  return throttling?.status === 'present' ? throttling.value : undefined;
}

function measurementOf({ outcome }: CellRecord) {
  return outcome.state === 'completed' ? outcome.measurement : undefined;
}

function summaryOf(cell: CellRecord): SeriesSummary | undefined {
  return measurementOf(cell)?.summary;
}

function toLine(values: readonly Value[]): string {
  return `${values.map(toField).join(',')}\r\n`;
}

/**
 * Text that a spreadsheet would take for a formula gets an apostrophe in front, the convention by which spreadsheets
 * themselves mark text (OWASP, "CSV injection"). Numbers are written as they are, negative ones included.
 */
function toField(value: Value): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
