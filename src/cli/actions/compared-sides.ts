import type { Storage } from '../../core/storage/open.ts';
import type { ComparisonSide } from '../../shared/domain/comparison.ts';
import { cellIdSchema } from '../../shared/domain/ids.ts';
import type { CellConfig } from '../../shared/domain/plan.ts';
import { providerIdSchema } from '../../shared/domain/provider.ts';
import type { CellRecord } from '../../shared/domain/run.ts';
import { toRunId, toUsageError } from './arguments.ts';

/** What a stored result was measured with, as far as a comparison takes it over. */
export interface StoredConfig extends Pick<CellConfig, 'batch' | 'dims' | 'seed'> {
  /** Folder of its inputs; null: generated. */
  data: string | null;
}

/** Whether a word names a stored result: a run, or one configuration of it. */
export function isResultId(word: string): boolean {
  return /^run_[0-9a-z]{16}(\.\d+)?$/.test(word);
}

/** The stored result of a run with one configuration, or of the configuration that was named. Throws USAGE, NOT_FOUND. */
export function findResult(word: string, storage: Storage): CellRecord & { config: StoredConfig & CellConfig } {
  const [runText = '', index] = word.split('.');
  const run = storage.runs.get(toRunId(runText));
  const cells = storage.cells.ofRun(run.id);
  const [first, second] = cells;
  const found = index === undefined && second === undefined ? first : cells.find(({ id }) => id === word);
  if (found !== undefined) return { ...found, config: { ...found.config, data: run.plan.inputs } };
  if (index !== undefined) storage.cells.get(cellIdSchema.parse(word));
  throw toUsageError(
    `The run ${run.id} has ${cells.length} configurations.`,
    `Name one of them: ${cells.map(({ id }) => id).join(', ')}.`,
  );
}

/**
 * Reads one side as it was typed: a result, or a model that may be followed by "@provider" or "@provider:threads".
 * What is not said stays open. Throws what `findResult` throws.
 */
export function readSide(word: string, storage: Storage): Partial<ComparisonSide> & Pick<ComparisonSide, 'model'> {
  if (isResultId(word)) {
    const { model, provider, threads } = findResult(word, storage).config;
    return { model, provider, threads };
  }
  const [, model, name, threads] = /^(.+)@([a-z]+)(?::(\d+))?$/.exec(word) ?? [];
  const provider = providerIdSchema.safeParse(name);
  // A path may well contain the sign.
  if (model === undefined || !provider.success) return { model: word };
  return { model, provider: provider.data, ...(threads === undefined ? {} : { threads: Number(threads) }) };
}
