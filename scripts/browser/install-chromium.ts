import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../src/core/resources.ts';
import { runNode, type Ended } from '../tool.ts';
import { describeSurroundings, findChromium, oldestMajor } from './find-chromium.ts';

/** Path of a Chromium, installed first where there is none. Throws one sentence that says what to do. */
export async function ensureChromium(say: (line: string) => void): Promise<string> {
  const found = await findChromium(await describeSurroundings());
  if (found !== null) return found;
  for (const { name, run } of listWays()) {
    say(`No Chromium was found; installing one with ${name}.`);
    const { exitCode, output } = await run();
    const installed = exitCode === 0 ? await findChromium(await describeSurroundings()) : null;
    if (installed !== null) return installed;
    say(`That did not work: ${output.trim().split('\n').at(-1) ?? `exit code ${exitCode}`}`);
  }
  throw new Error(
    `No Chromium was found and none could be installed: install Chromium or Chrome ${oldestMajor} or newer, or name one in INFEROMETER_CHROMIUM.`,
  );
}

interface Way {
  name: string;
  run(): Promise<Ended>;
}

function listWays(): Way[] {
  const root = toRoot();
  const ways: Way[] = [];
  if (root !== null && readDistribution() === 'debian') {
    ways.push({ name: 'apt-get', run: () => installWithApt(root) });
  }
  // Libraries that the download needs come from the system's packages, which only root may install.
  const dependencies = process.platform === 'linux' && root !== null ? ['--with-deps'] : [];
  const script = join(packageRoot, 'node_modules', '@playwright', 'test', 'cli.js');
  ways.push({
    name: "Playwright's download",
    run: () => runNode([script, 'install', ...dependencies, 'chromium']),
  });
  return ways;
}

async function installWithApt(root: readonly string[]): Promise<Ended> {
  const apt = [...root, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq'];
  const update = await runProgram([...apt, 'update']);
  if (update.exitCode !== 0) return update;
  return runProgram([...apt, 'install', '-y', '--no-install-recommends', 'chromium']);
}

async function runProgram([program = '', ...args]: readonly string[]): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args);
    return { exitCode: 0, output: stdout + stderr };
  } catch (error) {
    return { exitCode: 1, output: error instanceof Error ? error.message : String(error) };
  }
}

/** What to put before a command so that it runs as root without asking; null: nothing does. */
function toRoot(): string[] | null {
  if (process.platform !== 'linux') return null;
  if (process.getuid?.() === 0) return [];
  try {
    execFileSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
    return ['sudo', '-n'];
  } catch {
    return null;
  }
}

/** Debian alone has Chromium as a package that starts in a container; Ubuntu's installs a snap. */
function readDistribution(): string | null {
  try {
    return /^ID=(\S+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}
