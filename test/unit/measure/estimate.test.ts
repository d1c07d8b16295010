import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { estimatePlan } from '../../../src/core/measure/estimate.ts';
import { openStorage, type Storage } from '../../../src/core/storage/open.ts';
import { shortPlan } from '../../support/short-plan.ts';

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

it('grows with every configuration and repeat', () => {
  const one = estimatePlan(plan({ models: ['mlp-tabular'] }), storage).seconds;
  const many = estimatePlan(plan({ models: ['mlp-tabular'], batches: [1, 2, 4], repeats: 2 }), storage).seconds;
  expect(many).toBeCloseTo(6 * one, 0);
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
