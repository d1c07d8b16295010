/** What the address of the models screen holds. */
export interface ModelsSearch {
  /** Opens the import. */
  import?: boolean;
  /** Shows only models whose name, title or source contains it. */
  text?: string;
}

export function parseModelsSearch(search: Record<string, unknown>): ModelsSearch {
  const { text } = search;
  return {
    ...(search.import === true ? { import: true } : {}),
    ...(typeof text === 'string' && text !== '' ? { text } : {}),
  };
}
