import { createHash } from 'node:crypto';
import type { RunId } from '../../shared/domain/ids.ts';
import { createOutputFile } from '../onnx/output-file.ts';
import type { Storage } from '../storage/open.ts';
import { requireReportWriter } from './registry.ts';
import { readRunExport } from './run-export.ts';

export interface ExportedFile {
  path: string;
  sizeBytes: number;
  /** SHA-256 of the file, lower-case hexadecimal. */
  sha256: string;
}

/**
 * Writes a run to `target` in a format of the registry; the file appears under its name when it is complete and
 * replaces one of that name. Throws NOT_FOUND, USAGE for an unknown format, STORAGE_FULL, STORAGE_UNUSABLE.
 */
export async function exportRun(storage: Storage, runId: RunId, format: string, target: string): Promise<ExportedFile> {
  const writer = requireReportWriter(format);
  const source = readRunExport(storage, runId);
  const hash = createHash('sha256');
  await using file = await createOutputFile(target, hash);
  for (const text of writer.write(source)) await file.write(Buffer.from(text, 'utf8'));
  await file.finish();
  await file.commit();
  return { path: target, sizeBytes: file.size, sha256: hash.digest('hex') };
}
