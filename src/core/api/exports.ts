import { setImmediate as turn } from 'node:timers/promises';
import { defaultExportPath, exportRun } from '../report/export-run.ts';
import { reportWriters, requireReportWriter } from '../report/registry.ts';
import { readRunExport } from '../report/run-export.ts';
import { api } from './implement.ts';

export const exports = {
  formats: api.exports.formats.handler(() =>
    reportWriters.map(({ id, extension, mediaType }) => ({ id, extension, mediaType })),
  ),
  write: api.exports.write.handler(({ context: { core }, input: { runId, format } }) =>
    exportRun(core.storage, runId, format, defaultExportPath(core.directory, runId, format)),
  ),
  read: api.exports.read.handler(async function* ({ context: { core }, input: { runId, format }, signal }) {
    const writer = requireReportWriter(format);
    for (const piece of writer.write(readRunExport(core.storage, runId))) {
      if (signal?.aborted) return;
      yield piece;
      // Writers compute without a pause; others have their turn between two pieces.
      await turn();
    }
  }),
};
