import type { Kind, Reading, Unit } from './domain/provenance.ts';

/** How numbers are written; `locale` is a BCP 47 tag, the system's own when left out. */
export interface FormatOptions {
  locale?: string | undefined;
}

/** A number as it is shown, in parts, so that a table can align it on the decimal separator. */
export interface FormattedNumber {
  /** Sign and digits before the decimal separator, thousands separated. */
  whole: string;
  /** Decimal separator and what follows it; empty without decimals. */
  fraction: string;
  /** With its prefix, e.g. "ms". */
  unit: string;
  /** All of it, e.g. "27.41 ms". */
  text: string;
  /** Value of one step of the last digit shown, in the unit that came in. */
  step: number;
}

export interface FormattedReading extends FormattedNumber {
  /** In the unit of the value and without it, e.g. "27.02 – 28.10"; null where none was computed. */
  interval: string | null;
}

interface Scale {
  factor: number;
  symbol: string;
}

function scales(...pairs: readonly (readonly [number, string])[]): readonly Scale[] {
  return pairs.map(([factor, symbol]) => ({ factor, symbol }));
}

const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Prefixes by unit, ascending. The same symbol never means two things: bytes are binary, everything else decimal. */
const scalesByUnit: Readonly<Record<Unit, readonly Scale[]>> = {
  ns: scales([1, 'ns'], [1e3, 'µs'], [1e6, 'ms'], [1e9, 's']),
  'tokens/s': scales([1, 'tokens/s'], [1e6, 'M tokens/s']),
  'samples/s': scales([1, 'samples/s'], [1e6, 'M samples/s']),
  'queries/s': scales([1, 'queries/s'], [1e6, 'M queries/s']),
  B: binary.map((symbol, power) => ({ factor: 1024 ** power, symbol })),
  // A share is read as a percentage.
  ratio: scales([0.01, '%']),
  '1': scales([1, '×']),
  'ns/s': scales([1, 'ns/s'], [1e3, 'µs/s'], [1e6, 'ms/s']),
  percent: scales([1, '%']),
  W: scales([1e-6, 'µW'], [1e-3, 'mW'], [1, 'W'], [1e3, 'kW']),
  J: scales([1e-6, 'µJ'], [1e-3, 'mJ'], [1, 'J'], [1e3, 'kJ']),
  MAC: scales([1, 'MAC'], [1e3, 'kMAC'], [1e6, 'MMAC'], [1e9, 'GMAC'], [1e12, 'TMAC']),
  FLOP: scales([1, 'FLOP'], [1e3, 'kFLOP'], [1e6, 'MFLOP'], [1e9, 'GFLOP'], [1e12, 'TFLOP']),
  'FLOP/s': scales([1, 'FLOP/s'], [1e6, 'MFLOP/s'], [1e9, 'GFLOP/s'], [1e12, 'TFLOP/s']),
  'OP/s': scales([1, 'OP/s'], [1e6, 'MOP/s'], [1e9, 'GOP/s'], [1e12, 'TOP/s']),
  'B/s': binary.map((symbol, power) => ({ factor: 1024 ** power, symbol: `${symbol}/s` })),
  Hz: scales([1, 'Hz'], [1e3, 'kHz'], [1e6, 'MHz'], [1e9, 'GHz']),
  '°C': scales([1, '°C']),
};

/** Digits of a number that nothing tells the uncertainty of. */
const plainDigits = 3;
/** Digits of the uncertainty that are shown. */
const uncertaintyDigits = 2;
/** Beyond it a number is written with a power of ten. */
const maxDecimals = 15;

/**
 * Writes a value with as many digits as its uncertainty leaves meaning to (two digits of the uncertainty), or three
 * where none is known and the number is not whole. A value that is not zero never shows as zero. `uncertainty` is in the unit of the value.
 */
export function formatQuantity(
  value: number,
  unit: Unit,
  options: FormatOptions & { uncertainty?: number | null } = {},
): FormattedNumber {
  const { scale, decimals } = chooseDigits(value, unit, options.uncertainty ?? null);
  const parts = splitNumber(value / scale.factor, decimals, options.locale);
  return {
    ...parts,
    unit: scale.symbol,
    text: `${parts.number} ${scale.symbol}`,
    step: scale.factor * 10 ** -decimals,
  };
}

/** Writes a reading: its value by `formatQuantity`, its interval with the same digits. */
export function formatReading(reading: Reading, options: FormatOptions = {}): FormattedReading {
  const { value, unit, interval } = reading;
  if (interval === null) return { ...formatQuantity(value, unit, options), interval: null };
  const distances = [interval.low, interval.high].flatMap((bound) => (bound === null ? [] : [Math.abs(bound - value)]));
  const uncertainty = distances.length === 0 ? null : Math.max(...distances);
  const number = formatQuantity(value, unit, { ...options, uncertainty });
  const { scale, decimals } = chooseDigits(value, unit, uncertainty);
  const low =
    interval.low === null ? 'no lower bound' : formatBound(interval.low / scale.factor, decimals, options.locale);
  const high =
    interval.high === null ? 'no upper bound' : formatBound(interval.high / scale.factor, decimals, options.locale);
  return { ...number, interval: `${low} – ${high}` };
}

