import type { RunSessions } from '../../../src/core/measure/run-session.ts';
import { applyRunEvent, createRunSession } from '../../../src/core/measure/session-state.ts';
import { createSubscription, type Subscription } from '../../../src/core/measure/subscription.ts';
import { toRunId } from '../../../src/shared/domain/ids.ts';
import type { Plan } from '../../../src/shared/domain/plan.ts';
import type { RunSession } from '../../../src/shared/domain/run-session.ts';

/** When the measurement of the pictures began; it stands still five minutes later (see frozenAt in test.ts). */
const startedAt = new Date('2026-01-05T09:55:00.000Z');

const plan: Plan = {
  models: ['mobilenet-v2'],
  providers: ['cpu'],
  scenario: 'single-stream',
  batches: [1, 2, 4, 8],
  threads: [0],
  grade: 'standard',
  seed: 7,
  dims: {},
  inputs: null,
  repeats: 1,
};

/** A measurement of four configurations that has come to the third of them and stays there. */
export function createMeasuringSession(): RunSession {
  const runId = toRunId(startedAt.getTime(), 5);
  let session = createRunSession(plan, startedAt);
  session = applyRunEvent(session, { type: 'preparing', model: 'mobilenet-v2', share: 1 });
  session = applyRunEvent(session, {
    type: 'started',
    runId,
    cells: session.cells.map(({ config }) => config),
    pending: session.cells.length,
  });
  session = {
    ...session,
    cells: session.cells.map((cell, index) => ({ ...cell, state: index < 2 ? 'completed' : 'pending' })),
  };
  const { config } = session.cells[2]!;
  session = applyRunEvent(session, { type: 'cell-started', index: 2, config });
  for (let step = 1; step <= 240; step++) {
    const elapsedNs = step * 1e8;
    const wave = Math.sin(step / 7) + 0.6 * Math.sin(step * 1.7);
    session = applyRunEvent(session, {
      type: 'progress',
      index: 2,
      process: 0,
      stage: 'measured',
      queries: step * 6,
      elapsedNs,
      remainingNs: 60e9 - elapsedNs,
      latestLatencyNs: 15.8e6 + 2.4e5 * wave + (step % 61 === 0 ? 4e6 : 0),
    });
  }
  return session;
}

/** Sessions of a host on which one measurement stands still. It can be cancelled, which ends it. */
export function createFixedSessions(fixed: RunSession): RunSessions {
  const subscriptions = new Set<Subscription>();
  let session = fixed;
  const refuse = (): Promise<never> => Promise.reject(new Error('This host only shows a measurement.'));
  return {
    current: () => session,
    isMeasuring: () => session.phase !== 'ended',
    start: refuse,
    resume: refuse,
    takeMachine: refuse,
    pause: () => null,
    cancel() {
      const end = { at: startedAt.toISOString(), state: 'cancelled' as const, failure: null, defect: null };
      session = { ...session, phase: 'ended', progress: null, end };
      for (const subscription of subscriptions) subscription.sessionChanged();
      return Promise.resolve(session);
    },
    subscribe(signal) {
      const subscription = createSubscription(
        () => session,
        () => subscriptions.delete(subscription),
        signal,
      );
      if (signal?.aborted) subscription.end();
      else subscriptions.add(subscription);
      return subscription.messages;
    },
    close() {
      for (const subscription of subscriptions) subscription.end();
      return Promise.resolve();
    },
  };
}
