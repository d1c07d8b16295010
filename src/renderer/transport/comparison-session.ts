import { create } from 'zustand';
import type { ComparisonPlan } from '../../shared/domain/comparison.ts';
import { isComparing, withMessage, type ComparisonSession } from './comparison-state.ts';
import { client } from './connection.ts';
import { holdPage } from './hold-page.ts';
import { createPace } from './pace.ts';

/** Nothing is drawn more often while the processors are being measured. */
const shownEveryMs = 500;

/** A comparison runs as long as this page is open, whichever screen it shows: the host stops it when the page leaves. */
export const useComparisonSession = create<{ session: ComparisonSession | null }>(() => ({ session: null }));

let leave: AbortController | null = null;

/** Starts what a plan asks for, and follows it; resolves when it has ended, however. `onDecided`: something was stored. */
export async function startComparison(plan: ComparisonPlan, onDecided: () => void): Promise<void> {
  if (isComparing(useComparisonSession.getState().session)) return;
  const mine = new AbortController();
  leave = mine;
  let session: ComparisonSession = {
    plan,
    startedAt: new Date().toISOString(),
    preparing: null,
    progress: null,
    course: [],
    compared: [],
    end: null,
  };
  const pace = createPace<ComparisonSession>({
    everyMs: shownEveryMs,
    isPaused: () => document.hidden,
    deliver: (shown) => useComparisonSession.setState({ session: shown }),
  });
  document.addEventListener('visibilitychange', pace.resume);
  pace.offer(session);
  const letGo = holdPage();
  try {
    const messages = await client.comparisons.start(plan, { signal: mine.signal });
    for await (const message of messages) {
      if (mine.signal.aborted) break;
      session = withMessage(session, message);
      pace.offer(session);
      if (message.type === 'compared') onDecided();
    }
    session = { ...session, end: { reason: mine.signal.aborted ? 'cancelled' : 'completed', error: null } };
  } catch (error) {
    session = { ...session, end: { reason: mine.signal.aborted ? 'cancelled' : 'failed', error } };
  } finally {
    letGo();
    document.removeEventListener('visibilitychange', pace.resume);
    pace.offer(session);
    pace.end();
    onDecided();
  }
}

/** Stops what runs; what is decided until then is kept. */
export function cancelComparison(): void {
  leave?.abort();
}

/** Forgets the comparison that ended last. */
export function dismissComparison(): void {
  if (!isComparing(useComparisonSession.getState().session)) useComparisonSession.setState({ session: null });
}
