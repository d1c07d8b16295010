import type { Reading } from './domain/provenance.ts';
import type { MachinePeaks } from './domain/roofline.ts';

/** Above this share of the processor time for others, peaks are too low to hold a model against. */
const mostOtherLoad = 0.05;

/** What is said of a share that such peaks made meaningless. */
export const disturbedPeaksWords = 'the peaks were measured beside other load and mean nothing';

/** Whether others used so much of the processor while the peaks were measured that these came out too low. */
export function arePeaksDisturbed({ otherLoad }: Pick<MachinePeaks, 'otherLoad'>): boolean {
  return (otherLoad ?? 0) > mostOtherLoad;
}

/** Whether a share of a peak says nothing: it is above the whole, of a peak that others held down. */
export function isShareMeaningless(share: Pick<Reading, 'value'>, peaks: Pick<MachinePeaks, 'otherLoad'>): boolean {
  return share.value > 1 && arePeaksDisturbed(peaks);
}
