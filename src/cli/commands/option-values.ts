import { InvalidArgumentError } from '@commander-js/extra-typings';

/** Turns "1,2,4" into whole numbers of at least `least`. */
export function parseWholeNumbers(least: number): (text: string) => number[] {
  return (text) => {
    const values = text.split(',').map(Number);
    if (text.trim() === '' || values.some((value) => !Number.isSafeInteger(value) || value < least)) {
      throw new InvalidArgumentError(`Give whole numbers from ${least} on, separated by commas.`);
    }
    return [...new Set(values)];
  };
}

/** Turns "0.5,20" into numbers above 0. */
export function parsePositiveNumbers(text: string): number[] {
  const values = text.split(',').map(Number);
  if (text.trim() === '' || values.some((value) => !(value > 0 && Number.isFinite(value)))) {
    throw new InvalidArgumentError('Give numbers above 0, separated by commas.');
  }
  return [...new Set(values)];
}

export function parseWholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Give a whole number from ${least} on.`);
    }
    return value;
  };
}

/** Turns a text into the number of a port; 0 stands for one that is free. */
export function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new InvalidArgumentError('Give a port from 1 to 65535, or 0 for one that is free.');
  }
  return Number(text);
}

/** Turns "a,b" into its parts, each one of `choices`. */
export function parseChoices<T extends string>(choices: readonly T[]): (text: string) => T[] {
  return (text) => {
    const parts = text.split(',').map((part) => part.trim());
    const known = parts.filter((part): part is T => (choices as readonly string[]).includes(part));
    if (known.length !== parts.length) throw new InvalidArgumentError(`Choose from: ${choices.join(', ')}.`);
    return [...new Set(known)];
  };
}

/** Collects repeated "name=size" into one record. */
export function collectDimension(text: string, earlier: Record<string, number>): Record<string, number> {
  const [, name, size] = /^\s*([^=]+?)\s*=\s*(\d+)\s*$/.exec(text) ?? [];
  if (name === undefined || size === undefined) {
    throw new InvalidArgumentError('Give a name and a size, such as sequence=128.');
  }
  return { ...earlier, [name]: Number(size) };
}

/** Collects a repeated option. */
export function collectText(text: string, earlier: readonly string[]): string[] {
  return [...earlier, text];
}

/** Turns a date or a time into ISO 8601. */
export function parseTime(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('Give a date such as 2025-01-31.');
  return time.toISOString();
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('Give a JSON object.');
  }
}

export function parseNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`Give a number from ${least} to ${most}.`);
    return value;
  };
}

/** Turns "0,12.5" into numbers from `least` to `most`. */
export function parseNumbers(least: number, most: number): (text: string) => number[] {
  return (text) => {
    const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    if (values.some((value) => !(value >= least && value <= most))) {
      throw new InvalidArgumentError(`Give numbers from ${least} to ${most}, separated by commas.`);
    }
    return [...new Set(values)];
  };
}

/** Turns "0.01" and "1%" into a share. */
export function parseShare(text: string): number {
  const [, digits, percent] = /^\s*(\d+\.?\d*|\.\d+)\s*(%?)\s*$/.exec(text) ?? [];
  const value = Number(digits) / (percent === '%' ? 100 : 1);
  if (!(value >= 0 && value < 1)) throw new InvalidArgumentError('Give a share below 1, such as 0.01 or 1%.');
  return value;
}

/** Turns a text into one of `choices`. */
export function parseChoice<T extends string>(choices: readonly T[]): (text: string) => T {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new InvalidArgumentError(`Choose from: ${choices.join(', ')}.`);
    return found;
  };
}

/** Turns a text into one of some numbers. */
export function parseOneOf(choices: readonly number[]): (text: string) => number {
  return (text) => {
    const found = choices.find((choice) => String(choice) === text.trim());
    if (found === undefined) throw new InvalidArgumentError(`Choose from: ${choices.join(', ')}.`);
    return found;
  };
}

/** Turns "90s", "2m" or a number of seconds into seconds. */
export function parseSeconds(text: string): number {
  const [, digits, unit] = /^\s*(\d*\.?\d+)\s*(s|m|min)?\s*$/.exec(text) ?? [];
  const seconds = Number(digits) * (unit === 'm' || unit === 'min' ? 60 : 1);
  if (!(seconds > 0)) throw new InvalidArgumentError('Give a time such as 90s or 2m.');
  return seconds;
}
