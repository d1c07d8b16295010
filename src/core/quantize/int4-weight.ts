import { blockParametersSchema, replaceWithBlocks } from './products/replace-with-blocks.ts';
import { defineRecipe } from './recipe/define-recipe.ts';

/** Weights in 4 bits, block by block along K; activations stay float32. */
export const int4Weight = defineRecipe({
  id: 'int4-weight',
  name: 'INT4 weights',
  summary: 'For decoders at batch 1 and where memory is short: an eighth of the weights; large batches get no faster.',
  parameters: blockParametersSchema,
  oldestOpset: 7,
  apply: (subject, parameters) => replaceWithBlocks(subject, { ...parameters, bits: 4 }),
});
