import type { WarmUpRule } from '../../shared/domain/plan.ts';
import { medianOf } from './clock.ts';

/** One window is the larger of this many runs ... */
const windowRuns = 20;
/** ... and this long. */
const windowNs = 1e9;
/** So many successive windows have to agree. */
const agreeing = 3;

/**
 * Watches the latencies of warm-up and says when they have settled: at least the rule's runs and seconds, and the
 * medians of the last three windows within its tolerance of each other (docs/method/measurement.md, warm-up). A run that
 * is a whole text may be a window of its own.
 */
export function createWarmUpWatch(rule: WarmUpRule, fewestInWindow = windowRuns) {
  const medians: number[] = [];
  let window: number[] = [];
  let windowElapsedNs = 0;
  let runs = 0;
  let elapsedNs = 0;

  function steady(): boolean {
    const last = medians.slice(-agreeing);
    if (last.length < agreeing) return false;
    const low = Math.min(...last);
    return (Math.max(...last) - low) / low <= rule.tolerance;
  }

  return {
    /** Takes the latency of one run and the time since the previous call (both ns). */
    add(latencyNs: number, sinceLastNs: number): void {
      runs++;
      elapsedNs += sinceLastNs;
      windowElapsedNs += sinceLastNs;
      window.push(latencyNs);
      if (window.length >= fewestInWindow && windowElapsedNs >= windowNs) {
        medians.push(medianOf(window));
        window = [];
        windowElapsedNs = 0;
      }
    },
    /** "warming" until settled; "unsteady" when the rule's longest time has passed without agreement. */
    state(): 'warming' | 'steady' | 'unsteady' {
      const minimumMet = runs >= rule.minRuns && elapsedNs >= rule.minS * 1e9;
      if (minimumMet && steady()) return 'steady';
      return elapsedNs >= rule.maxS * 1e9 && runs >= rule.minRuns ? 'unsteady' : 'warming';
    },
    /** Median latency of the latest full window, or of what there is. */
    latestMedianNs(): number {
      return medians.at(-1) ?? medianOf(window);
    },
    runs: () => runs,
    elapsedNs: () => elapsedNs,
  };
}
