import { join } from 'node:path';
import { createCore } from '../../src/core/create-core.ts';
import { expandMatrix } from '../../src/core/measure/expand-plan.ts';
import { resolveModel } from '../../src/core/models/resolve-model.ts';
import type { Plan } from '../../src/shared/domain/plan.ts';
import { measureUnderKills, retryRun } from '../../test/support/measure-under-kills.ts';
import { plainFigure, type Figure, type PerformancePart } from './part.ts';

const models = ['mlp-tabular', 'digits-cnn'];
const kills = { engine: 20, core: 5 };

/** 48 configurations, each as short as can be: what is looked at is what becomes of them, not their results. */
const plan: Plan = {
  models,
  providers: ['cpu'],
  scenario: 'offline',
  batches: [1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96],
  threads: [1, 2],
  grade: 'quick',
  seed: 0,
  dims: {},
  inputs: null,
  repeats: 1,
  override: { minDurationS: 0.5, minQueries: 16, warmUp: { minRuns: 3, minS: 0.1, maxS: 0.1, tolerance: 0.5 } },
};

/** A matrix whose engines and core are killed at random, and what is left of it. */
export const killedMatrix: PerformancePart = {
  id: 'matrix',
  title: 'A matrix whose processes are killed',
  async run({ quick, workspace, say }) {
    if (process.platform !== 'linux') return { state: 'skipped', reason: 'Engines are found through /proc.' };
    const dataDirectory = join(workspace, 'data');
    const lockPath = join(workspace, 'lock');
    await buildModels(dataDirectory);
    const wanted = quick ? { ...plan, batches: [1, 2, 4] } : plan;
    const configurations = expandMatrix(wanted).length;
    const asked = quick ? { engine: 3, core: 1 } : kills;
    const report = await measureUnderKills({
      plan: wanted,
      dataDirectory,
      lockPath,
      engineKills: asked.engine,
      coreKills: asked.core,
      meanGapMs: 3000,
      seed: 5,
      say,
    });
    say('measuring again what the kills had ended');
    const retried = await retryRun({ dataDirectory, lockPath }, report);
    const { completed = 0 } = report.cells;
    const ended = Object.values(report.cells).reduce((sum, count) => sum + count, 0);
    const open = (report.cells.pending ?? 0) + (report.cells.running ?? 0) + (report.cells.cancelled ?? 0);
    return {
      state: 'measured',
      figures: [
        exactFigure('SIGKILL of engines at random', report.engineKills, asked.engine),
        exactFigure('SIGKILL of the core, each followed by a resume', report.coreKills, asked.core),
        exactFigure('configurations that ended', ended - open, configurations),
        exactFigure('finished configurations measured again, or changed', report.measuredAgain, 0),
        exactFigure('finished configurations lost', report.lost, 0),
        plainFigure('completed; the others ended with their engine', `${completed} of ${configurations}`),
        exactFigure('completed after measuring again what was killed', retried.cells.completed ?? 0, configurations),
        exactFigure('completed ones changed by that', retried.measuredAgain, 0),
      ],
      notes: [
        `${configurations} configurations of ${models.join(' and ')} with measured parts of half a second. Kills come half to one and a half times three seconds apart, in a seeded order. After each kill of the core every configuration that was reported as finished is read back and its record and stamps are hashed; the hashes are compared until the end.`,
      ],
    };
  },
};

/** Reference models are built on first use, which is not what is killed here. */
async function buildModels(dataDirectory: string): Promise<void> {
  using core = createCore({ dataDirectory });
  for (const model of models) await resolveModel(model, core);
}

function exactFigure(what: string, value: number, wanted: number): Figure {
  return { what, target: String(wanted), figure: String(value), met: value === wanted };
}
