import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../../shared/contract/index.ts';

export type ListedModel = InferContractRouterOutputs<typeof contract>['models']['list'][number];

/** Models whose name, title or source contains every word of a text. */
export function filterModels(models: readonly ListedModel[], text: string): ListedModel[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return models.filter(({ name, title, source }) => {
    const searched = `${name} ${title} ${source}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
}
