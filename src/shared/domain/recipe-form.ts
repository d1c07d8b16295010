import { z } from 'zod';
import { recipeIdSchema } from './quantization.ts';

const choiceValueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** One parameter of a recipe, as a form shows it. */
export const parameterFieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  /** What it does and costs, one sentence; null where only its name is known. */
  description: z.string().nullable(),
  /** It means something only where another parameter has this value; null: always. */
  shownWith: z.object({ parameter: z.string(), value: z.string() }).nullable(),
  control: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('switch'), default: z.boolean() }),
    z.object({
      kind: z.literal('choice'),
      default: choiceValueSchema,
      choices: z.array(z.object({ value: choiceValueSchema, label: z.string() })).min(1),
    }),
    z.object({
      kind: z.literal('number'),
      default: z.number(),
      isWhole: z.boolean(),
      /** null: no bound. */
      min: z.number().nullable(),
      max: z.number().nullable(),
    }),
    /** A list of names, such as operators. */
    z.object({ kind: z.literal('names'), default: z.array(z.string()) }),
  ]),
});
export type ParameterField = z.infer<typeof parameterFieldSchema>;

/** A recipe as people choose it. */
export const recipeDescriptionSchema = z.object({
  id: recipeIdSchema,
  name: z.string(),
  summary: z.string(),
  oldestOpset: z.number().int(),
  /** True: ranges of activations come from data, which is given or generated. */
  usesCalibration: z.boolean(),
  parameters: z.array(parameterFieldSchema),
});
export type RecipeDescription = z.infer<typeof recipeDescriptionSchema>;
