import { create } from 'zustand';
import { withProgress, type RunSession } from '../../shared/domain/run-session.ts';
import type { Connection } from './client.ts';
import { createPace } from './pace.ts';

interface SessionState {
  /** What the host measures now, or measured last; null before the host's first. */
  session: RunSession | null;
  /** False until the host has told once. */
  known: boolean;
}

/**
 * The host tells some ten times a second. Every screen draws from here, so this is how often anything is drawn again
 * while the processors are being measured; in a hidden tab nothing is.
 */
const shownEveryMs = 500;

/** The running measurement, kept up to date by the host for all screens. */
export const useRunSession = create<SessionState>(() => ({ session: null, known: false }));

/** True while the host measures. */
export function isMeasuring(session: RunSession | null): session is RunSession {
  return session !== null && session.phase !== 'ended';
}

/** Follows the host's session over one connection; returns when that ends. `onEnded` is told of each measurement's end. */
export async function followSession({ client }: Connection, onEnded: () => void): Promise<void> {
  const pace = createPace<RunSession | null>({
    everyMs: shownEveryMs,
    isPaused: () => document.hidden,
    deliver(session) {
      const { session: before, known } = useRunSession.getState();
      useRunSession.setState({ session, known: true });
      if (known && hasEndedSince(before, session)) onEnded();
    },
  });
  document.addEventListener('visibilitychange', pace.resume);
  // Every message counts, for the trace, although not every one is shown.
  let latest: RunSession | null = null;
  try {
    for await (const message of await client.runs.progress()) {
      if (message.type === 'session') latest = message.session;
      else if (latest !== null) latest = withProgress(latest, message.progress);
      pace.offer(latest);
    }
  } catch {
    // The connection ended; the next one begins with the whole session.
  } finally {
    document.removeEventListener('visibilitychange', pace.resume);
    pace.end();
  }
}

/** A measurement may begin and end between two looks. */
function hasEndedSince(before: RunSession | null, now: RunSession | null): boolean {
  const wasMeasuring: boolean = isMeasuring(before);
  if (now?.phase !== 'ended') return wasMeasuring && now === null;
  return wasMeasuring || before?.startedAt !== now.startedAt;
}
