interface ParsedAmount {
  /** null: nothing is given, or not a number. */
  amount: number | null;
  problem: string | null;
}

/** Reads an amount with the decimal separator of the locale, or with a point. Nothing typed is no amount, and no problem. */
export function parseAmount(text: string, locale: string | null): ParsedAmount {
  const trimmed = text.trim();
  if (trimmed === '') return { amount: null, problem: null };
  const separator = decimalSeparator(locale);
  const plain = separator === '.' ? trimmed : trimmed.replace(separator, '.');
  // A group separator is not guessed at: 1.234 would be either of two amounts.
  if (!/^\d*\.?\d+$/.test(plain)) {
    return { amount: null, problem: `"${trimmed}" is no amount. Type digits such as 0${separator}32.` };
  }
  return { amount: Number(plain), problem: null };
}

/** Writes an amount as `parseAmount` reads it, all its digits. */
export function writeAmount(amount: number, locale: string | null): string {
  // Never with a power of ten, which nobody types.
  const plain = new Intl.NumberFormat('en', { useGrouping: false, maximumFractionDigits: 20 }).format(amount);
  return plain.replace('.', decimalSeparator(locale));
}

function decimalSeparator(locale: string | null): string {
  const parts = new Intl.NumberFormat(locale ?? undefined).formatToParts(0.5);
  return parts.find(({ type }) => type === 'decimal')?.value ?? '.';
}
