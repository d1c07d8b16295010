import { toAddressText } from '../../components/address-text.ts';

/** What the address of the models screen holds. */
export interface ModelsSearch {
  /** Opens the import. */
  import?: boolean;
  /** Shows only models whose name, title or source contains it. */
  text?: string;
}

export function parseModelsSearch(search: Record<string, unknown>): ModelsSearch {
  const text = toAddressText(search.text);
  return {
    ...(search.import === true ? { import: true } : {}),
    ...(text !== null ? { text } : {}),
  };
}
