import type { PeaksUse } from '../../shared/domain/profile.ts';
import { absent, present, type Observed } from '../../shared/domain/provenance.ts';
import type { MachinePeaks } from '../../shared/domain/roofline.ts';
import type { Storage } from '../storage/open.ts';
import { defaultPeakRules, measurePeaks, type MeasurePeaksOptions } from './measure-peaks.ts';

/**
 * The peaks of this machine for a provider and its threads: stored ones where there are any, else measured and stored.
 * "stored" never measures, "refresh" always does. Peaks that were measured beside other work are given and not stored.
 * Throws what `measurePeaks` throws, and STORAGE_*.
 */
export async function providePeaks(
  use: PeaksUse,
  storage: Storage,
  options: MeasurePeaksOptions,
): Promise<Observed<MachinePeaks>> {
  const { provider, threads } = options.config;
  const stored = use === 'refresh' ? null : storage.peaks.find(options.machineFingerprint, provider, threads);
  if (stored !== null) return present(stored);
  if (use === 'stored') {
    return absent(
      'the peaks of this machine were not measured for this provider and number of threads',
      'profile with the peaks of the machine, which takes some seconds once',
    );
  }
  const peaks = await measurePeaks(options);
  const { mostOtherLoad } = options.rules ?? defaultPeakRules;
  if ((peaks.otherLoad ?? 0) <= mostOtherLoad) storage.peaks.put(peaks);
  return present(peaks);
}
