/**
 * `node tools/node/run.js <script> [argument ...]` runs a script on Node 24, whatever Node started this file.
 *
 * Every npm script goes through here: the sources are TypeScript that Node 24 runs as it is, and a clone shall work on
 * a machine with an older Node. Plain JavaScript for Node 20, without dependencies, because it runs before anything else.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const neededMajor = 24;

/** Path of the Node to use: the pinned one where its archive exists for this platform, else the running one if new enough. */
function findNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/package.json`);
    const path = join(dirname(manifest), 'bin', executable);
    if (existsSync(path)) return path;
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
  }
  return Number(process.versions.node.split('.')[0]) >= neededMajor ? process.execPath : undefined;
}

const node = findNode();
if (node === undefined) {
  console.error(
    `Inferometer runs on Node ${neededMajor} or newer, this is ${process.version}, and no pinned Node is installed for ` +
      `${process.platform}-${process.arch}.\nRun "npm ci", or install Node ${neededMajor}.`,
  );
  process.exit(2);
}

const environment = {
  // Compiled code, types stripped, is kept between runs: without it Node loads its TypeScript compiler, which costs
  // every process 20 MB and some 100 ms.
  NODE_COMPILE_CACHE: join(
    dirname(fileURLToPath(import.meta.url)),
    '..',
    '..',
    'node_modules',
    '.cache',
    'node-compile',
  ),
  ...process.env,
  // Tests and comparisons load ONNX Runtime too; see src/engine/runtime/no-telemetry.ts.
  ORT_DISABLE_TELEMETRY: '1',
  // Tools that are started by name (`#!/usr/bin/env node`) get the same Node.
  PATH: [dirname(node), process.env.PATH].filter(Boolean).join(delimiter),
};
const child = spawn(node, process.argv.slice(2), { stdio: 'inherit', env: environment });

// A terminal sends Ctrl+C to both processes; passing it on would deliver it twice, and twice means "at once".
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`${node} did not start: ${error.message}`);
  process.exit(2);
});
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
