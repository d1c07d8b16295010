import type { ComparisonMessage, ComparisonPlan, ComparisonRecord } from '../../shared/domain/comparison.ts';

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

/** Beyond it, every second point of the course goes. */
const longestCourse = 600;

/** True while comparisons run that this page asked for. */
export function isComparing(session: ComparisonSession | null): session is ComparisonSession & { end: null } {
  return session !== null && session.end === null;
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
