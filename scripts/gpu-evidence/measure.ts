import path from 'node:path';
import type { Core } from '../../src/core/create-core.ts';
import type { SpawnEngine } from '../../src/core/engine-client/engine-process.ts';
import { runPlan } from '../../src/core/measure/run-plan.ts';
import { resolveModel } from '../../src/core/models/resolve-model.ts';
import { quantizeModel } from '../../src/core/quantize/quantize-model.ts';
import type { ProviderId } from '../../src/shared/domain/provider.ts';
import type { RecipeId } from '../../src/shared/domain/quantization.ts';
import type { CellRecord } from '../../src/shared/domain/run.ts';

/** One model in one precision, with the batches that it is measured at. */
export interface Subject {
  model: string;
  precision: 'fp32' | 'fp16' | 'int8';
  recipe: RecipeId | null;
  batches: number[];
}

/** A measured configuration with what it was made of. */
export interface Figure {
  subject: Subject;
  /** Reference model that the multiply-accumulates are known of. */
  reference: string;
  cell: CellRecord;
  remark: string | null;
}

/** Small models for an adapter in software, where a large one would take minutes and tell no more. */
export const softwareSubjects: readonly Subject[] = [
  { model: 'digits-cnn', precision: 'fp32', recipe: null, batches: [1, 8, 64] },
  { model: 'mlp-tabular', precision: 'fp32', recipe: null, batches: [1, 64] },
  { model: 'digits-cnn', precision: 'fp16', recipe: 'fp16', batches: [1] },
  { model: 'mlp-tabular', precision: 'int8', recipe: 'int8-dynamic', batches: [1] },
];

export const deviceSubjects: readonly Subject[] = [
  { model: 'digits-cnn', precision: 'fp32', recipe: null, batches: [1] },
  { model: 'resnet50', precision: 'fp32', recipe: null, batches: [1, 8, 64] },
  { model: 'resnet50', precision: 'fp16', recipe: 'fp16', batches: [1, 64] },
  { model: 'resnet50', precision: 'int8', recipe: 'int8-static', batches: [1, 64] },
  { model: 'bert-base', precision: 'fp32', recipe: null, batches: [1, 8] },
];

export interface MeasureOptions {
  core: Core;
  spawn: SpawnEngine;
  provider: ProviderId;
  subjects: readonly Subject[];
  remark: string | null;
  /** The machine's lock, which the caller holds. */
  lock: Disposable;
  onProgress(line: string): void;
}

/** Measures the subjects on one provider at the quick grade; what fails is a figure as well. */
export async function measureSubjects(options: MeasureOptions): Promise<Figure[]> {
  const { core, spawn, provider, subjects, remark, lock, onProgress } = options;
  const figures: Figure[] = [];
  for (const subject of subjects) {
    onProgress(`${provider} · ${subject.model} ${subject.precision} · batches ${subject.batches.join(', ')}`);
    const model = await prepare(core, subject);
    const runId = await runPlan(
      {
        models: [model],
        providers: [provider],
        scenario: 'single-stream',
        batches: subject.batches,
        threads: [0],
        grade: 'quick',
        seed: 1,
        dims: {},
        inputs: null,
        repeats: 1,
      },
      { ...core, spawn },
      { lock },
    );
    for (const cell of core.storage.cells.ofRun(runId)) {
      figures.push({ subject, reference: subject.model, cell, remark });
    }
  }
  return figures;
}

/** Name of a reference model, or the path of its variant, made once. */
async function prepare(core: Core, { model, precision, recipe }: Subject): Promise<string> {
  if (recipe === null) return model;
  const target = path.join(core.directory.models, `${model}.${precision}.onnx`);
  const source = await resolveModel(model, core);
  const { spawn, directory, app } = core;
  const options = { spawn, temporaryFolder: directory.temporary, dims: {}, version: app.version };
  await quantizeModel(source.path, { ...options, recipe, target });
  return target;
}
