/**
 * Measures the targets that the application sets itself and writes docs/performance.md. `npm run perf` measures all
 * parts, `npm run perf -- <part> ...` some of them; `--quick` tries them out and writes nothing. Ends with 1 when a
 * target is missed or a part fails.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sameAgainstSame } from './perf/aa.ts';
import { comparedWithItself, comparedWithSlower } from './perf/compare-aa.ts';
import { coverage } from './perf/coverage.ts';
import { fuzz } from './perf/fuzz.ts';
import { harness } from './perf/harness.ts';
import { describeCommit, describeMachine } from './perf/machine.ts';
import { killedMatrix } from './perf/matrix.ts';
import { memory } from './perf/memory.ts';
import { models } from './perf/models.ts';
import { toVerdict, type Findings, type PerformancePart } from './perf/part.ts';
import { profileParsing } from './perf/profile-parsing.ts';
import { quantizedAccuracy } from './perf/quantization/accuracy.ts';
import { quantizerCost } from './perf/quantization/cost.ts';
import { quantizedSpeed } from './perf/quantization/speed.ts';
import { quantizerTensors } from './perf/quantization/tensors.ts';
import { storeRecord } from './perf/record.ts';
import { firstPaint } from './perf/screens/first-paint.ts';
import { hostMemory } from './perf/screens/host-memory.ts';
import { liveScreen } from './perf/screens/live-screen.ts';
import { scroll } from './perf/screens/scroll.ts';
import { sensorSampling } from './perf/sensors.ts';
import { server } from './perf/server.ts';
import { startup } from './perf/startup.ts';
import { storage } from './perf/storage.ts';
import { tunedModels } from './perf/tune.ts';

const quantization: readonly PerformancePart[] = [quantizerTensors, quantizerCost, quantizedSpeed, quantizedAccuracy];
const screens: readonly PerformancePart[] = [liveScreen, firstPaint, scroll, hostMemory];
const parts: readonly PerformancePart[] = [
  harness,
  sensorSampling,
  sameAgainstSame,
  comparedWithItself,
  comparedWithSlower,
  coverage,
  memory,
  models,
  storage,
  startup,
  server,
  fuzz,
  killedMatrix,
  tunedModels,
  profileParsing,
  ...quantization,
  ...screens,
];
/** A name for several parts. */
const groups: Readonly<Record<string, readonly PerformancePart[]>> = { quantization, screens };
const fullRepeats = 200;
const fullBlocks = 12;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    repeats: { type: 'string', default: String(fullRepeats) },
    blocks: { type: 'string', default: String(fullBlocks) },
    'data-dir': { type: 'string' },
    exported: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const repeats = Number(values.repeats);
const blocks = values.quick ? 4 : Number(values.blocks);
const areCounts = [repeats, blocks].every((count) => Number.isInteger(count) && count > 1);
const wanted = positionals.flatMap((name) => groups[name]?.map(({ id }) => id) ?? [name]);
const unknown = wanted.filter((id) => !parts.some((part) => part.id === id));
if (values.help || unknown.length > 0 || !areCounts) {
  printUsage();
  process.exit(values.help ? 0 : 2);
}

// Ends through "exit", where the parts end their processes: one that is frozen would outlive this one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
const workspace = mkdtempSync(join(tmpdir(), 'inferometer-perf-'));
process.once('exit', () => {
  rmSync(workspace, { recursive: true, force: true });
});

const problems: string[] = [];
for (const part of parts) {
  if (wanted.length === 0 || wanted.includes(part.id)) await measure(part);
}
console.log(problems.length === 0 ? '\nNothing is missed.' : `\nMissed or failed:\n  ${problems.join('\n  ')}`);
process.exit(problems.length === 0 ? 0 : 1);

function printUsage(): void {
  if (unknown.length > 0) console.error(`No such part: ${unknown.join(', ')}.`);
  console.log(
    [
      'npm run perf -- [part ...] [--quick] [--blocks <n>] [--repeats <n>] [--data-dir <folder>] [--exported <folder>]',
      '',
      ...parts.map(({ id, title }) => `  ${id.padEnd(18)} ${title}`),
      ...Object.entries(groups).map(
        ([name, members]) => `  ${name.padEnd(18)} ${members.map(({ id }) => id).join(', ')}`,
      ),
      '',
      '--quick     shortened, to try the parts out; nothing is judged or written',
      `--blocks    blocks of either side in "harness", "sensors" and "live-screen", ${fullBlocks} unless said otherwise; fewer are a trial`,
      `--repeats   pairs of measurements in "aa", comparisons in "compare-aa", ${fullRepeats} unless said otherwise; fewer are a trial`,
      '--data-dir  where reference models are built or found; a temporary folder unless said otherwise',
      "--exported  where models of PyTorch's exporters are written or found; a temporary folder unless said otherwise",
    ].join('\n'),
  );
}

async function measure(part: PerformancePart): Promise<void> {
  const isShort =
    {
      aa: repeats < fullRepeats,
      'compare-aa': repeats < fullRepeats,
      harness: blocks < fullBlocks,
      'live-screen': blocks < fullBlocks,
      sensors: blocks < fullBlocks,
    }[part.id] ?? false;
  const trial = values.quick || isShort;
  const startMs = performance.now();
  const say = (line: string): void => console.log(`${toClock(performance.now() - startMs)} ${part.id}: ${line}`);
  console.log(`\n${part.title}${trial ? ' (a trial: shortened, not judged, not written)' : ''}`);
  const folder = join(workspace, part.id);
  mkdirSync(folder);
  try {
    const described = await describeMachine();
    const dataDirectory = values['data-dir'] ?? join(workspace, 'data');
    const exportedFolder = values.exported ?? join(workspace, 'exported');
    const end = await part.run({
      quick: values.quick,
      blocks,
      repeats,
      dataDirectory,
      exportedFolder,
      workspace: folder,
      say,
    });
    if (end.state === 'skipped') {
      console.log(`Skipped. ${end.reason}`);
      return;
    }
    printFigures(end, trial);
    if (trial) return;
    problems.push(...end.figures.filter(({ met }) => met === false).map(({ what }) => `${part.id}: ${what}`));
    const { state: _, ...findings } = end;
    await storeRecord(
      part.id,
      {
        title: part.title,
        command: `npm run perf -- ${part.id}`,
        measuredOn: new Date().toISOString().slice(0, 10),
        commit: describeCommit(),
        ...described,
        seconds: Math.round((performance.now() - startMs) / 1e3),
        ...findings,
      },
      parts.map(({ id }) => id),
    );
  } catch (error) {
    console.error(error);
    problems.push(`${part.id}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function toClock(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1e3);
  return `${String(Math.floor(seconds / 60)).padStart(3)}:${String(seconds % 60).padStart(2, '0')}`;
}

function printFigures({ figures, verbatim }: Findings, trial: boolean): void {
  if (verbatim !== undefined) console.log(`\n${verbatim.trimEnd()}`);
  const rows = [['figure', 'target', 'measured', 'verdict']].concat(
    figures.map((figure) => [figure.what, figure.target ?? '', figure.figure, toVerdict(figure, trial)]),
  );
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  console.log('');
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
