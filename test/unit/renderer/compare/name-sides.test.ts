import { describe, expect, it } from 'vitest';
import { describeCommon, nameSides, subjectOf, titleOf } from '../../../../src/renderer/features/compare/name-sides.ts';
import type { ComparisonSide } from '../../../../src/shared/domain/comparison.ts';

const side = (change: Partial<ComparisonSide> = {}): ComparisonSide => ({
  model: 'resnet50',
  provider: 'cpu',
  threads: 1,
  ...change,
});
const toPlan = (baseline: ComparisonSide, ...candidates: ComparisonSide[]) => ({
  baseline,
  candidates,
  batch: 1,
  dims: {},
  seed: 0,
  margin: 0.02,
  maxDurationS: 60,
  data: null,
});

describe('the names of two sides', () => {
  it.each([
    [side(), side({ model: 'resnet50-int8' }), 'resnet50', 'resnet50-int8'],
    [side(), side({ provider: 'cuda' }), 'cpu', 'cuda'],
    [side(), side({ threads: 0 }), '1 thread', 'threads per core'],
    [side(), side({ model: 'a/bert.onnx', provider: 'cuda' }), 'resnet50 · cpu', 'bert.onnx · cuda'],
    [side({ model: 'a/bert.onnx' }), side({ model: 'b/bert.onnx' }), 'a/bert.onnx', 'b/bert.onnx'],
    [side(), side(), 'resnet50', 'resnet50 again'],
  ])('tell them apart as briefly as possible (%#)', (baseline, candidate, one, other) => {
    expect(nameSides(baseline, candidate)).toEqual({ baseline: one, candidate: other });
  });

  it('leave to one text what both have in common', () => {
    expect(describeCommon(side(), side({ model: 'resnet50-int8' }))).toBe('cpu · 1 thread');
    expect(describeCommon(side(), side({ threads: 2 }))).toBe('resnet50 · cpu');
    expect(describeCommon(side({ threads: 0 }), side({ provider: 'cuda', threads: 0 }))).toBe('resnet50');
  });
});

describe('the subject of a sentence', () => {
  it('is the model with what differs beside it', () => {
    expect(subjectOf(side(), side({ model: 'resnet50-int8' }))).toBe('resnet50-int8');
    expect(subjectOf(side(), side({ provider: 'cuda', threads: 2 }))).toBe('resnet50 on cuda with 2 threads');
  });
});

describe('the title', () => {
  it('names one model once', () => {
    expect(titleOf(toPlan(side(), side({ threads: 2 })), 0)).toBe('resnet50: 2 threads against 1 thread');
    expect(titleOf(toPlan(side(), side({ model: 'x' }), side({ model: 'y' })), 1)).toBe('y against resnet50');
    expect(titleOf(toPlan(side(), side()), 0)).toBe('resnet50 again against resnet50');
  });
});
