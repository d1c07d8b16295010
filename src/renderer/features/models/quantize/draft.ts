import { explainWholeNumber, parseWholeNumber } from '../../../components/whole-number.ts';
import type { ProviderId } from '../../../../shared/domain/provider.ts';
import type { RecipeId } from '../../../../shared/domain/quantization.ts';
import type { RecipeAdvice } from '../../../../shared/domain/recipe-advice.ts';
import type { ParameterField, RecipeDescription } from '../../../../shared/domain/recipe-form.ts';

/** What was chosen for the next variant of a model. */
export interface QuantizeDraft {
  provider: ProviderId;
  /** null: the best proposal. */
  recipe: RecipeId | null;
  /** What was changed, recipe by recipe; numbers and names as they were typed. */
  values: Readonly<Partial<Record<RecipeId, FieldValues>>>;
  excluded: readonly string[];
  /** File or folder with calibration data; empty: none is given. */
  calibration: string;
  /** Largest loss in percent as it was typed; empty: nothing is judged. */
  maxDrop: string;
  /** File or folder with evaluation data; empty: none is given. */
  evaluation: string;
  /** Every node is ranked by what it costs alone. */
  ranks: boolean;
  /** Sizes of open dimensions as they were typed. */
  dims: Readonly<Record<string, string>>;
  /** null: the suggested name. */
  saveAs: string | null;
}

export type FieldValue = string | number | boolean | null;
export type FieldValues = Readonly<Record<string, FieldValue>>;

export const emptyDraft: QuantizeDraft = {
  provider: 'cpu',
  recipe: null,
  values: {},
  excluded: [],
  calibration: '',
  maxDrop: '',
  evaluation: '',
  ranks: false,
  dims: {},
  saveAs: null,
};

/** The recipe that is chosen: by the user, else the best proposal, else the first one there is. */
export function chosenRecipe(draft: QuantizeDraft, advice: RecipeAdvice | undefined): RecipeId | null {
  return draft.recipe ?? advice?.opinions[0]?.recipe ?? null;
}

/** Values that a form shows: the defaults, what is proposed here, and what was changed, the last wins. */
export function shownValues(
  fields: readonly ParameterField[],
  proposed: FieldValues,
  changed: FieldValues,
): FieldValues {
  const defaults = fields.map(({ name, control }) => [
    name,
    control.kind === 'names'
      ? control.default.join(', ')
      : control.kind === 'number'
        ? String(control.default)
        : control.default,
  ]);
  return { ...(Object.fromEntries(defaults) as FieldValues), ...proposed, ...changed };
}

/** What is wrong with a value; null: nothing. */
export function explainValue({ control }: ParameterField, value: FieldValue | undefined): string | null {
  if (control.kind !== 'number') return null;
  const text = String(value).trim();
  const { min, max, isWhole } = control;
  const number = Number(text);
  const isIn = text !== '' && Number.isFinite(number) && number >= (min ?? -Infinity) && number <= (max ?? Infinity);
  if (isIn && (!isWhole || explainWholeNumber(text, min ?? 0) === null)) return null;
  const kind = isWhole ? 'a whole number' : 'a number';
  if (min !== null && max !== null) return `Give ${kind} from ${min} to ${max}.`;
  return min === null ? `Give ${kind}.` : `Give ${kind} from ${min} on.`;
}

/** The values as the host takes them, only those that differ from the defaults of the recipe. */
export function toParameters({ parameters }: RecipeDescription, values: FieldValues): Record<string, unknown> {
  const differing = parameters.flatMap(({ name, control }) => {
    const value = values[name];
    const read =
      control.kind === 'number' ? Number(value) : control.kind === 'names' ? splitNames(String(value ?? '')) : value;
    return JSON.stringify(read) === JSON.stringify(control.default) ? [] : [[name, read] as const];
  });
  return Object.fromEntries(differing);
}

function splitNames(text: string): string[] {
  return text.split(/[\s,]+/).filter((name) => name !== '');
}

/** What is wrong with a loss in percent; null: nothing. */
export function explainMaxDrop(text: string): string | null {
  if (text.trim() === '') return null;
  const percent = Number(text.trim().replace(',', '.'));
  return percent > 0 && percent <= 100 ? null : 'Give a percentage above 0 and up to 100.';
}

/** The largest loss as a share; null where none is given. */
export function parseMaxDrop(text: string): number | null {
  return text.trim() === '' ? null : Number(text.trim().replace(',', '.')) / 100;
}

/** What is wrong with the size of an open dimension; null: nothing. */
export function explainDimension(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : explainWholeNumber(text, 0);
}

/** Sizes that were given, by the names that the model has for them. */
export function parseDimensions(symbols: readonly string[], typed: QuantizeDraft['dims']): Record<string, number> {
  const given = symbols.flatMap((symbol) => {
    const size = parseWholeNumber(typed[symbol] ?? '', 0);
    return size === null ? [] : [[symbol, size] as const];
  });
  return Object.fromEntries(given);
}

/** The model's name and the recipe, with a number where that is taken. */
export function suggestName(source: string, recipe: RecipeId, taken: readonly string[]): string {
  const file = source.split(/[/\\]/).at(-1) ?? source;
  const name = `${file.replace(/\.onnx$/i, '')}.${recipe}`;
  for (let number = 1; ; number += 1) {
    const numbered = number === 1 ? name : `${name}-${number}`;
    if (!taken.includes(numbered)) return numbered;
  }
}

/** What is wrong with a name for the variant; null: nothing. */
export function explainName(name: string, taken: readonly string[]): string | null {
  if (name.trim() === '') return 'Give a name.';
  return taken.includes(name.trim()) ? 'A model has this name already.' : null;
}
