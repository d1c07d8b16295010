/**
 * Everything that must hold before a commit: `npm test` and CI run all of it, `npm run check -- <step> ...` some steps.
 * The last line counts the tests that ran.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/core/resources.ts';
import type { TestCount } from './browser/playwright-counts.ts';
import { runNode, runTool, type Ended } from './tool.ts';

interface Step {
  name: string;
  what: string;
  /** Read-only steps run two at a time; the others in order, alone. */
  alone?: boolean;
  run(): Promise<Ended>;
}

let tests: TestCount | undefined;

const steps: readonly Step[] = [
  { name: 'lint', what: 'ESLint', run: () => runTool('eslint', '--max-warnings', '0', '.') },
  {
    name: 'typecheck',
    what: 'TypeScript, Node',
    run: () => runTool('tsc', '-p', 'tsconfig.json', '--pretty', 'false'),
  },
  {
    name: 'typecheck',
    what: 'TypeScript, shared (neither Node nor DOM)',
    run: () => runTool('tsc', '-p', join('src', 'shared'), '--pretty', 'false'),
  },
  {
    name: 'typecheck',
    what: 'TypeScript, screens (DOM, no Node)',
    run: () => runTool('tsc', '-p', join('src', 'renderer'), '--pretty', 'false'),
  },
  {
    name: 'typecheck',
    what: 'TypeScript, preload (DOM and what a sandbox has of Electron)',
    run: () => runTool('tsc', '-p', join('src', 'preload'), '--pretty', 'false'),
  },
  {
    name: 'typecheck',
    what: 'TypeScript, end-to-end tests (Node and DOM)',
    run: () => runTool('tsc', '-p', join('test', 'e2e'), '--pretty', 'false'),
  },
  {
    name: 'layers',
    what: 'who imports whom',
    run: () => runTool('depcruise', '--config', '.dependency-cruiser.js', 'src', 'test', 'scripts'),
  },
  { name: 'format', what: 'Prettier', run: () => runTool('prettier', '--log-level', 'warn', '--check', '.') },
  { name: 'unused', what: 'files, exports, dependencies', run: () => runTool('knip', '--no-progress') },
  { name: 'generated', what: 'code from the ONNX schema', run: () => runNode(['scripts/check-generated.ts']) },
  {
    name: 'build',
    what: 'dist/ for Node',
    alone: true,
    run: () => runTool('vite', 'build', '--config', 'vite.node.config.ts', '--logLevel', 'warn'),
  },
  {
    name: 'build',
    what: 'dist/renderer/, the screens',
    alone: true,
    run: () => runTool('vite', 'build', '--config', 'vite.renderer.config.ts', '--logLevel', 'warn'),
  },
  {
    name: 'package',
    what: 'the packed command runs',
    alone: true,
    run: () =>
      existsSync(join(packageRoot, 'src', 'cli', 'index.ts'))
        ? runNode(['scripts/check-package.ts'])
        : Promise.resolve({ exitCode: 0, output: '' }),
  },
  { name: 'test', what: 'unit, property, contract, integration', alone: true, run: runTests },
  { name: 'e2e', what: 'the screens in Chromium and on the desktop', alone: true, run: runEndToEnd },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `No such step: ${unknown.join(', ')}. There are: ${[...new Set(steps.map(({ name }) => name))].join(', ')}.`,
  );
  process.exit(2);
}

const chosen = steps.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const failed: string[] = [];
const startedAt = performance.now();

const waiting = chosen.filter(({ alone }) => alone !== true);
await Promise.all([1, 2].map(() => drain(waiting)));
await drain(chosen.filter(({ alone }) => alone === true));

const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(
  failed.length === 0 ? `\nEvery step is green (${seconds} s).` : `\nFailed: ${failed.join(', ')} (${seconds} s).`,
);
if (tests !== undefined) console.log(`${tests.passed} passed, ${tests.failed} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function drain(queue: Step[]): Promise<void> {
  for (let step = queue.shift(); step !== undefined; step = queue.shift()) await runStep(step);
}

async function runStep(step: Step): Promise<void> {
  const { name, what } = step;
  const stepStartedAt = performance.now();
  const { exitCode, output } = await step.run();
  const took = ((performance.now() - stepStartedAt) / 1000).toFixed(1).padStart(6);
  console.log(`${exitCode === 0 ? 'ok    ' : 'FAILED'} ${took} s  ${name}: ${what}`);
  if (exitCode === 0) return;
  failed.push(name);
  if (name !== 'test' && name !== 'e2e') console.log(output.trimEnd().replaceAll(/^/gm, '    '));
}

/** Runs vitest, shows its output as it comes and keeps its counts. */
async function runTests(): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'inferometer-tests-'));
  try {
    const report = join(folder, 'report.json');
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    const args = [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const ended = await runNode(args, { onOutput: (text) => process.stdout.write(text) });
    addTests(await readCounts(report));
    return ended;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same for the end-to-end tests, which need the screens of the step "build". */
async function runEndToEnd(): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'inferometer-tests-'));
  try {
    const counts = join(folder, 'counts.json');
    const args = ['scripts/end-to-end.ts', '--counts', counts];
    const ended = await runNode(args, { onOutput: (text) => process.stdout.write(text) });
    const isCounted = existsSync(counts);
    addTests(isCounted ? (JSON.parse(await readFile(counts, 'utf8')) as TestCount) : { passed: 0, failed: 1 });
    return ended;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function addTests({ passed, failed }: TestCount): void {
  tests = { passed: (tests?.passed ?? 0) + passed, failed: (tests?.failed ?? 0) + failed };
}

/** A test file that fails before its first test counts as one failure, and so does a run that wrote no report. */
async function readCounts(report: string): Promise<TestCount> {
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const counts = JSON.parse(await readFile(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    testResults: { status: string; assertionResults: unknown[] }[];
  };
  const unstarted = counts.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return { passed: counts.numPassedTests, failed: counts.numFailedTests + unstarted.length };
}
