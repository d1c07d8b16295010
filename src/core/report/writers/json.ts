import { toSensorSeries } from '../../../shared/domain/telemetry.ts';
import { defineReportWriter } from '../report-writer.ts';
import type { RunExport } from '../run-export.ts';

/** Numbers that go into one piece of text. */
const BATCH = 8_192;

/** The whole run as one document; its schema is docs/schemas/run-export.v1.schema.json. */
export const jsonWriter = defineReportWriter({
  id: 'json',
  extension: 'json',
  mediaType: 'application/json',
  *write(source) {
    const { cells, ...head } = source.head;
    // The opening of an object without its end: the cells follow one by one.
    yield `${JSON.stringify(head).slice(0, -1)},"cells":[`;
    for (const [position, cell] of cells.entries()) {
      yield `${position === 0 ? '' : ','}\n${JSON.stringify(cell).slice(0, -1)},"series":[`;
      yield* writeSeries(source, cell);
      yield '],"telemetry":[';
      yield* writeTelemetry(source, cell);
      yield ']}';
    }
    yield ']}\n';
  },
});

function* writeSeries(source: RunExport, cell: RunExport['head']['cells'][number]): Generator<string> {
  let separator = '';
  for (const { process, samples } of source.series(cell)) {
    yield `${separator}{"process":${process},"scheduledNs":`;
    if (samples.scheduledNs === null) yield 'null';
    else yield* writeStamps(samples.scheduledNs);
    yield ',"issuedNs":';
    yield* writeStamps(samples.issuedNs);
    yield ',"completedNs":';
    yield* writeStamps(samples.completedNs);
    yield '}';
    separator = ',';
  }
}

function* writeTelemetry(source: RunExport, cell: RunExport['head']['cells'][number]): Generator<string> {
  let separator = '';
  for (const { process, telemetry } of source.telemetry(cell)) {
    yield `${separator}${JSON.stringify({ process, sensors: toSensorSeries(telemetry) })}`;
    separator = ',';
  }
}

function* writeStamps(stamps: Float64Array): Generator<string> {
  yield '[';
  for (let start = 0; start < stamps.length; start += BATCH) {
    yield (start === 0 ? '' : ',') + stamps.subarray(start, start + BATCH).join(',');
  }
  yield ']';
}
