import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApiContext, type ApiContext } from '../../src/core/api/context.ts';
import { createCore, type Core } from '../../src/core/create-core.ts';
import { cellIdSchema, runIdSchema, sha256Schema, type RunId } from '../../src/shared/domain/ids.ts';
import type { RunSession, SessionMessage } from '../../src/shared/domain/run-session.ts';
import { shortComparison, shortRules } from '../support/short-comparison.ts';
import { shortPlan } from '../support/short-plan.ts';
import type { Client } from '../support/signed-in-page.ts';
import { transports, type Connection, type Host } from './transports.ts';

const nowhere = runIdSchema.parse(`run_${'0'.repeat(16)}`);
const quickPlan = shortPlan({ models: ['digits-cnn'] });
const longPlan = shortPlan({ models: ['digits-cnn'], batches: [1, 2], override: { minDurationS: 60 } });

/** Reads a stream until a message fits; leaving the loop ends the stream. */
async function readUntil(
  stream: AsyncIterable<SessionMessage>,
  fits: (message: SessionMessage) => boolean,
): Promise<SessionMessage[]> {
  const messages: SessionMessage[] = [];
  for await (const message of stream) {
    messages.push(message);
    if (fits(message)) break;
  }
  return messages;
}

async function readAll<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const messages: T[] = [];
  for await (const message of stream) messages.push(message);
  return messages;
}

function sessionOf(message: SessionMessage | undefined): RunSession | null {
  return message?.type === 'session' ? message.session : null;
}

const isEnd = (message: SessionMessage): boolean => sessionOf(message)?.phase === 'ended';
const isMeasured = (message: SessionMessage): boolean =>
  message.type === 'progress' && message.progress.stage === 'measured' && message.progress.queries > 0;

