import { create } from 'zustand';
import { withProgress, type RunSession } from '../../shared/domain/run-session.ts';
import type { Connection } from './client.ts';

interface SessionState {
  /** What the host measures now, or measured last; null before the host's first. */
  session: RunSession | null;
  /** False until the host has told once. */
  known: boolean;
}

/** The running measurement, kept up to date by the host for all screens. */
export const useRunSession = create<SessionState>(() => ({ session: null, known: false }));

/** True while the host measures. */
export function isMeasuring(session: RunSession | null): session is RunSession {
  return session !== null && session.phase !== 'ended';
}

/** Follows the host's session over one connection; returns when that ends. `onEnded` is told of each measurement's end. */
export async function followSession({ client }: Connection, onEnded: () => void): Promise<void> {
  try {
    for await (const message of await client.runs.progress()) {
      const { session } = useRunSession.getState();
      if (message.type === 'session') {
        useRunSession.setState({ session: message.session, known: true });
        if (isMeasuring(session) && !isMeasuring(message.session)) onEnded();
      } else if (session !== null) {
        useRunSession.setState({ session: withProgress(session, message.progress) });
      }
    }
  } catch {
    // The connection ended; the next one begins with the whole session.
  }
}
