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

/** A line of the list: a variant stands below the model that it was made from. */
export interface ModelLine {
  model: ListedModel;
  /** Of a variant whose source is listed above it. */
  source: ListedModel | null;
}

/** Models of the user first, then those of reference, each with its variants below it. */
export function arrangeModels(models: readonly ListedModel[]): { own: ModelLine[]; reference: ModelLine[] } {
  const names = new Set(models.map(({ name }) => name));
  const isBelow = ({ variant, name }: ListedModel): boolean =>
    variant !== null && variant.of !== null && variant.of !== name && names.has(variant.of);
  const roots = models.filter((model) => !isBelow(model));
  const withVariants = (root: ListedModel): ModelLine[] => [
    { model: root, source: null },
    ...models
      .filter((model) => isBelow(model) && model.variant?.of === root.name)
      .map((model) => ({ model, source: root })),
  ];
  return {
    own: roots.filter(({ kind }) => kind !== 'reference').flatMap(withVariants),
    reference: roots.filter(({ kind }) => kind === 'reference').flatMap(withVariants),
  };
}

/** Size of a variant over that of its source; null where one of them is not known. */
export function sizeShare(variant: ListedModel, source: ListedModel | null | undefined): number | null {
  if (variant.sizeBytes === null || source?.sizeBytes == null || source.sizeBytes === 0) return null;
  return variant.sizeBytes / source.sizeBytes;
}
