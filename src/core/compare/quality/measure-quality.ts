import type { SessionConfig } from '../../../engine/protocol.ts';
import type { Quality } from '../../../shared/domain/comparison.ts';
import type { SpawnEngine } from '../../engine-client/engine-process.ts';
import type { InputPool } from '../../models/inputs/generate-inputs.ts';
import { compareOutputs } from './compare-outputs.ts';
import { recordOutputs } from './record-outputs.ts';

export interface MeasureQualityOptions {
  spawn: SpawnEngine;
  /** Sessions of both sides, as they are compared for speed. */
  baseline: SessionConfig;
  candidate: SessionConfig;
  pool: InputPool;
  /** Samples of one feed of the pool. */
  batch: number;
  /** True class of each sample of the pool, in its order; null where there are none. */
  labels: ArrayLike<number> | null;
  /** Why quality must not be read from this at all; null otherwise. */
  voidReason: string | null;
  /** For the outputs of the baseline, up to 2 GiB, while this lasts. */
  temporaryFolder: string;
  signal?: AbortSignal;
  /** Called with the share that is done, from 0 to 1. */
  onProgress?: (share: number) => void;
}

export interface MeasuredQuality {
  /** null where the two have no output that can be compared. */
  quality: Quality | null;
  /** Memory of a process with the session alone, bytes. */
  peakRss: { baseline: number; candidate: number };
  /** Why there is no quality; empty otherwise. */
  remarks: string[];
}

/**
 * Runs both models over a pool, one after the other, and says how far the outputs of the candidate are from those of
 * the baseline and, with labels, how often each is right (docs/method/quality.md). Throws what running a model throws,
 * INPUTS_INVALID for labels that do not fit, STORAGE_FULL, STORAGE_UNUSABLE and CANCELLED.
 */
export async function measureQuality(options: MeasureQualityOptions): Promise<MeasuredQuality> {
  const { spawn, pool, batch, labels, voidReason, temporaryFolder, onProgress } = options;
  const shared = { spawn, pool, ...(options.signal ? { signal: options.signal } : {}) };
  const report = (done: number, all: number) => onProgress?.(done / (2 * all));
  await using recorded = await recordOutputs({
    ...shared,
    session: options.baseline,
    temporaryFolder,
    onProgress: (feeds) => report(feeds, pool.feeds),
  });
  const compared = await compareOutputs({
    ...shared,
    session: options.candidate,
    recorded,
    batch,
    labels,
    onProgress: (feeds) => report(recorded.feeds + feeds, recorded.feeds),
  });
  const remarks = [...pool.remarks, ...compared.remarks];
  if (recorded.cut) {
    remarks.push(`The outputs are so large that only ${recorded.feeds} of ${pool.feeds} inputs were compared.`);
  }
  const peakRss = { baseline: recorded.peakRssBytes, candidate: compared.peakRssBytes };
  if (compared.outputs.length === 0) return { quality: null, peakRss, remarks };
  const { labelled, outputs, samples } = compared;
  const source = labelled === null ? pool.source : 'labelled';
  return { quality: { source, samples, labelled, outputs, voidReason, remarks }, peakRss, remarks: [] };
}
