import { create } from 'zustand';
import type { ComparisonMessage, ComparisonPlan, ComparisonRecord } from '../../shared/domain/comparison.ts';
import { client } from './connection.ts';
import { createPace } from './pace.ts';

type ComparisonProgress = Extract<ComparisonMessage, { type: 'progress' }>;

/** The speed-up of the candidate that is measured now, after so many pairs. */
interface CoursePoint {
  pairs: number;
  value: number;
  low: number | null;
  high: number | null;
}

/** Comparisons that this page asked for: those that run, or the last ones. */
export interface ComparisonSession {
  plan: ComparisonPlan;
  /** ISO 8601. */
  startedAt: string;
  /** The model that is being read or built, until something is measured. */
  preparing: { model: string; share: number } | null;
  /** Of the candidate that is compared now. */
  progress: ComparisonProgress | null;
  /** How its interval narrowed. */
  course: readonly CoursePoint[];
  /** What is decided, in order. */
  compared: readonly ComparisonRecord[];
  /** null while it runs. `error`: whatever ended it early. */
  end: { reason: 'completed' | 'cancelled' | 'failed'; error: unknown } | null;
}

/** Nothing is drawn more often while the processors are being measured. */
const shownEveryMs = 500;
/** Beyond it, every second point of the course goes. */
const longestCourse = 600;

/** A comparison runs as long as this page is open, whichever screen it shows: the host stops it when the page leaves. */
export const useComparisonSession = create<{ session: ComparisonSession | null }>(() => ({ session: null }));

let leave: AbortController | null = null;

/** True while comparisons run that this page asked for. */
export function isComparing(session: ComparisonSession | null): session is ComparisonSession & { end: null } {
  return session !== null && session.end === null;
}

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

/** The session after a message; the one before is left as it was. */
export function withMessage(session: ComparisonSession, message: ComparisonMessage): ComparisonSession {
  switch (message.type) {
    case 'preparing':
      return { ...session, preparing: { model: message.model, share: message.share } };
    case 'progress': {
      const isNext = session.progress !== null && session.progress.candidate !== message.candidate;
      const course = extendCourse(isNext ? [] : session.course, message);
      return { ...session, preparing: null, progress: message, course };
    }
    case 'compared': {
      // Several candidates are sent once more when they have been judged together.
      const { record } = message;
      const others = session.compared.filter(({ id }) => id !== record.id);
      const compared = [...others, record].sort((one, other) => one.candidate - other.candidate);
      return { ...session, compared };
    }
  }
}

function extendCourse(course: readonly CoursePoint[], { pairs, speedup }: ComparisonProgress): readonly CoursePoint[] {
  if (speedup === null || course.at(-1)?.pairs === pairs) return course;
  const kept = course.length < longestCourse ? course : course.filter((_, index) => index % 2 === 0);
  const { value, interval } = speedup;
  return [...kept, { pairs, value, low: interval?.low ?? null, high: interval?.high ?? null }];
}
