import { useQuery } from '@tanstack/react-query';
import type { RecipeDescription } from '../../../shared/domain/recipe-form.ts';
import { api } from '../../transport/connection.ts';

/** Finds a recipe by its id; undefined for one that this version does not know. */
export function useRecipes(): (id: string) => RecipeDescription | undefined {
  const { data = [] } = useQuery(api.quantization.recipes.queryOptions({ staleTime: Infinity }));
  return (id) => data.find((recipe) => recipe.id === id);
}
