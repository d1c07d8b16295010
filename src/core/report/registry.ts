import { InferometerError } from '../../shared/errors.ts';
import type { ReportWriter } from './report-writer.ts';
import { csvWriter } from './writers/csv.ts';
import { jsonWriter } from './writers/json.ts';
import { jsonlWriter } from './writers/jsonl.ts';

/** Every format in which a run can be exported; how to add one is in docs/how-to/add-report-format.md. */
export const reportWriters: readonly ReportWriter[] = [jsonWriter, csvWriter, jsonlWriter];

/** The format with this id. Throws USAGE naming the ones that exist. */
export function requireReportWriter(id: string): ReportWriter {
  const writer = reportWriters.find((one) => one.id === id);
  if (writer !== undefined) return writer;
  throw new InferometerError({
    code: 'USAGE',
    message: `There is no export format "${id}".`,
    remedy: `Use one of: ${reportWriters.map((one) => one.id).join(', ')}.`,
    data: { format: id },
  });
}
