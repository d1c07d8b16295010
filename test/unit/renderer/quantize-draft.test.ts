import { describe, expect, it } from 'vitest';
import type { ParameterField, RecipeDescription } from '../../../src/shared/domain/recipe-form.ts';
import { describeGiven } from '../../../src/renderer/features/models/quantize/describe-given.ts';
import {
  chosenRecipe,
  emptyDraft,
  explainDimension,
  explainMaxDrop,
  explainName,
  explainValue,
  parseDimensions,
  parseMaxDrop,
  shownValues,
  suggestName,
  toParameters,
} from '../../../src/renderer/features/models/quantize/draft.ts';
import { groupNodes } from '../../../src/renderer/features/models/quantize/group-nodes.ts';
import { estimateLeftS } from '../../../src/renderer/features/models/quantize/stages.ts';

const field = (name: string, control: ParameterField['control']): ParameterField => ({
  name,
  label: name,
  description: null,
  shownWith: null,
  control,
});
const block = field('blockSize', {
  kind: 'choice',
  default: 32,
  choices: [
    { value: 32, label: 'thirty-two' },
    { value: 128, label: 'more' },
  ],
});
const percentile = field('percentile', { kind: 'number', default: 99.9, isWhole: false, min: 50, max: 100 });
const names = field('floatOperators', { kind: 'names', default: [] });
const recipe: RecipeDescription = {
  id: 'int4-weight',
  name: 'INT4 weights',
  summary: 'A summary.',
  oldestOpset: 7,
  usesCalibration: false,
  parameters: [field('symmetric', { kind: 'switch', default: true }), block, percentile, names],
};

describe('parameters of a draft', () => {
  it('that are as the recipe comes are not sent', () => {
    expect(toParameters(recipe, shownValues(recipe.parameters, {}, {}))).toEqual({});
  });

  it('show what was changed before what is proposed before the defaults', () => {
    const values = shownValues(recipe.parameters, { blockSize: 128, symmetric: false }, { symmetric: true });
    expect(values).toEqual({ symmetric: true, blockSize: 128, percentile: '99.9', floatOperators: '' });
    expect(toParameters(recipe, values)).toEqual({ blockSize: 128 });
  });

  it('are read from what was typed', () => {
    const values = shownValues(recipe.parameters, {}, { percentile: ' 99 ', floatOperators: 'Softmax, Add  Mul' });
    expect(toParameters(recipe, values)).toEqual({ percentile: 99, floatOperators: ['Softmax', 'Add', 'Mul'] });
  });

  it.each([
    ['', 'Give a number from 50 to 100.'],
    ['101', 'Give a number from 50 to 100.'],
    ['ninety', 'Give a number from 50 to 100.'],
    ['99.5', null],
  ])('of a number: %j', (text, problem) => {
    expect(explainValue(percentile, text)).toBe(problem);
  });

  it('of a whole number takes no fraction', () => {
    const bins = field('bins', { kind: 'number', default: 128, isWhole: true, min: 2, max: null });
    expect(explainValue(bins, '2.5')).toBe('Give a whole number from 2 on.');
    expect(explainValue(bins, '2')).toBeNull();
  });
});

describe('the name of a variant', () => {
  it('is that of the model and the recipe, numbered where that is taken', () => {
    expect(suggestName('resnet50', 'int8-static', [])).toBe('resnet50.int8-static');
    expect(suggestName('/data/detector.onnx', 'fp16', ['detector.fp16', 'detector.fp16-2'])).toBe('detector.fp16-3');
  });

  it('may not be empty or taken', () => {
    expect(explainName(' ', [])).toBe('Give a name.');
    expect(explainName('a ', ['a'])).toBe('A model has this name already.');
    expect(explainName('b', ['a'])).toBeNull();
  });
});

describe('a bound on the loss', () => {
  it('is a percentage, and none where nothing is typed', () => {
    expect([' ', '0.5', '1,5', '0', '101', 'much'].map(explainMaxDrop).map((problem) => problem === null)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(['', '0.5', '1,5'].map(parseMaxDrop)).toEqual([null, 0.005, 0.015]);
  });
});

it('the best proposal is chosen until another is', () => {
  const opinion = { stance: 'proposed' as const, reason: 'x', caution: null, parameters: {}, sizeBytes: 1 };
  const advice = {
    sizeBytes: 4,
    basis: { kind: 'macs' as const, productShare: 1, convolutionShare: 0 },
    isQuantized: false,
    opinions: [{ ...opinion, recipe: 'int8-dynamic' as const }],
    calibration: 'generated' as const,
    evidence: 'Nowhere.',
    nothing: null,
  };
  expect(chosenRecipe(emptyDraft, undefined)).toBeNull();
  expect(chosenRecipe(emptyDraft, advice)).toBe('int8-dynamic');
  expect(chosenRecipe({ ...emptyDraft, recipe: 'fp16' }, advice)).toBe('fp16');
});

it('nodes of one operator and fate stand in one line, changed ones first', () => {
  const left = { kind: 'left' as const, reason: 'excluded' as const, message: 'It was excluded.' };
  const changed = { kind: 'changed' as const, operators: ['com.microsoft:MatMulNBits', 'Add', 'Add'] };
  expect(
    groupNodes([
      { node: 'a', operator: 'MatMul', outcome: left },
      { node: 'b', operator: 'MatMul', outcome: left },
      { node: 'c', operator: 'MatMul', outcome: changed },
    ]),
  ).toEqual([
    { kind: 'changed', operator: 'MatMul', what: 'MatMulNBits, 2 Add', nodes: ['c'] },
    { kind: 'left', operator: 'MatMul', what: 'It was excluded.', nodes: ['a', 'b'] },
  ]);
});

it('parameters that were used are told in the words of the form, those without effect not at all', () => {
  const hidden = { ...percentile, shownWith: { parameter: 'method', value: 'percentile' } };
  const fields = [...recipe.parameters.filter(({ name }) => name !== 'percentile'), hidden];
  const given = { symmetric: false, blockSize: 128, floatOperators: [], percentile: 99.9, method: 'min-max' };
  expect(describeGiven(fields, given)).toEqual([
    { name: 'symmetric', value: 'off' },
    { name: 'blockSize', value: 'more' },
    { name: 'floatOperators', value: 'none' },
  ]);
});

it('the time that is left is told when enough was done to tell', () => {
  expect(estimateLeftS(0.05, 60_000)).toBeNull();
  expect(estimateLeftS(0.5, 1_000)).toBeNull();
  expect(estimateLeftS(0.25, 10_000)).toBe(30);
});

it('sizes of open dimensions are whole numbers, and those that were not given are left out', () => {
  expect(parseDimensions(['sequence', 'past'], { sequence: '128', past: ' ', batch: '4' })).toEqual({ sequence: 128 });
  expect([explainDimension(undefined), explainDimension(''), explainDimension('0')]).toEqual([null, null, null]);
  expect(explainDimension('1.5')).toEqual(expect.any(String));
});
