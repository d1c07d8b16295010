import { cellIdSchema, type CellId } from '../../../shared/domain/ids.ts';
import { toAddressText } from '../../components/address-text.ts';

/** What the list of comparisons is narrowed to. */
export interface ComparisonsSearch {
  model?: string;
}

export function parseComparisonsSearch({ model }: Record<string, unknown>): ComparisonsSearch {
  const name = toAddressText(model);
  return name === null ? {} : { model: name };
}

/** What a new comparison starts from. */
export interface NewComparisonSearch {
  /** Name of a model. */
  baseline?: string;
  /** Names of the models that are compared with it. */
  candidate?: string | string[];
  /** A stored result whose configuration becomes the baseline. */
  result?: string;
}

export function parseNewComparisonSearch(search: Record<string, unknown>): NewComparisonSearch {
  const baseline = toAddressText(search.baseline);
  const candidates = toNames(search.candidate);
  const result = cellIdSchema.safeParse(search.result);
  return {
    ...(baseline === null ? {} : { baseline }),
    ...(candidates.length === 0 ? {} : { candidate: candidates.length === 1 ? candidates[0]! : candidates }),
    ...(result.success ? { result: result.data } : {}),
  };
}

/** One name may stand by itself: `?candidate=resnet50`. */
export function toNames(value: unknown): string[] {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  return given.map(toAddressText).filter((name) => name !== null);
}

/** Two stored results, by their ids. */
export interface StoredRatioSearch {
  baseline?: CellId;
  candidate?: CellId;
}

export function parseStoredRatioSearch(search: Record<string, unknown>): StoredRatioSearch {
  const baseline = cellIdSchema.safeParse(search.baseline);
  const candidate = cellIdSchema.safeParse(search.candidate);
  return {
    ...(baseline.success ? { baseline: baseline.data } : {}),
    ...(candidate.success ? { candidate: candidate.data } : {}),
  };
}
