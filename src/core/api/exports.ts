import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { sha256Schema } from '../../shared/domain/ids.ts';
import { exportRun } from '../report/export-run.ts';
import { reportWriters, requireReportWriter } from '../report/registry.ts';
import { readRunExport } from '../report/run-export.ts';
import { api } from './implement.ts';

export const exports = {
  formats: api.exports.formats.handler(() =>
    reportWriters.map(({ id, extension, mediaType }) => ({ id, extension, mediaType })),
  ),
  write: api.exports.write.handler(async ({ context: { core }, input: { runId, format } }) => {
    const { extension } = requireReportWriter(format);
    const target = path.join(core.directory.exports, `${runId}.${extension}`);
    const { sizeBytes, sha256 } = await exportRun(core.storage, runId, format, target);
    return { path: target, sizeBytes, sha256: sha256Schema.parse(sha256) };
  }),
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
