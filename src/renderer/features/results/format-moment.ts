/** Formats cost more to make than to use, and a list writes hundreds of times. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** Day and time of day, with the year where it is another one: as short as a list allows. */
export function formatMoment(iso: string, locale: string | undefined): string {
  const date = new Date(iso);
  const hasYear = date.getFullYear() !== new Date().getFullYear();
  const key = `${locale ?? ''} ${hasYear}`;
  const format =
    formats.get(key) ??
    new Intl.DateTimeFormat(locale, {
      ...(hasYear ? { year: 'numeric' } : {}),
      month: 'short',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
    });
  formats.set(key, format);
  return format.format(date);
}
