/** What of a listed model decides where it is offered. */
interface OfferedModel {
  name: string;
  kind: 'reference' | 'imported' | 'quantized';
  present: boolean;
  /** Of a file that was quantized here: the model that it was made from; null: that is not listed any more. */
  variant: { of: string | null } | null;
}

export interface ModelGroup {
  group: string;
  items: { value: string; label: string; disabled: boolean }[];
}

/**
 * Models in the groups of a choice: variants stand with the model that they were made from, because they are compared
 * with it; then the user's other models, then reference models. `chosen` stays possible although it is gone.
 */
export function groupModels(models: readonly OfferedModel[], chosen: string | null): ModelGroup[] {
  const toItem = ({ name, present }: Pick<OfferedModel, 'name' | 'present'>) => ({
    value: name,
    label: name,
    disabled: !present && name !== chosen,
  });
  const families = new Map<string, OfferedModel[]>();
  for (const model of models) {
    const source = findSource(model, models);
    if (source !== null) families.set(source.name, [...(families.get(source.name) ?? [source]), model]);
  }
  const related = new Set([...families.values()].flat());
  const rest = models.filter((model) => !related.has(model));
  const isListed = chosen === null || models.some(({ name }) => name === chosen);
  return [
    ...[...families].map(([name, members]) => ({ group: `${name} and its variants`, items: members.map(toItem) })),
    { group: 'Your models', items: rest.filter(({ kind }) => kind !== 'reference').map(toItem) },
    { group: 'Reference models', items: rest.filter(({ kind }) => kind === 'reference').map(toItem) },
    { group: 'Not in the list', items: isListed ? [] : [toItem({ name: chosen, present: true })] },
  ].filter(({ items }) => items.length > 0);
}

/** Variants of a model that are not among the chosen ones, by their names. */
export function listVariants(
  models: readonly OfferedModel[],
  name: string | null,
  chosen: readonly (string | null)[],
): string[] {
  return models
    .filter((model) => model.present && !chosen.includes(model.name) && findSource(model, models)?.name === name)
    .map((model) => model.name);
}

/** The model that a variant comes from, over any number of steps; null for one that is no variant of a listed model. */
function findSource(model: OfferedModel, models: readonly OfferedModel[]): OfferedModel | null {
  const seen = new Set<OfferedModel>([model]);
  let source: OfferedModel | null = null;
  for (;;) {
    const name: string | null = (source ?? model).variant?.of ?? null;
    const next: OfferedModel | undefined = models.find((one) => one.name === name);
    if (next === undefined || seen.has(next)) return source;
    seen.add(next);
    source = next;
  }
}
