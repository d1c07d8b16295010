/** What the address of the models screen holds. */
export interface ModelsSearch {
  /** Opens the import. */
  import?: boolean;
}

export function parseModelsSearch(search: Record<string, unknown>): ModelsSearch {
  return search.import === true ? { import: true } : {};
}
