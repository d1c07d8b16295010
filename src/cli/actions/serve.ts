import { existsSync } from 'node:fs';
import path from 'node:path';
import { invocation, isInstalled } from '../../core/invocation.ts';
import { screensFolder } from '../../core/resources.ts';
import type { RunSession } from '../../shared/domain/run-session.ts';
import { InferometerError } from '../../shared/errors.ts';
import { exitCodes, type CommandHost, type CommandResult } from '../host.ts';
import type { ServeData } from '../output/documents.ts';
import { printFacts } from '../output/facts.ts';
import type { Terminal } from '../output/terminal.ts';
import { openBrowser } from './open-browser.ts';

/** Serves the screens on the loopback address until Ctrl+C. */
export async function serveScreens(
  { openCore, terminal, signal, answer }: CommandHost,
  { port: wantedPort, open }: { port: number; open: boolean },
): Promise<CommandResult> {
  const staticFolder = screensFolder();
  requireScreens(staticFolder);
  const core = await openCore();
  const { serve } = await import('../../server/serve.ts');
  const cancelled = await serve({
    core,
    signal,
    port: wantedPort,
    staticFolder,
    log: createLog(terminal),
    onListening({ url, port, createSingleUseUrl }) {
      const data: ServeData = { url, port, dataDirectory: core.directory.root };
      answer(data);
      printAddress(terminal, data);
      if (open) openBrowser(createSingleUseUrl(), (reason) => terminal.note(`No browser was opened: ${reason}.`));
    },
  });
  if (cancelled === null) return { data: null };
  terminal.note(describeCancelled(cancelled));
  return { data: null, exitCode: exitCodes.cancelled };
}

/** In a clone the screens have to be built; an installed package has them. */
function requireScreens(folder: string): void {
  if (existsSync(path.join(folder, 'index.html'))) return;
  throw new InferometerError({
    code: 'NOT_FOUND',
    message: `The screens are not built (${path.join(folder, 'index.html')} is missing).`,
    remedy: isInstalled ? 'Install the application again.' : 'Run npm run build once, or npm start, which builds them.',
    data: { path: folder },
  });
}

function printAddress(terminal: Terminal, { url, port, dataDirectory }: ServeData): void {
  printFacts(terminal, 'The screens of Inferometer are served on this machine', [
    ['address', { text: url, style: 'accent' }],
    ['over SSH', `ssh -L ${port}:127.0.0.1:${port} <this machine>, then open the address over there`],
    ['data', dataDirectory],
    ['stop', 'Ctrl+C; a measurement that runs is stored as cancelled'],
  ]);
}

/** Lines for the person who waits. A page of an earlier launch asks again and again; it is named once in a row. */
function createLog(terminal: Terminal): (line: string) => void {
  let latest = '';
  return (line) => {
    if (line !== latest) terminal.note(line);
    latest = line;
  };
}

function describeCancelled({ runId }: RunSession): string {
  if (runId === null) return 'The measurement was cancelled before it began.';
  return `The run ${runId} is stored as cancelled; ${invocation} run --resume ${runId} goes on with it.`;
}
