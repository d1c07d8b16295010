import type { RecipeId } from '../../shared/domain/quantization.ts';
import { fp16 } from './fp16.ts';
import { int4Weight } from './int4-weight.ts';
import { int8Dynamic } from './int8-dynamic.ts';
import { int8Static } from './int8-static.ts';
import { int8Weight } from './int8-weight.ts';
import type { Recipe } from './recipe/define-recipe.ts';

/** Every recipe; how to add one is in docs/how-to/add-quantization-recipe.md. */
export const recipes: Readonly<Record<RecipeId, Recipe>> = {
  'int8-dynamic': int8Dynamic,
  'int8-static': int8Static,
  'int8-weight': int8Weight,
  'int4-weight': int4Weight,
  fp16,
};
