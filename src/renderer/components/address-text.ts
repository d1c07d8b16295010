/** A text of an address; one that reads like a number or a truth value arrives as that. null: no text, or an empty one. */
export function toAddressText(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}
