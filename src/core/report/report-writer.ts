import type { RunExport } from './run-export.ts';

/** One format in which a run can be exported. */
export interface ReportWriter {
  /** What `--format` takes. */
  readonly id: string;
  /** Without the dot. */
  readonly extension: string;
  readonly mediaType: string;
  /** The text of the file, in pieces small enough that a long series is never in memory as text. */
  write(source: RunExport): Iterable<string>;
}

/** Declares a format; it becomes available with its line in the registry. */
export function defineReportWriter(writer: ReportWriter): ReportWriter {
  return writer;
}
