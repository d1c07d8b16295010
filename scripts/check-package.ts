/**
 * Packs what `npm pack` would publish, unpacks it away from the sources and runs the installed command: a file that
 * the package lacks, or a path that only works in a clone, shows here. The dependencies are those of this clone.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../src/core/resources.ts';
import { runNode } from './tool.ts';

interface Manifest {
  version: string;
  bin: Record<string, string>;
}

interface PackReport {
  filename: string;
  files: { path: string }[];
}

const run = promisify(execFile);
/** Everything else in the archive is a leak or a mistake. */
const shipped = /^(dist\/|resources\/|package\.json$|README\.md$|LICENSE$)/;

const manifest = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as Manifest;
const folder = await mkdtemp(join(tmpdir(), 'inferometer-package-'));
try {
  const archive = await pack(folder);
  const installed = join(folder, 'node_modules', 'inferometer');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', archive, '-C', installed, '--strip-components=1']);
  await symlink(join(packageRoot, 'node_modules'), join(installed, 'node_modules'), 'junction');
  const command = join(installed, manifest.bin.inferometer ?? '');

  const firstLine = (await readFile(command, 'utf8')).split('\n', 1)[0];
  if (!/^#!\/usr\/bin\/env (-S )?node\b/.test(firstLine ?? ''))
    throw new Error(`${command} starts with "${firstLine}", not with its interpreter`);
  const help = await runCommand(command, '--help');
  if (!help.includes('inferometer')) throw new Error(`--help does not name the command:\n${help}`);
  const version = await runCommand(command, '--version');
  if (!version.includes(manifest.version))
    throw new Error(`--version says "${version.trim()}", not ${manifest.version}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function pack(destination: string): Promise<string> {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', destination];
  const { stdout } = await run(npm, args, {
    cwd: packageRoot,
    maxBuffer: 64 * 2 ** 20,
    shell: process.platform === 'win32',
  });
  const parsed = JSON.parse(stdout) as PackReport[] | Record<string, PackReport>;
  const report = Object.values(parsed)[0];
  if (report === undefined) throw new Error(`npm pack reported no package: ${stdout}`);
  const strangers = report.files.map(({ path }) => path).filter((path) => !shipped.test(path));
  if (strangers.length > 0) throw new Error(`The package holds files that nobody needs: ${strangers.join(', ')}`);
  const archive = join(destination, report.filename);
  console.log(`${report.filename}: ${report.files.length} files, ${(await stat(archive)).size} bytes`);
  return archive;
}

/** Standard output of the installed command, run where no source file is in reach. */
async function runCommand(command: string, argument: string): Promise<string> {
  const { exitCode, output } = await runNode([command, argument], { folder });
  if (exitCode !== 0) throw new Error(`inferometer ${argument} ended with ${exitCode}:\n${output}`);
  return output;
}
