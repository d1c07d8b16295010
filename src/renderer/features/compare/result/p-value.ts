const smallest = 0.001;

/** A p value as it is read: "p = 0.034", "p < 0.001". */
export function formatPValue(pValue: number, locale: string | undefined): string {
  const format = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2, maximumFractionDigits: 3 });
  return pValue < smallest ? `p < ${format.format(smallest)}` : `p = ${format.format(pValue)}`;
}