describe.each(transports)('the contract over $name', ({ open }) => {
  let folder: string;
  let core: Core;
  let context: ApiContext;
  let host: Host;
  let connection: Connection;
  let client: Client;
  /** Streams about the measurement that the host holds open now. */
  let openStreams = 0;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'contract-'));
    core = createCore({ dataDirectory: folder });
    context = createApiContext(core, { lockPath: path.join(folder, 'lock') });
    const { subscribe } = context.sessions;
    context.sessions.subscribe = (signal) => {
      const stream = subscribe(signal);
      openStreams += 1;
      let open = true;
      const count = <T>(result: T): T => {
        if (open) openStreams -= 1;
        open = false;
        return result;
      };
      return Object.assign(Object.create(stream) as typeof stream, {
        next: async () => {
          const result = await stream.next();
          return result.done ? count(result) : result;
        },
        return: async () => count(await stream.return?.()),
      });
    };
    host = await open(context);
  });
  afterAll(async () => {
    await host.close();
    core[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    connection = await host.connect();
    client = connection.client;
  });
  afterEach(() => connection.disconnect());

  describe('errors', () => {
    it('names the field of a request that does not follow the contract', async () => {
      const wrong = { plan: { ...quickPlan, batches: [0] } };
      await expect(client.runs.start(wrong)).rejects.toMatchObject({
        defined: true,
        code: 'USAGE',
        message: expect.stringContaining('plan.batches.0') as string,
        data: { remedy: expect.any(String) as string, data: { issues: [{ path: 'plan.batches.0' }] } },
      });
    });

    it('refuses a field of the wrong type', async () => {
      const wrong = { cellId: 7 } as unknown as Parameters<Client['results']['get']>[0];
      await expect(client.results.get(wrong)).rejects.toMatchObject({ defined: true, code: 'USAGE' });
    });

    it('says NOT_FOUND and what to do for ids that do not exist', async () => {
      const cellId = cellIdSchema.parse(`${nowhere}.0`);
      const calls = [
        client.runs.get({ runId: nowhere }),
        client.runs.resume({ runId: nowhere }),
        client.runs.delete({ runId: nowhere }),
        client.runs.cancel({ runId: nowhere }),
        client.results.get({ cellId }),
        client.results.chart({ cellId, process: 0 }),
        client.results.samples({ cellId, process: 0 }),
        client.results.sensors({ cellId }),
        client.exports.write({ runId: nowhere, format: 'json' }),
        client.machine.get({ sha256: sha256Schema.parse('0'.repeat(64)) }),
        client.models.remove({ name: 'nothing' }),
      ];
      for (const call of calls) {
        await expect(call).rejects.toMatchObject({
          defined: true,
          code: 'NOT_FOUND',
          data: { remedy: expect.any(String) as string },
        });
      }
    });

    it('carries an expected failure out of a stream', async () => {
      const stream = await client.models.inspect({ name: 'resnet51' });
      await expect(readAll(stream)).rejects.toMatchObject({
        defined: true,
        code: 'MODEL_NOT_FOUND',
        data: { data: { name: 'resnet51' } },
      });
    });

    it('refuses a plan whose model does not exist before anything is stored', async () => {
      const plan = shortPlan({ models: ['resnet51'] });
      await expect(client.runs.start({ plan })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
      expect((await client.runs.list({})).items).toEqual([]);
      const [first] = await readUntil(await client.runs.progress(), () => true);
      expect(sessionOf(first)?.end).toMatchObject({ state: null, failure: { code: 'MODEL_NOT_FOUND' } });
    });
  });

  it('keeps settings that were changed and leaves the others', async () => {
    await client.settings.update({ locale: 'de-CH', tariffPerKWh: 0.27 });
    const { settings, dataDirectory, commandLine } = await client.settings.update({ theme: 'dark' });
    expect(settings).toMatchObject({ locale: 'de-CH', tariffPerKWh: 0.27, theme: 'dark', currency: 'USD' });
    expect(dataDirectory).toBe(folder);
    expect(commandLine?.options).toBe(`--data-dir ${folder}`);
    await expect(client.settings.update({ locale: 'not a tag' })).rejects.toMatchObject({ code: 'USAGE' });
    expect((await client.settings.get()).settings).toEqual(settings);
  });

  it('describes a plan, its time and what is not possible here', async () => {
    const foreign = process.platform === 'darwin' ? 'dml' : 'coreml';
    const plan = shortPlan({ models: ['digits-cnn', 'missing.onnx'], providers: ['cpu', foreign] });
    expect(await client.plans.estimate(plan)).toMatchObject({ cells: 4, lowerBound: true });
    const checked = await client.plans.check(plan);
    expect(checked.map(({ problem }) => problem?.code ?? null)).toEqual([
      null,
      'PROVIDER_UNAVAILABLE',
      'MODEL_NOT_FOUND',
      'PROVIDER_UNAVAILABLE',
    ]);
  });

  it('inspects a model, which is built first, and finds its cost', async () => {
    const messages = await readAll(await client.models.inspect({ name: 'digits-cnn' }));
    const last = messages.at(-1);
    if (last?.type !== 'inspected') throw new Error('the model was not inspected');
    const { summary } = last.model;
    const cost = await client.models.cost({ name: 'digits-cnn', batch: 2, dims: {} });
    expect(Object.values(cost.inputShapes)[0]?.[0]).toBe(2);
    const listed = (await client.models.list()).find(({ name }) => name === 'digits-cnn');
    expect(listed).toMatchObject({ kind: 'reference', present: true, sizeBytes: summary.sizeBytes });
    expect(listed?.macs?.value).toBe(cost.macs / 2);
  });

  describe('quantizing', () => {
    it('says what to make of a model for a provider, with recipes that a form can show', async () => {
      const recipes = await client.quantization.recipes();
      const advice = await client.quantization.proposals({ name: 'digits-cnn', provider: 'cpu' });
      expect(advice.basis.kind).toBe('macs');
      expect(advice.opinions.map(({ recipe }) => recipe).toSorted()).toEqual(recipes.map(({ id }) => id).toSorted());
      expect(advice.opinions.find(({ recipe }) => recipe === 'fp16')).toMatchObject({ stance: 'against' });
      const nodes = await client.quantization.nodes({ name: 'digits-cnn' });
      expect(nodes.filter(({ operator }) => operator === 'Gemm')).toHaveLength(2);
    });

    it('makes a variant, lists it with its source, says how it was made, and removes it with its file', async () => {
      const request = { name: 'digits-cnn', recipe: 'int8-dynamic' as const, saveAs: 'digits.int8' };
      const messages = await readAll(await client.quantization.quantize(request));
      const last = messages.at(-1);
      if (last?.type !== 'quantized') throw new Error('nothing was quantized');
      const shares = messages.flatMap((message) => (message.type === 'progress' ? [message.share] : []));
      expect(shares).toEqual(shares.toSorted((one, other) => one - other));
      expect(last.report.nodes.filter(({ outcome }) => outcome.kind === 'changed')).toHaveLength(2);
      const listed = (await client.models.list()).find(({ name }) => name === 'digits.int8');
      expect(listed).toMatchObject({
        kind: 'quantized',
        copied: true,
        present: true,
        sizeBytes: last.model.summary.sizeBytes,
        variant: { of: 'digits-cnn', recipe: 'int8-dynamic', isQualityVoid: false },
      });
      expect(await client.quantization.report({ name: 'digits.int8' })).toEqual(last.report);
      expect(await client.quantization.report({ name: 'digits-cnn' })).toBeNull();

      await expect(readAll(await client.quantization.quantize(request))).rejects.toMatchObject({ code: 'USAGE' });
      const again = { name: 'digits.int8', recipe: 'fp16' as const, saveAs: 'twice' };
      await expect(readAll(await client.quantization.quantize(again))).rejects.toMatchObject({
        defined: true,
        code: 'MODEL_ALREADY_QUANTIZED',
        data: { remedy: expect.any(String) as string },
      });
      const unknown = { ...request, saveAs: 'other', excluded: ['no such node'] };
      await expect(readAll(await client.quantization.quantize(unknown))).rejects.toMatchObject({ code: 'USAGE' });
      await client.models.remove({ name: 'digits.int8' });
      expect(await readdir(path.join(folder, 'variants'))).toEqual([]);
    });

    it('leaves nodes until the loss on held-out samples is within a bound, and says what it costs', async () => {
      const request = { name: 'digits-cnn', recipe: 'int8-dynamic' as const, saveAs: 'bounded', maxDrop: 0.2 };
      const messages = await readAll(await client.quantization.quantize(request));
      const last = messages.at(-1);
      if (last?.type !== 'quantized') throw new Error('nothing was quantized');
      expect(messages).toContainEqual(expect.objectContaining({ type: 'progress', stage: 'judging' }));
      expect(last.report.sensitivity).toMatchObject({
        measure: 'accuracy',
        bound: 0.2,
        voidReason: null,
        excluded: [],
      });
      await client.models.remove({ name: 'bounded' });
      const void_ = { name: 'mlp-tabular', recipe: 'int8-dynamic' as const, saveAs: 'void', maxDrop: 0.2 };
      await expect(readAll(await client.quantization.quantize(void_))).rejects.toMatchObject({ code: 'USAGE' });
    });

    it('ranks nodes without a bound, also on generated inputs of a given size, and says that this is void', async () => {
      const request = { name: 'mlp-tabular', recipe: 'int8-dynamic' as const, saveAs: 'ranked', ranks: true };
      const last = (await readAll(await client.quantization.quantize({ ...request, dims: { batch: 2 } }))).at(-1);
      if (last?.type !== 'quantized') throw new Error('nothing was quantized');
      const { sensitivity, nodes } = last.report;
      const changed = nodes.filter(({ outcome }) => outcome.kind === 'changed').map(({ node }) => node);
      expect(sensitivity).toMatchObject({ bound: null, excluded: [], voidReason: expect.any(String) as string });
      expect(sensitivity?.scan?.nodes.map(({ node }) => node).toSorted()).toEqual(changed.toSorted());
      await client.models.remove({ name: 'ranked' });
    });

    it('leaves nothing when the stream is left', async () => {
      const request = { name: 'digits-cnn', recipe: 'int8-dynamic' as const, saveAs: 'left' };
      for await (const message of await client.quantization.quantize(request)) {
        if (message.type === 'progress') break;
      }
      // The stream ends at once; what it stopped ends when its engine is gone.
      await vi.waitFor(() => expect(context.background.size).toBe(0), { timeout: 10_000 });
      expect(await readdir(path.join(folder, 'variants'))).toEqual([]);
      expect((await client.models.list()).some(({ name }) => name === 'left')).toBe(false);
    });
  });

  describe('a stream', () => {
    it('ends on both sides when the reader breaks off', async () => {
      await readUntil(await client.runs.progress(), () => {
        expect(openStreams).toBe(1);
        return true;
      });
      await vi.waitFor(() => expect(openStreams).toBe(0));
      expect(await client.exports.formats()).not.toEqual([]);
    });

    it('ends on both sides when the reader aborts while it waits', async () => {
      const abort = new AbortController();
      const stream = await client.runs.progress(undefined, { signal: abort.signal });
      await stream.next();
      expect(openStreams).toBe(1);
      const waiting = stream.next().then(
        ({ done }) => done,
        // Transports differ in the error that an abort becomes.
        () => true,
      );
      abort.abort();
      expect(await waiting).toBe(true);
      await vi.waitFor(() => expect(openStreams).toBe(0));
      expect(await client.exports.formats()).not.toEqual([]);
    });
  });

  it('measures, streams what happens to every subscriber, and hands out what was measured', async () => {
    const other = await host.connect();
    const streams = [await client.runs.progress(), await other.client.runs.progress()];
    const startedAt = performance.now();
    const readings = streams.map((stream) => readUntil(stream, (message) => isEnd(message) && hasRun(message)));
    const { runId } = await client.runs.start({ plan: quickPlan });
    const all = await Promise.all(readings);
    const seconds = (performance.now() - startedAt) / 1000;
    for (const messages of all) {
      expect(sessionOf(messages.at(-1))).toMatchObject({
        runId,
        cells: [{ state: 'completed' }],
        end: { state: 'completed', failure: null, defect: null },
      });
      const progress = messages.filter(({ type }) => type === 'progress');
      expect(progress.length).toBeGreaterThan(0);
      expect(progress.length).toBeLessThanOrEqual(10 * seconds + 1);
    }
    other.disconnect();

    const { items } = await client.results.list({ runId });
    expect(items).toMatchObject([{ runId, state: 'completed', model: 'digits-cnn' }]);
    const cellId = items[0]!.id;
    const { cell, series } = await client.results.get({ cellId });
    expect(cell.outcome.state).toBe('completed');
    const { n } = series[0]!;
    const { issuedNs, completedNs, scheduledNs } = await client.results.samples({ cellId, process: 0, offset: n - 2 });
    expect([issuedNs.length, completedNs.length, scheduledNs]).toEqual([2, 2, null]);
    const chart = await client.results.chart({ cellId, process: 0, points: 50 });
    expect(chart.n).toBe(n);
    expect(chart.distribution.share.at(-1)).toBe(1);
    expect(chart.distribution.latencyNs.at(-1)).toBe(Math.max(...chart.overTime.maxNs));
    const { processes } = await client.results.sensors({ cellId });
    expect(processes).toMatchObject([{ process: 0, throttled: [] }]);
    for (const { label, readings } of processes[0]!.sensors) {
      expect(label).not.toBe('');
      if (readings.status === 'present') expect(readings.value.value).toHaveLength(readings.value.elapsedNs.length);
      else expect(readings.reason).not.toBe('');
    }

    const text = (await readAll(await client.exports.read({ runId, format: 'json' }))).join('');
    expect(JSON.parse(text)).toMatchObject({ format: 'inferometer.run', run: { id: runId } });
    expect((await client.exports.write({ runId, format: 'json' })).sizeBytes).toBe(Buffer.byteLength(text));
    await client.runs.delete({ runId });
    expect((await client.runs.list({})).items).toEqual([]);
  });

  it('shows a running measurement to whoever connects, lets nothing disturb it, and stops it on demand', async () => {
    const first = await host.connect();
    const { runId } = await first.client.runs.start({ plan: longPlan });
    await readUntil(await first.client.runs.progress(), isMeasured);
    first.disconnect();

    const stream = await client.runs.progress();
    const joined = await stream.next();
    const session = joined.done ? null : sessionOf(joined.value);
    expect(session).toMatchObject({ runId, phase: 'measuring', cells: [{ state: 'running' }, { state: 'pending' }] });
    expect(session?.trace.latencyNs.length).toBeGreaterThan(0);
    expect(session?.trace.elapsedNs).toHaveLength(session?.trace.latencyNs.length ?? 0);

    const busy = { defined: true, code: 'MACHINE_BUSY', data: { remedy: expect.any(String) as string } };
    await expect(client.runs.start({ plan: quickPlan })).rejects.toMatchObject(busy);
    await expect(client.providers.check({ refresh: true })).rejects.toMatchObject(busy);
    await expect(readAll(await client.doctor.diagnose())).rejects.toMatchObject(busy);
    const variant = { name: 'digits-cnn', recipe: 'fp16' as const, saveAs: 'while-measuring' };
    await expect(readAll(await client.quantization.quantize(variant))).rejects.toMatchObject(busy);
    await expect(client.runs.delete({ runId })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(client.runs.cancel({ runId: nowhere })).rejects.toMatchObject({ code: 'NOT_FOUND' });

    expect(await client.runs.cancel({ runId })).toMatchObject({ runId, phase: 'ended', end: { state: 'cancelled' } });
    const rest = await readUntil(stream, isEnd);
    expect(sessionOf(rest.at(-1))?.cells.map(({ state }) => state)).toEqual(['cancelled', 'pending']);
    expect(await stateOf(runId)).toBe('cancelled');
    await vi.waitFor(() => expect(openStreams).toBe(0));
  });

  describe('comparing', () => {
    beforeAll(() => {
      context.speedRules = shortRules;
    });

    it('tells progress, stores what it found, and lists it until it is deleted', async () => {
      const messages = await readAll(await client.comparisons.start(shortComparison()));
      expect(messages.map(({ type }) => type)).toEqual(expect.arrayContaining(['progress', 'compared']));
      const last = messages.at(-1);
      const record = last?.type === 'compared' ? last.record : null;
      if (record === null) throw new Error('The stream ended without a record');
      const { id: comparisonId } = record;
      expect(await client.comparisons.get({ comparisonId })).toEqual(record);
      const pairs = await client.comparisons.pairs({ comparisonId });
      expect(pairs.baselineNs).toHaveLength(record.result.speed?.pairs ?? 0);
      expect(pairs.candidateNs).toHaveLength(pairs.baselineNs.length);
      const { items, nextCursor } = await client.comparisons.list({ model: 'digits-cnn' });
      expect(nextCursor).toBeNull();
      expect(items).toMatchObject([{ id: comparisonId, holds: true, baseline: record.plan.baseline }]);
      expect((await client.comparisons.list({ model: 'resnet50' })).items).toEqual([]);
      await client.comparisons.delete({ comparisonId });
      await expect(client.comparisons.get({ comparisonId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('lets nothing disturb it, and ends when its reader leaves', async () => {
      const stream = await client.comparisons.start(shortComparison({ maxDurationS: 60, margin: 1e-9 }));
      let pairs = 0;
      const busy = { defined: true, code: 'MACHINE_BUSY' };
      for await (const message of stream) {
        if (message.type !== 'progress' || message.pairs === 0) continue;
        ({ pairs } = message);
        await expect(client.runs.start({ plan: quickPlan })).rejects.toMatchObject(busy);
        await expect(readAll(await client.comparisons.start(shortComparison()))).rejects.toMatchObject(busy);
        await expect(readAll(await client.doctor.diagnose())).rejects.toMatchObject(busy);
        break;
      }
      expect(pairs).toBeGreaterThan(0);
      await vi.waitFor(() => expect(context.sessions.isMeasuring()).toBe(false), { timeout: 10_000 });
    });

    it('says what is wrong with a plan, and with results that are not there', async () => {
      const unknown = shortComparison({ candidates: [{ model: 'resnet51', provider: 'cpu', threads: 1 }] });
      await expect(readAll(await client.comparisons.start(unknown))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
      await expect(client.comparisons.start(shortComparison({ margin: 0 }))).rejects.toMatchObject({ code: 'USAGE' });
      const cellId = cellIdSchema.parse(`${nowhere}.0`);
      const stored = { baseline: cellId, candidate: cellId, margin: 0.02 };
      await expect(client.comparisons.stored(stored)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(context.sessions.isMeasuring()).toBe(false);
    });
  });

  describe('profiling', () => {
    const plan = {
      model: 'digits-cnn',
      provider: 'cpu' as const,
      batch: 1,
      threads: 1,
      dims: {},
      seed: 7,
      inputs: null,
    };

    it('tells progress, stores what it found, sets two side by side, and lists them until they are deleted', async () => {
      const messages = await readAll(await client.profiles.start({ plan, peaks: 'stored' }));
      const last = messages.at(-1);
      if (last?.type !== 'profiled') throw new Error('The stream ended without a profile');
      const shares = messages.flatMap((message) => (message.type === 'progress' ? [message.share] : []));
      expect(shares).toEqual(shares.toSorted((one, other) => one - other));
      const { id: profileId } = last.record;
      expect(await client.profiles.get({ profileId })).toEqual(last.record);
      expect((await client.profiles.list({ model: 'digits-cnn' })).items).toMatchObject([
        { id: profileId, label: 'cpu' },
      ]);
      expect((await client.profiles.list({ model: 'resnet50' })).items).toEqual([]);
      const { rows, matchedBy } = await client.profiles.compare({ baseline: profileId, candidate: profileId });
      expect(matchedBy).toBe('node');
      expect(rows.every(({ differenceNs }) => differenceNs === 0)).toBe(true);
      expect(await client.profiles.peaks()).toEqual([]);
      await client.profiles.delete({ profileId });
      await expect(client.profiles.get({ profileId })).rejects.toMatchObject({ defined: true, code: 'NOT_FOUND' });
    });

    it('lets nothing disturb it, and ends when its reader leaves', async () => {
      for await (const message of await client.profiles.start({ plan, peaks: 'stored' })) {
        if (message.type !== 'progress') continue;
        await expect(client.runs.start({ plan: quickPlan })).rejects.toMatchObject({ code: 'MACHINE_BUSY' });
        break;
      }
      await vi.waitFor(() => expect(context.sessions.isMeasuring()).toBe(false), { timeout: 10_000 });
      expect((await client.profiles.list({})).items).toEqual([]);
    });

    it('says what is wrong with a plan, and with results that are not there', async () => {
      const unknown = { plan: { ...plan, model: 'resnet51' }, peaks: 'stored' as const };
      await expect(readAll(await client.profiles.start(unknown))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
      const cellId = cellIdSchema.parse(`${nowhere}.0`);
      await expect(readAll(await client.profiles.start({ cellId }))).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(client.results.published({ cellId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });

  it('ends its streams when the host ends', async () => {
    const stream = await client.runs.progress();
    await stream.next();
    const waiting = stream.next().then(
      ({ done }) => done,
      // A connection may go before the end of the stream has come through.
      () => true,
    );
    await host.close();
    expect(await waiting).toBe(true);
    expect(openStreams).toBe(0);
  });

  const hasRun = (message: SessionMessage): boolean => sessionOf(message)?.runId != null;

  async function stateOf(runId: RunId): Promise<string> {
    return (await client.runs.get({ runId })).run.state;
  }
});
