import path from 'node:path';
import type { Core } from '../../core/create-core.ts';
import { defaultExportPath, exportRun } from '../../core/report/export-run.ts';
import { requireReportWriter } from '../../core/report/registry.ts';
import { readRunExport } from '../../core/report/run-export.ts';
import type { RunId } from '../../shared/domain/ids.ts';
import { formatQuantity } from '../../shared/units.ts';
import type { CommandHost, CommandResult } from '../host.ts';
import type { Exported } from '../output/documents.ts';
import { toRunId, toUsageError } from './arguments.ts';

/** Writes a run in a format of the registry. */
export async function exportResult(
  { openCore, terminal, json }: CommandHost,
  text: string,
  { format, output }: { format: string; output?: string | undefined },
): Promise<CommandResult> {
  const runId = toRunId(text);
  const writer = requireReportWriter(format);
  if (output === '-' && json) {
    throw toUsageError(
      'Standard output can hold the exported run or the document of --json, not both.',
      'Name a file with -o, or leave --json out.',
    );
  }
  const core = await openCore();
  if (output === '-') {
    for (const piece of writer.write(readRunExport(core.storage, runId))) await terminal.write(piece);
    return { data: null };
  }
  const exported = await exportToFile(core, runId, format, output);
  terminal.print(`${exported.path}  ${terminal.paint('muted', formatQuantity(exported.sizeBytes, 'B').text)}`);
  return { data: exported };
}

/** Writes a run to a file, by default in the data directory. */
export async function exportToFile(core: Core, runId: RunId, format: string, target?: string): Promise<Exported> {
  const file = path.resolve(target ?? defaultExportPath(core.directory, runId, format));
  return { runId, format, ...(await exportRun(core.storage, runId, format, file)) };
}
