/** Offered before anything is typed; any other tag can be typed. */
export const commonLocales = [
  'en-US',
  'en-GB',
  'de-DE',
  'fr-FR',
  'es-ES',
  'it-IT',
  'pl-PL',
  'pt-BR',
  'nl-NL',
  'sv-SE',
  'cs-CZ',
  'tr-TR',
  'uk-UA',
  'hi-IN',
  'ja-JP',
  'ko-KR',
  'zh-CN',
] as const;

interface CheckedLocale {
  /** In its canonical form; null: as the system says. */
  tag: string | null;
  problem: string | null;
}

/** Reads a BCP 47 tag as somebody types it. */
export function checkLocale(text: string): CheckedLocale {
  const trimmed = text.trim();
  if (trimmed === '') return { tag: null, problem: null };
  try {
    const [tag = trimmed] = Intl.getCanonicalLocales(trimmed);
    if (Intl.NumberFormat.supportedLocalesOf(tag).length === 0) {
      return { tag, problem: `"${tag}" is a language tag whose numbers are not known here. Choose a related one.` };
    }
    return { tag, problem: null };
  } catch {
    return { tag: null, problem: `"${trimmed}" is no language tag. Type one such as en-GB or de-CH.` };
  }
}

/** The name of a locale in English, e.g. "German (Switzerland)". */
export function describeLocale(tag: string): string {
  return new Intl.DisplayNames('en', { type: 'language', languageDisplay: 'standard' }).of(tag) ?? tag;
}

/** A number, a moment and an amount as the locale writes them. */
export function previewLocale(tag: string | null, currency: string): { name: string; text: string }[] {
  const locale = tag ?? undefined;
  return [
    { name: 'number', text: new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }).format(1_234_567.891) },
    {
      name: 'date',
      text: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date()),
    },
    { name: 'amount', text: new Intl.NumberFormat(locale, { style: 'currency', currency }).format(1_234.5) },
  ];
}
