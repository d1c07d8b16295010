import { createHash } from 'node:crypto';
import path from 'node:path';
import { sha256Schema, type RunId, type Sha256 } from '../../shared/domain/ids.ts';
import { createOutputFile } from '../onnx/output-file.ts';
import type { DataDirectory } from '../storage/data-directory.ts';
import type { Storage } from '../storage/open.ts';
import { requireReportWriter } from './registry.ts';
import { readRunExport } from './run-export.ts';

export interface ExportedFile {
  path: string;
  sizeBytes: number;
  /** Of the file's content. */
  sha256: Sha256;
}

/** Where a run goes that nobody named a file for. Throws USAGE for an unknown format. */
export function defaultExportPath({ exports }: DataDirectory, runId: RunId, format: string): string {
  return path.join(exports, `${runId}.${requireReportWriter(format).extension}`);
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
  return { path: target, sizeBytes: file.size, sha256: sha256Schema.parse(hash.digest('hex')) };
}
