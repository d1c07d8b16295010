/**
 * Runs the end-to-end tests over the screens, which are built where they are older than their sources: in Chromium, which
 * is found or installed, and in the desktop application where Electron can be started. Further arguments go to Playwright:
 * `node tools/node/run.js scripts/end-to-end.ts frame --update-snapshots`. `--counts <file>` writes how many tests
 * passed and failed; `--desktop-only` leaves Chromium out and fails where Electron cannot be started. Traces of what
 * failed go to INFEROMETER_E2E_OUTPUT, or to a temporary folder.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot, screensFolder } from '../src/core/resources.ts';
import { readMajorVersion } from './browser/find-chromium.ts';
import { startDesktopDisplay } from './browser/desktop.ts';
import { ensureChromium } from './browser/install-chromium.ts';
import { countEndToEnd } from './browser/playwright-counts.ts';
import { isStale } from './start/freshness.ts';
import { runNode, runTool } from './tool.ts';

const args = process.argv.slice(2);
const countsAt = args.indexOf('--counts');
const countsFile = countsAt < 0 ? null : (args.splice(countsAt, 2)[1] ?? null);

const desktopOnly = args.includes('--desktop-only');
if (desktopOnly) args.splice(args.indexOf('--desktop-only'), 1);

process.exitCode = await main();

async function main(): Promise<number> {
  if (!(await buildScreensWhereStale())) return 1;
  let chromium: string | null = null;
  try {
    if (!desktopOnly) chromium = await ensureChromium((line) => console.log(line));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
  await using desktop = await startDesktopDisplay();
  if (desktop.state === 'absent') {
    console.log(`The desktop project did not run: ${desktop.reason}.`);
    if (desktopOnly) return 1;
  }
  const kept = process.env.INFEROMETER_E2E_OUTPUT;
  const output = kept ?? (await mkdtemp(join(tmpdir(), 'inferometer-e2e-')));
  const report = join(output, 'report.json');
  Object.assign(process.env, {
    ...(chromium === null ? {} : await describeChromium(chromium)),
    INFEROMETER_E2E_OUTPUT: join(output, 'results'),
    // What looks for the machine's lock in passing must not see a measurement that has nothing to do with the tests.
    INFEROMETER_LOCK: join(output, 'measuring.lock'),
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    ...(desktop.state === 'ready' ? desktop.environment : {}),
  });
  const names = [...(desktopOnly ? [] : ['web']), ...(desktop.state === 'ready' ? ['desktop'] : [])];
  const projects = names.map((name) => `--project=${name}`);
  const playwright = join('node_modules', '@playwright', 'test', 'cli.js');
  const { exitCode } = await runNode([playwright, 'test', ...projects, '--reporter=list,json', ...args], {
    onOutput: (text) => process.stdout.write(text),
  });
  const counts = countEndToEnd(existsSync(report) ? await readFile(report, 'utf8') : null);
  if (countsFile !== null) await writeFile(countsFile, JSON.stringify(counts));
  const isGreen = exitCode === 0 && counts.failed === 0;
  if (isGreen && kept === undefined) await rm(output, { recursive: true, force: true });
  if (!isGreen) console.log(`Traces and pictures of what failed are in ${join(output, 'results')}.`);
  return isGreen ? 0 : 1;
}

/** The version decides how strictly pictures are compared (playwright.config.ts). */
async function describeChromium(program: string): Promise<Record<string, string>> {
  const major = await readMajorVersion(program);
  return { INFEROMETER_CHROMIUM: program, INFEROMETER_CHROMIUM_MAJOR: String(major ?? '') };
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
