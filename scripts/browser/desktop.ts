import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { desktopEntry, findElectron } from '../../test/e2e/support/electron.ts';

/** Whether the desktop application can be started here; "ready" keeps a display alive until it is disposed of. */
export type DesktopDisplay = AsyncDisposable &
  ({ state: 'ready'; environment: Readonly<Record<string, string>> } | { state: 'absent'; reason: string });

const startLimitMs = 10_000;
const nothing = { [Symbol.asyncDispose]: () => Promise.resolve() };

/** Uses the display that is there, or starts Xvfb. */
export async function startDesktopDisplay(): Promise<DesktopDisplay> {
  const absent = (reason: string): DesktopDisplay => ({ state: 'absent', reason, ...nothing });
  if (findElectron() === null) {
    return absent("Electron's program is not installed here (npx install-electron adds it)");
  }
  if (!existsSync(desktopEntry)) return absent('the desktop application is not built (npm run build)');
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const hasDisplay = process.platform !== 'linux' || Boolean(DISPLAY) || Boolean(WAYLAND_DISPLAY);
  if (hasDisplay) return { state: 'ready', environment: {}, ...nothing };
  const xvfb = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'Xvfb'))
    .find((path) => existsSync(path));
  return xvfb === undefined ? absent('there is no display, and Xvfb is not installed') : startXvfb(xvfb);
}

/** Xvfb chooses a free display and writes its number to a pipe once it answers. */
async function startXvfb(path: string): Promise<DesktopDisplay> {
  const server = spawn(path, ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()).once('error', () => resolve()));
  const number = new Promise<string>((resolve) => {
    server.stdio[3]?.once('data', (data: Buffer) => resolve(data.toString().trim()));
  });
  const display = await Promise.race([number, exited.then(() => null), sleep(startLimitMs, null, { ref: false })]);
  const stop = async (): Promise<void> => {
    if (server.exitCode === null && server.kill()) await exited;
  };
  if (display === null) {
    await stop();
    return { state: 'absent', reason: 'Xvfb did not start', ...nothing };
  }
  return { state: 'ready', environment: { DISPLAY: `:${display}` }, [Symbol.asyncDispose]: stop };
}
