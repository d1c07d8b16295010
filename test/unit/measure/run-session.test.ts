import { describe, expect, it } from 'vitest';
import {
  applyRunEvent,
  createRunSession,
  withSensors,
  withSensorSample,
} from '../../../src/core/measure/session-state.ts';
import { createSubscription } from '../../../src/core/measure/subscription.ts';
import { absent, present } from '../../../src/shared/domain/provenance.ts';
import { withProgress, type CellProgress, type RunSession } from '../../../src/shared/domain/run-session.ts';
import { shortPlan } from '../../support/short-plan.ts';

const begun = createRunSession(shortPlan({ models: ['digits-cnn'], batches: [1, 2] }), new Date(0));

function progressAt(elapsedNs: number, change: Partial<CellProgress> = {}): CellProgress {
  return {
    index: 0,
    process: 0,
    stage: 'measured',
    queries: elapsedNs,
    elapsedNs,
    remainingNs: null,
    latestLatencyNs: 2 * elapsedNs,
    ...change,
  };
}

function follow(session: RunSession, all: readonly CellProgress[]): RunSession {
  return all.reduce(
    (before, { stage, ...progress }) =>
      applyRunEvent(before, { type: 'progress', stage: stage as 'measured', ...progress }),
    session,
  );
}

describe('the trace of a session', () => {
  it('spans the whole measured part in a bounded number of points', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => progressAt(index));
    const { trace } = follow(begun, many);
    expect(trace.elapsedNs.length).toBeLessThanOrEqual(1_201);
    expect(trace.elapsedNs.length).toBeGreaterThan(500);
    expect([trace.elapsedNs[0], trace.elapsedNs.at(-1)]).toEqual([0, 19_999]);
    expect(trace.latencyNs).toEqual(trace.elapsedNs.map((elapsedNs) => 2 * elapsedNs));
    expect(trace.elapsedNs).toEqual(trace.elapsedNs.toSorted((left, right) => left - right));
  });

  it('leaves warm-up out and begins anew with every process', () => {
    const session = follow(begun, [
      progressAt(1, { stage: 'warm-up' }),
      progressAt(2),
      progressAt(3, { latestLatencyNs: null }),
    ]);
    expect(session.trace.elapsedNs).toEqual([2]);
    expect(follow(session, [progressAt(1, { process: 1 })]).trace.elapsedNs).toEqual([1]);
    const [config] = session.cells.map((cell) => cell.config);
    if (config === undefined) throw new Error('the plan has cells');
    const next = applyRunEvent(session, { type: 'cell-started', index: 1, config });
    expect(next.trace.elapsedNs).toEqual([]);
    expect(next.cells.map(({ state }) => state)).toEqual(['pending', 'running']);
  });
});

describe('the sensors of a session', () => {
  const series = (elapsedNs: number[], value: number[]) => ({
    id: 'clock',
    label: 'Clock',
    unit: 'Hz' as const,
    kind: 'gauge' as const,
    readings: present({ source: 'a test', elapsedNs, value }),
  });
  const missing = {
    id: 'heat',
    label: 'Heat',
    unit: '°C' as const,
    kind: 'gauge' as const,
    readings: absent('no such sensor'),
  };
  const watched = withSensors(begun, [series([], []), missing]);
  const sample = (elapsedNs: number) => ({ elapsedNs, values: { clock: elapsedNs / 2, heat: 40 } });

  it('take up every reading once, on the time axis of the trace, which it does not touch', () => {
    let session = withSensorSample(follow(watched, [progressAt(10)]), sample(12));
    session = withSensorSample(follow(session, [progressAt(14), progressAt(16)]), sample(18));
    expect(session.sensors).toEqual([series([12, 18], [6, 9]), missing]);
    expect(session.trace.elapsedNs).toEqual([10, 14, 16]);
  });

  it('reach a reader of messages of progress, even one who misses some', () => {
    const first = follow(watched, [progressAt(10)]);
    const second = withSensorSample(first, sample(12));
    const third = follow(second, [progressAt(14)]);
    const read = [first, second, third, third].reduce((held, { progress }) => withProgress(held, progress!), watched);
    expect(read.sensors).toEqual(third.sensors);
    expect(withProgress(first, third.progress!).sensors).toEqual(third.sensors);
  });

  it('span the whole measured part in a bounded number of points', () => {
    let session = follow(watched, [progressAt(0)]);
    for (let second = 0; second < 10_000; second++) session = withSensorSample(session, sample(second));
    const [clock] = session.sensors;
    const elapsedNs = clock?.readings.status === 'present' ? clock.readings.value.elapsedNs : [];
    expect(elapsedNs.length).toBeLessThanOrEqual(1_201);
    expect([elapsedNs[0], elapsedNs.at(-1)]).toEqual([0, 9_999]);
  });

  it('begin anew with every process and configuration, and stay named', () => {
    const session = withSensorSample(follow(watched, [progressAt(10)]), sample(12));
    const anew = [series([], []), missing];
    const next = follow(session, [progressAt(1, { process: 1 })]);
    expect([next.sensors, next.progress?.sensors]).toEqual([anew, undefined]);
    const { config } = session.cells[1]!;
    expect(applyRunEvent(session, { type: 'cell-started', index: 1, config }).sensors).toEqual(anew);
  });
});

describe('a subscription', () => {
  function open(signal?: AbortSignal) {
    const state = { session: begun, ended: 0 };
    const subscription = createSubscription(
      () => state.session,
      () => {
        state.ended += 1;
      },
      signal,
    );
    return { state, subscription, messages: subscription.messages };
  }

  it('gives a slow reader the newest state and keeps nothing else', async () => {
    const { state, subscription, messages } = open();
    await messages.next();
    for (let elapsedNs = 0; elapsedNs < 1_000; elapsedNs++) subscription.progressed(progressAt(elapsedNs));
    expect((await messages.next()).value).toEqual({ type: 'progress', progress: progressAt(999) });
    subscription.progressed(progressAt(1_000));
    state.session = { ...begun, phase: 'measuring' };
    subscription.sessionChanged();
    subscription.progressed(progressAt(1_001));
    expect((await messages.next()).value).toEqual({ type: 'session', session: state.session });
    const waiting = messages.next();
    subscription.progressed(progressAt(1_002));
    expect((await waiting).value).toEqual({ type: 'progress', progress: progressAt(1_002) });
  });

  it('answers readers that ask ahead in order', async () => {
    const { subscription, messages } = open();
    const asked = [messages.next(), messages.next(), messages.next()];
    subscription.progressed(progressAt(1));
    subscription.progressed(progressAt(2));
    expect((await Promise.all(asked)).map(({ value }) => value?.type)).toEqual(['session', 'progress', 'progress']);
  });

  it.each([
    ['its reader', true],
    ['the host', false],
  ])('is ended once by %s, even while a message is waited for', async (_, byReader) => {
    const opened = open();
    await opened.messages.next();
    const waiting = opened.messages.next();
    if (byReader) await opened.messages.return?.();
    else opened.subscription.end();
    opened.subscription.end();
    opened.subscription.sessionChanged();
    expect([(await waiting).done, (await opened.messages.next()).done, opened.state.ended]).toEqual([true, true, 1]);
  });

  it('is ended by its signal', async () => {
    const abort = new AbortController();
    const { messages, state } = open(abort.signal);
    await messages.next();
    const waiting = messages.next();
    abort.abort();
    expect([(await waiting).done, state.ended]).toEqual([true, 1]);
  });
});
