/**
 * `npm start`: the screens in a window where Electron's program and a display are there, else in a browser. Builds what
 * is missing or older than its sources. Arguments go to the host: `npm start -- --port 8123 --data-dir results`.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../src/core/resources.ts';
import { chooseHost } from './start/choose-host.ts';
import { isStale } from './start/freshness.ts';
import { toSwitches } from './start/switches.ts';
import { runTool, type Ended } from './tool.ts';

const args = process.argv.slice(2);
const host = chooseHost({
  platform: process.platform,
  environment: process.env,
  userId: process.getuid?.() ?? null,
  electronFolder: inPackage('node_modules', 'electron'),
  args,
});

await buildWhereStale({
  what: 'the screens',
  output: inPackage('dist', 'renderer', 'index.html'),
  sources: ['src/renderer', 'src/shared', 'vite.renderer.config.ts', 'package-lock.json'],
  build: () => runTool('vite', 'build', '--config', 'vite.renderer.config.ts', '--logLevel', 'warn'),
});
if (host.kind === 'web') {
  console.error(host.reason);
  // In this process: the signals that end the web host reach it, and its exit code is the one of this command.
  process.argv.splice(1, Infinity, inPackage('src', 'cli', 'index.ts'), 'serve', ...args);
  await import('../src/cli/index.ts');
} else {
  await buildWhereStale({
    what: 'the engine',
    output: inPackage('dist', 'engine.js'),
    sources: ['src/engine', 'src/shared', 'vite.node.config.ts', 'package-lock.json'],
    // What lies beside it in dist/ stays.
    build: () => runTool('vite', 'build', '--config', 'vite.node.config.ts', '--no-emptyOutDir', '--logLevel', 'warn'),
  });
  await buildWhereStale({
    what: 'the desktop application',
    output: inPackage('dist', 'main', 'index.js'),
    sources: ['src/main', 'src/preload', 'src/core', 'src/engine', 'src/shared', 'electron.vite.config.ts'],
    build: () => runTool('electron-vite', 'build', '--ignoreConfigWarning', '--logLevel', 'warn'),
  });
  process.exitCode = await runDesktop(host.electron);
}

function inPackage(...segments: string[]): string {
  return join(packageRoot, ...segments);
}

interface Product {
  what: string;
  output: string;
  /** Relative to the package. */
  sources: readonly string[];
  build: () => Promise<Ended>;
}

async function buildWhereStale({ what, output, sources, build }: Product): Promise<void> {
  const paths = sources.map((source) => inPackage(source));
  if (!isStale(output, paths)) return;
  console.error(`Building ${what} ...`);
  const { exitCode, output: said } = await build();
  if (exitCode === 0) return;
  console.error(`${said.trimEnd()}\nError: ${what} could not be built.\nTo do: Correct what is named above.`);
  process.exit(2);
}

/** Resolves with the exit code of the window's process. */
function runDesktop(electron: string): Promise<number> {
  const { ELECTRON_RUN_AS_NODE: _, ...environment } = process.env;
  const child = spawn(electron, [packageRoot, ...toSwitches(args)], { stdio: 'inherit', env: environment });
  // A terminal sends Ctrl+C to both; what only this process gets is passed on.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('error', ({ message }) => {
      console.error(
        `Error: Electron did not start (${message}).\nTo do: Run npx install-electron, or npm start -- --port 0.`,
      );
      resolve(2);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
