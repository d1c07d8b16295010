import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { besideMeasuring, createApiContext, untilQuiet, type ApiContext } from '../../../src/core/api/context.ts';
import { router } from '../../../src/core/api/router.ts';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import { allowedCpuNumbers } from '../../../src/core/measure/allowed-cpus.ts';
import { acquireLock } from '../../../src/core/measure/lock.ts';
import { openSensors, type OpenSensors } from '../../../src/core/telemetry/open-sensors.ts';
import { absent, present } from '../../../src/shared/domain/provenance.ts';
import { withProgress, type CellProgress, type RunSession } from '../../../src/shared/domain/run-session.ts';
import { shortPlan } from '../../support/short-plan.ts';

let folder: string;
let lockPath: string;
let core: Core;
let context: ApiContext;
const defects: unknown[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'run-session-'));
  lockPath = path.join(folder, 'lock');
  core = createCore({ dataDirectory: folder });
  defects.length = 0;
  context = createApiContext(core, { lockPath, onDefect: (error) => defects.push(error) });
});
afterEach(async () => {
  await context.sessions.close();
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

const plan = shortPlan({ models: ['digits-cnn'] });

async function untilEnded(): Promise<void> {
  for await (const message of context.sessions.subscribe()) {
    if (message.type === 'session' && message.session?.phase === 'ended') return;
  }
}

/** Resolves with the first progress of the measured part. */
async function untilMeasured(): Promise<CellProgress> {
  for await (const message of context.sessions.subscribe()) {
    if (message.type === 'progress' && message.progress.stage === 'measured') return message.progress;
  }
  throw new Error('the measurement ended before');
}

describe('a session', () => {
  it('that was cancelled can be resumed and keeps what has a result', async () => {
    const { sessions } = context;
    const { batches } = shortPlan({ models: ['digits-cnn'], batches: [1, 2] });
    const runId = await sessions.start({ ...plan, batches });
    while ((await untilMeasured()).index === 0);
    await sessions.cancel();
    expect(sessions.current()?.cells.map(({ state }) => state)).toEqual(['completed', 'cancelled']);
    expect(await sessions.resume(runId)).toBe(runId);
    expect(sessions.current()?.cells.map(({ state }) => state)).toEqual(['completed', 'running']);
    await untilEnded();
    expect(sessions.current()?.cells.map(({ state }) => state)).toEqual(['completed', 'completed']);
    expect(core.storage.runs.get(runId).state).toBe('completed');
  });

  it('that waits for another measurement says so and can be cancelled', async () => {
    using _lock = await acquireLock({ wait: false, lockPath });
    await expect(context.sessions.start(plan)).rejects.toMatchObject({ code: 'MACHINE_BUSY' });
    const started = context.sessions.start(plan, { wait: true }).catch((error: unknown) => error);
    await vi.waitFor(() => {
      expect(context.sessions.current()).toMatchObject({ phase: 'waiting', waitingFor: { pid: process.pid } });
    });
    const ended = await context.sessions.cancel();
    expect(await started).toMatchObject({ code: 'CANCELLED' });
    expect(ended).toMatchObject({ runId: null, end: { state: null, failure: { code: 'CANCELLED' }, defect: null } });
    expect(core.storage.runs.list().items).toEqual([]);
  });

  it('tells a defect in one sentence, to whoever started it and to the host', async () => {
    const defect = new TypeError('broken');
    const broken = { ...core, detectMachine: () => Promise.reject(defect) };
    context = createApiContext(broken, { lockPath, onDefect: (error) => defects.push(error) });
    await expect(context.sessions.start(plan)).rejects.toBe(defect);
    expect(context.sessions.current()?.end).toMatchObject({ failure: null, defect: 'TypeError: broken' });
    expect(defects).toEqual([defect]);
    const client = createRouterClient(router, { context });
    await expect(client.runs.start({ plan })).rejects.toBe(defect);
  });

  it('begins when work that would disturb it is done', async () => {
    const work = Promise.withResolvers<null>();
    const beside = besideMeasuring(context, () => work.promise);
    const starting = createRouterClient(router, { context }).runs.start({ plan });
    await vi.waitFor(() => expect(context.background.size).toBe(1));
    expect(context.sessions.current()).toBeNull();
    work.resolve(null);
    await beside;
    await untilQuiet(context);
    await starting;
    expect(context.sessions.isMeasuring()).toBe(true);
  });
});

describe('the sensors of a session', () => {
  it('reach its readers in messages of progress and are closed with each configuration', async () => {
    const state = { open: 0, opened: 0 };
    const open: OpenSensors = ({ config }) => {
      state.open += 1;
      state.opened += 1;
      const close = () => void (state.open -= 1);
      const source = `a test on ${config.provider}`;
      return Promise.resolve([
        { id: 'clock', label: 'Clock', unit: 'Hz', kind: 'gauge', found: present({ source, read: () => 3e9, close }) },
        { id: 'heat', label: 'Heat', unit: '°C', kind: 'gauge', found: absent('no such sensor') },
      ]);
    };
    context = createApiContext(core, { lockPath, openSensors: open, onDefect: (error) => defects.push(error) });
    const { sessions } = context;
    const override = { ...plan.override, minDurationS: 2.5 };
    await sessions.start({ ...plan, batches: [1, 2], override });
    let read: RunSession | null = null;
    let longest: number[] = [];
    for await (const message of sessions.subscribe()) {
      if (message.type === 'session') read = message.session;
      else if (read !== null) read = withProgress(read, message.progress);
      const [clock, heat] = read?.sensors ?? [];
      if (heat !== undefined) expect(heat.readings).toEqual(absent('no such sensor'));
      if (clock?.readings.status === 'present') {
        const { elapsedNs, value } = clock.readings.value;
        expect(value).toEqual(elapsedNs.map(() => 3e9));
        if (elapsedNs.length > longest.length) longest = elapsedNs;
      }
      if (read?.phase === 'ended') break;
    }
    // At the start of the measured part and after each half second of it; the last may come with its end.
    expect(longest.length).toBeGreaterThanOrEqual(3);
    expect(longest.length).toBeLessThanOrEqual(7);
    expect(longest[0]).toBeLessThan(1e9);
    expect(longest).toEqual(longest.toSorted((one, other) => one - other));
    expect([read?.end?.state, state, defects]).toEqual(['completed', { open: 0, opened: 2 }, []]);
  });

  it('of this machine tell something or say why not', async () => {
    const scope = {
      config: { provider: 'cuda' as const, threads: 0 },
      allowedCpus: allowedCpuNumbers(),
      software: null,
      enginePids: () => [process.pid],
    };
    for (const { found } of await openSensors(scope)) {
      if (found.status === 'absent') expect(found.reason).not.toBe('');
      else {
        expect(await found.value.read()).not.toBe(0);
        found.value.close();
      }
    }
  });
});

describe('the doctor', () => {
  it('says what it does and ends with what it found', async () => {
    const client = createRouterClient(router, { context });
    const messages = [];
    for await (const message of await client.doctor.diagnose()) messages.push(message);
    expect(messages.slice(0, -1).map(({ type }) => type)).toEqual(messages.slice(1).map(() => 'step'));
    const last = messages.at(-1);
    if (last?.type !== 'diagnosis') throw new Error('no diagnosis');
    expect(last.diagnosis.dataDirectory).toMatchObject({ path: folder, usable: true });
    expect(last.diagnosis.providers.find(({ id }) => id === 'cpu')?.status.status).toBe('available');
  });
});
