import { installGpuLibraries, removeGpuLibraries } from '../../core/hardware/gpu-libraries.ts';
import { findRuntimeFolder, type RuntimeFolder } from '../../core/hardware/runtime-folder.ts';
import { invocation } from '../../core/invocation.ts';
import { InferometerError } from '../../shared/errors.ts';
import { formatQuantity } from '../../shared/units.ts';
import type { CommandHost, CommandResult } from '../host.ts';

/** Places the CUDA and TensorRT libraries beside ONNX Runtime. */
export async function installGpu({ terminal, signal }: CommandHost, source: string | null): Promise<CommandResult> {
  const { directory, version } = requireRuntimeFolder();
  const { placed } = await installGpuLibraries({
    source,
    targetDir: directory,
    version,
    signal,
    onProgress({ stage, file, doneBytes, totalBytes }) {
      const done = formatQuantity(doneBytes, 'B').text;
      const total = totalBytes === null ? '' : ` of ${formatQuantity(totalBytes, 'B').text}`;
      terminal.progress(`${stage} · ${file} · ${done}${total}`);
    },
  });
  terminal.print(`Installed in ${directory}: ${placed.join(', ')}.`, `Check with: ${invocation} doctor`);
  return { data: { directory, libraries: placed } };
}

/** Removes them again. */
export async function removeGpu({ terminal }: CommandHost): Promise<CommandResult> {
  const { directory } = requireRuntimeFolder();
  const removed = await removeGpuLibraries(directory);
  terminal.print(removed.length === 0 ? 'No GPU libraries were installed.' : `Removed ${removed.join(', ')}.`);
  return { data: { directory, libraries: removed } };
}

function requireRuntimeFolder(): RuntimeFolder {
  const folder = findRuntimeFolder();
  if (folder !== null) return folder;
  throw new InferometerError({
    code: 'INSTALL_FAILED',
    message: 'The package onnxruntime-node is not installed.',
    remedy: 'Install the application again, with its dependencies.',
  });
}
