/**
 * How long the reference models take to build, and how much memory. As a script, `node scripts/perf/models.ts <folder>
 * [id ...]` builds them into an empty data directory and prints one line of JSON for each; a process of its own, so that its
 * memory is that of a core which does nothing else.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createCore } from '../../src/core/create-core.ts';
import type { SpawnEngine } from '../../src/core/engine-client/engine-process.ts';
import { createNodeSpawner } from '../../src/core/engine-client/node-spawner.ts';
import { referenceModels } from '../../src/core/models/registry.ts';
import { resolveModel } from '../../src/core/models/resolve-model.ts';
import { engineEntryPath } from '../../src/core/resources.ts';
import { runNode } from '../tool.ts';
import { formatMegabytes, formatSeconds, limitedFigure, plainFigure } from './part.ts';
import type { Figure, PerformancePart } from './part.ts';
import { followPeak, peakResidentBytes } from './process-memory.ts';

const limitS = 120;
const limitBytes = 2e9;

const builtSchema = z.object({
  id: z.string(),
  seconds: z.number(),
  sizeBytes: z.number(),
  corePeakBytes: z.number(),
  enginePeakBytes: z.number(),
});
type Built = z.infer<typeof builtSchema>;

/** Every reference model from nothing. */
export const models: PerformancePart = {
  id: 'models',
  title: 'Building every reference model',
  async run({ quick, workspace, say }) {
    if (process.platform !== 'linux')
      return { state: 'skipped', reason: 'The peak memory of a process is read from /proc.' };
    const ids = (quick ? referenceModels.slice(0, 3) : referenceModels).map(({ id }) => id);
    const args = ['scripts/perf/models.ts', join(workspace, 'built'), ...ids];
    const { exitCode, output } = await runNode(args, { onOutput: (text) => say(text.trimEnd()) });
    if (exitCode !== 0) throw new Error(`Building failed:\n${output}`);
    const built = output
      .trim()
      .split('\n')
      .map((line) => builtSchema.parse(JSON.parse(line)));
    return {
      state: 'measured',
      figures: toFigures(built),
      notes: [
        'One model after another into an empty data directory, its inspection included. Memory is the high-water mark of the resident size: of the process that writes the files, reset before each model, and of each engine process that it starts.',
      ],
    };
  },
};

function toFigures(built: readonly Built[]): Figure[] {
  const total = built.reduce((sum, { seconds }) => sum + seconds, 0);
  const largest = (pick: (one: Built) => number): number => Math.max(...built.map(pick));
  return [
    limitedFigure(`all ${built.length} models`, total, limitS, formatSeconds),
    limitedFigure(
      'memory of the core, most',
      largest((one) => one.corePeakBytes),
      limitBytes,
      formatMegabytes,
    ),
    limitedFigure(
      'memory of an engine, most',
      largest((one) => one.enginePeakBytes),
      limitBytes,
      formatMegabytes,
    ),
    ...built.map(({ id, seconds, sizeBytes, corePeakBytes, enginePeakBytes }) => {
      const engine = enginePeakBytes === 0 ? 'no engine' : `engine ${formatMegabytes(enginePeakBytes)}`;
      const parts = [
        formatSeconds(seconds),
        `file ${formatMegabytes(sizeBytes)}`,
        `core ${formatMegabytes(corePeakBytes)}`,
      ];
      return plainFigure(id, [...parts, engine].join(', '));
    }),
    plainFigure('all files together', formatMegabytes(built.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))),
  ];
}

/** Starts engines whose peak memory is handed over when they end. */
function createFollowedSpawner(onPeak: (bytes: number) => void): SpawnEngine {
  const spawn = createNodeSpawner(engineEntryPath());
  return (options) => {
    const child = spawn(options);
    const follow = followPeak(child.pid);
    return {
      ...child,
      kill() {
        // The last look: a killed process has no high-water mark any more.
        follow[Symbol.dispose]();
        onPeak(follow.peakBytes());
        child.kill();
      },
    };
  };
}

async function build(folder: string, id: string): Promise<Built> {
  // 5 sets the high-water mark back to the present size (proc(5), clear_refs).
  writeFileSync('/proc/self/clear_refs', '5');
  let enginePeakBytes = 0;
  const spawn = createFollowedSpawner((bytes) => (enginePeakBytes = Math.max(enginePeakBytes, bytes)));
  const startMs = performance.now();
  using core = createCore({ dataDirectory: folder, spawn });
  const { summary } = await resolveModel(id, core);
  const seconds = (performance.now() - startMs) / 1e3;
  const corePeakBytes = peakResidentBytes('self') ?? Number.NaN;
  return { id, seconds, sizeBytes: summary.sizeBytes, corePeakBytes, enginePeakBytes };
}

if (import.meta.main) {
  const [folder, ...ids] = process.argv.slice(2);
  if (folder === undefined) throw new Error('Name an empty data directory to build into');
  for (const id of ids.length > 0 ? ids : referenceModels.map((model) => model.id)) {
    console.log(JSON.stringify(await build(folder, id)));
  }
}