/** A whole number with thousands separated. */
export function formatCount(value: number, options: FormatOptions = {}): string {
  return new Intl.NumberFormat(options.locale, { maximumFractionDigits: 0 }).format(value);
}

/** A length of time for people who wait: "under 1 s", "45 s", "1 min 40 s", "2 h 5 min". */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return join(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(whole / 60);
  return join(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** Date and time of day from an ISO 8601 time, in the time zone of this machine. */
export function formatTime(iso: string, options: FormatOptions = {}): string {
  return new Intl.DateTimeFormat(options.locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));
}

/** What stands where a number is missing: a word with its reason. */
export function formatMissing(reason: string): string {
  return `not available: ${reason}`;
}

/** Kinds are told apart without colour. */
export const kindShapes: Readonly<Record<Kind, string>> = {
  measured: '●',
  computed: '◐',
  catalogue: '■',
  projected: '◇',
  assumed: '○',
};

/** An invalid result is drawn hollow everywhere. */
export const verdictShapes = { VALID: '✓', 'VALID WITH REMARKS': '△', INVALID: '□' } as const;

function chooseDigits(value: number, unit: Unit, uncertainty: number | null): { scale: Scale; decimals: number } {
  const candidates = scalesByUnit[unit];
  const start = Math.max(
    0,
    candidates.findLastIndex(({ factor }) => factor <= Math.abs(value)),
  );
  const scale = value === 0 ? candidates.find(({ factor }) => factor === 1) : candidates[start];
  const used = scale ?? candidates[0];
  if (used === undefined) throw new Error(`The unit ${unit} has no scale`);
  const decimals = countDecimals(value / used.factor, uncertainty === null ? null : uncertainty / used.factor);
  const next = candidates[start + 1];
  // 999.97 µs with one decimal is 1,000.0 µs: the next prefix says it better.
  if (
    next !== undefined &&
    value !== 0 &&
    roundTo(Math.abs(value) / used.factor, decimals) * used.factor >= next.factor
  ) {
    return {
      scale: next,
      decimals: countDecimals(value / next.factor, uncertainty === null ? null : uncertainty / next.factor),
    };
  }
  return { scale: used, decimals };
}

/** May be negative: -2 stands for hundreds. */
function countDecimals(value: number, uncertainty: number | null): number {
  if (value === 0 && !uncertainty) return 0;
  if (uncertainty === null || uncertainty === 0) {
    return Number.isInteger(value) ? 0 : Math.max(0, plainDigits - 1 - exponentOf(value));
  }
  const fromUncertainty = uncertaintyDigits - 1 - exponentOf(uncertainty);
  return value === 0 ? fromUncertainty : Math.max(fromUncertainty, -exponentOf(value));
}

/** Power of ten of the first digit, read from the shortest decimal form: a logarithm is off by one near powers of ten. */
function exponentOf(value: number): number {
  return Number(value.toExponential().split('e')[1]);
}

function roundTo(value: number, decimals: number): number {
  return decimals > maxDecimals ? value : Number(`${Math.round(Number(`${value}e${decimals}`))}e${-decimals}`);
}

function formatBound(value: number, decimals: number, locale: string | undefined): string {
  const rounded = splitNumber(value, decimals, locale).number;
  const smallest = 10 ** -decimals;
  const isHidden = value !== 0 && Math.abs(value) < smallest / 2;
  return isHidden ? `${value < 0 ? '>-' : '<'}${splitNumber(smallest, decimals, locale).number}` : rounded;
}

function splitNumber(
  value: number,
  decimals: number,
  locale: string | undefined,
): { whole: string; fraction: string; number: string } {
  if (decimals > maxDecimals) {
    const number = new Intl.NumberFormat(locale, { notation: 'scientific', maximumSignificantDigits: 3 }).format(value);
    return { whole: number, fraction: '', number };
  }
  const digits = Math.max(0, decimals);
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const parts = format.formatToParts(decimals < 0 ? roundTo(value, decimals) : value);
  const at = parts.findIndex(({ type }) => type === 'decimal');
  const toText = (some: readonly Intl.NumberFormatPart[]): string => some.map((part) => part.value).join('');
  return {
    whole: toText(at < 0 ? parts : parts.slice(0, at)),
    fraction: at < 0 ? '' : toText(parts.slice(at)),
    number: toText(parts),
  };
}
