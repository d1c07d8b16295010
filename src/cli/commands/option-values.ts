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
