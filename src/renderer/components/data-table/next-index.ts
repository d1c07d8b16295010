/** Where the keyboard is in a list, and how many rows a page of it shows. */
export interface ListPlace {
  active: number;
  count: number;
  page: number;
}

/** The row that a key leads to; null for a key that moves nothing. */
export function nextIndex(key: string, { active, count, page }: ListPlace): number | null {
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  return target === undefined || count === 0 ? null : Math.max(0, Math.min(count - 1, target));
}
