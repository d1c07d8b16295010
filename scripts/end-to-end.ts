/**
 * Runs the end-to-end tests over the screens, which are built where they are older than their sources: in Chromium, which
 * is found or installed, and in the desktop application where Electron can be started. Further arguments go to Playwright:
 * `node tools/node/run.js scripts/end-to-end.ts frame --update-snapshots`. `--counts <file>` writes how many tests
 * passed and failed.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot, screensFolder } from '../src/core/resources.ts';
import { startDesktopDisplay } from './browser/desktop.ts';
import { ensureChromium } from './browser/install-chromium.ts';
import { countEndToEnd } from './browser/playwright-counts.ts';
import { isStale } from './start/freshness.ts';
import { runNode, runTool } from './tool.ts';

const args = process.argv.slice(2);
const countsAt = args.indexOf('--counts');
const countsFile = countsAt < 0 ? null : (args.splice(countsAt, 2)[1] ?? null);

process.exitCode = await main();

async function main(): Promise<number> {
  if (!(await buildScreensWhereStale())) return 1;
  let chromium: string;
  try {
    chromium = await ensureChromium((line) => console.log(line));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
  await using desktop = await startDesktopDisplay();
  if (desktop.state === 'absent') console.log(`The desktop project did not run: ${desktop.reason}.`);
  const output = await mkdtemp(join(tmpdir(), 'inferometer-e2e-'));
  const report = join(output, 'report.json');
  Object.assign(process.env, {
    INFEROMETER_CHROMIUM: chromium,
    INFEROMETER_E2E_OUTPUT: join(output, 'results'),
    // What looks for the machine's lock in passing must not see a measurement that has nothing to do with the tests.
    INFEROMETER_LOCK: join(output, 'measuring.lock'),
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    ...(desktop.state === 'ready' ? desktop.environment : {}),
  });
  const projects = ['web', ...(desktop.state === 'ready' ? ['desktop'] : [])].map((name) => `--project=${name}`);
  const playwright = join('node_modules', '@playwright', 'test', 'cli.js');
  const { exitCode } = await runNode([playwright, 'test', ...projects, '--reporter=list,json', ...args], {
    onOutput: (text) => process.stdout.write(text),
  });
  const counts = countEndToEnd(existsSync(report) ? await readFile(report, 'utf8') : null);
  if (countsFile !== null) await writeFile(countsFile, JSON.stringify(counts));
  const isGreen = exitCode === 0 && counts.failed === 0;
  if (isGreen) await rm(output, { recursive: true, force: true });
  else console.log(`Traces and pictures of what failed are in ${join(output, 'results')}.`);
  return isGreen ? 0 : 1;
}

/** Tests of a build that is older than its sources would say nothing about them. False: it could not be built. */
async function buildScreensWhereStale(): Promise<boolean> {
  const sources = ['src/renderer', 'src/shared', 'vite.renderer.config.ts', 'package-lock.json'];
  const paths = sources.map((source) => join(packageRoot, source));
  if (!isStale(join(screensFolder(), 'index.html'), paths)) return true;
  console.log('Building the screens ...');
  const { exitCode, output } = await runTool(
    'vite',
    'build',
    '--config',
    'vite.renderer.config.ts',
    '--logLevel',
    'warn',
  );
  if (exitCode !== 0)
    console.error(`${output.trimEnd()}\nThe screens could not be built: correct what is named above.`);
  return exitCode === 0;
}
