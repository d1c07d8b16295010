import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeParameters } from '../../../src/core/quantize/recipe/describe-parameters.ts';
import { recipes } from '../../../src/core/quantize/registry.ts';
import { parameterFieldSchema } from '../../../src/shared/domain/recipe-form.ts';

const controlOf = (schema: z.ZodType) => describeParameters(z.strictObject({ one: schema }))[0]?.control;

describe('the field of a parameter', () => {
  it('is a switch for yes and no', () => {
    expect(controlOf(z.boolean().default(true))).toEqual({ kind: 'switch', default: true });
  });

  it('is a choice for a few values, whatever their type', () => {
    expect(controlOf(z.enum(['a', 'b']).default('b'))).toEqual({
      kind: 'choice',
      default: 'b',
      choices: [
        { value: 'a', label: 'a' },
        { value: 'b', label: 'b' },
      ],
    });
    expect(controlOf(z.union([z.literal(32), z.literal(128)]).default(32))).toMatchObject({
      choices: [{ value: 32 }, { value: 128 }],
    });
    expect(controlOf(z.boolean().nullable().default(null))).toMatchObject({
      default: null,
      choices: [{ value: true }, { value: false }, { value: null }],
    });
  });

  it('is a number with its bounds', () => {
    expect(controlOf(z.number().int().min(2).max(9000).default(128))).toEqual({
      kind: 'number',
      default: 128,
      isWhole: true,
      min: 2,
      max: 9000,
    });
    expect(controlOf(z.number().default(0.5))).toMatchObject({ isWhole: false, min: null, max: null });
  });

  it('is a list of names', () => {
    expect(controlOf(z.array(z.string()).default([]))).toEqual({ kind: 'names', default: [] });
  });

  it('refuses what no field suits', () => {
    expect(() => controlOf(z.record(z.string(), z.number()).default({}))).toThrow('No field of a form suits');
  });
});

it.each(Object.values(recipes))('the recipe $id can be shown as a form whose defaults it takes', (recipe) => {
  const fields = describeParameters(recipe.parameters).map((field) => parameterFieldSchema.parse(field));
  const defaults = Object.fromEntries(fields.map(({ name, control }) => [name, control.default]));
  expect(recipe.prepare(defaults).parameters).toEqual(recipe.prepare({}).parameters);
  expect(fields.filter(({ description }) => description === null)).toEqual([]);
});
