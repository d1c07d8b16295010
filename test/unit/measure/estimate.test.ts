import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { estimatePlan } from '../../../src/core/measure/estimate.ts';
import { openStorage, type Storage } from '../../../src/core/storage/open.ts';
import { expandPlan } from '../../../src/core/measure/expand-plan.ts';
import type { Plan } from '../../../src/shared/domain/plan.ts';
import { shortPlan } from '../../support/short-plan.ts';
import { createCompleted, finishCell, storeRun } from '../storage/sample-run.ts';

let folder: string;
let storage: Storage;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'estimate-'));
  storage = openStorage(path.join(folder, 'test.sqlite'));
});
afterEach(() => {
  storage.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A plan by its grade alone. */
function plan(changes: Parameters<typeof shortPlan>[0]) {
  const { override: _, ...rest } = shortPlan(changes);
  return rest;
}

it('grows with every configuration, and with fresh processes by their start alone', () => {
  const one = estimatePlan(plan({ models: ['mlp-tabular'] }), storage).seconds;
  const many = estimatePlan(plan({ models: ['mlp-tabular'], batches: [1, 2, 4] }), storage).seconds;
  expect(many).toBeCloseTo(3 * one, 0);
  const repeated = estimatePlan(plan({ models: ['mlp-tabular'], repeats: 2 }), storage).seconds;
  expect(repeated).toBeGreaterThan(one);
  expect(repeated).toBeLessThan(2 * one);
});

it('is bound by the minimum time of the grade for a fast model and by its minimum queries for a slow one', () => {
  const fast = estimatePlan(plan({ models: ['mlp-tabular'], grade: 'standard' }), storage);
  expect(fast.seconds).toBeGreaterThan(60);
  expect(fast.seconds).toBeLessThan(75);
  const slow = estimatePlan(plan({ models: ['vit-b16'], grade: 'standard' }), storage);
  expect(slow.seconds).toBeGreaterThan(662 * 0.5);
});

it('says that it is a lower bound when nothing tells the speed of a model', () => {
  expect(estimatePlan(plan({ models: ['/models/unknown.onnx'] }), storage).lowerBound).toBe(true);
  expect(estimatePlan(plan({ models: ['resnet50'] }), storage).lowerBound).toBe(false);
});

describe('takes the speed from the earlier result that is most like the configuration:', () => {
  let runs = 0;

  /** Stores that every query of a plan took so long. */
  function remember(changes: Partial<Plan>, latencyS: number): void {
    const stored: Plan = plan({ ...changes, models: ['/models/own.onnx'] });
    runs += 1;
    const id = storeRun(storage, { createdAtMs: runs * 1000, configs: expandPlan(stored), plan: stored });
    finishCell(storage, id, 0, createCompleted(latencyS * 1e9));
  }

  const seconds = (changes: Partial<Plan> = {}): number =>
    estimatePlan(plan({ ...changes, models: ['/models/own.onnx'] }), storage).seconds;

  it('its threads', () => {
    remember({ threads: [1] }, 2);
    remember({ threads: [2] }, 1);
    expect(seconds({ threads: [1] })).toBeGreaterThan(1.9 * seconds({ threads: [2] }));
  });

  it('its dimensions, before its threads', () => {
    remember({ dims: { sequence: 512 }, threads: [1] }, 2);
    remember({ dims: { sequence: 128 }, threads: [2] }, 1);
    const long = seconds({ dims: { sequence: 512 }, threads: [2] });
    expect(long).toBeGreaterThan(1.9 * seconds({ dims: { sequence: 128 }, threads: [2] }));
  });

  it('its scenario, and any other one where nothing is the same', () => {
    remember({ scenario: 'offline' }, 2);
    remember({ scenario: 'single-stream' }, 1);
    const offline = seconds({ scenario: 'offline' });
    expect(offline).toBeGreaterThan(1.9 * seconds({ scenario: 'single-stream' }));
    expect(seconds({ scenario: 'offline', threads: [7] })).toBe(offline);
  });

  it('a relative path is the same model as the absolute one that is stored', () => {
    remember({}, 1);
    const relative = path.relative(process.cwd(), '/models/own.onnx');
    const estimate = estimatePlan(plan({ models: [relative] }), storage);
    expect(estimate).toEqual({ seconds: seconds(), lowerBound: false });
  });
});
