import { benchCommand } from './bench.ts';
import { compareCommand } from './compare.ts';
import { comparisonsCommand } from './comparisons.ts';
import type { CommandDescriptor } from './define-command.ts';
import { detectCommand } from './detect.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { gpuCommand } from './gpu.ts';
import { inspectCommand } from './inspect.ts';
import { modelsCommand } from './models.ts';
import { profileCommand } from './profile.ts';
import { profilesCommand } from './profiles.ts';
import { quantizeCommand } from './quantize.ts';
import { resultsCommand } from './results.ts';
import { runCommand } from './run.ts';
import { serveCommand } from './serve.ts';
import { tuneCommand } from './tune.ts';

/** Every command, in the order of the help; how to add one is in docs/how-to/add-command.md. */
export const commands: readonly CommandDescriptor[] = [
  benchCommand,
  detectCommand,
  doctorCommand,
  modelsCommand,
  inspectCommand,
  quantizeCommand,
  runCommand,
  tuneCommand,
  resultsCommand,
  compareCommand,
  comparisonsCommand,
  profileCommand,
  profilesCommand,
  exportCommand,
  serveCommand,
  gpuCommand,
];
