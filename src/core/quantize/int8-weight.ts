import { blockParametersSchema, replaceWithBlocks } from './products/replace-with-blocks.ts';
import { defineRecipe } from './recipe/define-recipe.ts';

/** Weights in 8 bits, block by block along K; activations stay float32. */
export const int8Weight = defineRecipe({
  id: 'int8-weight',
  name: 'INT8 weights',
  summary: 'As INT4 weights, with an error of about a tenth and twice the size.',
  parameters: blockParametersSchema,
  oldestOpset: 7,
  apply: (subject, parameters) => replaceWithBlocks(subject, { ...parameters, bits: 8 }),
});
