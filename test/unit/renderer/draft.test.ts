import { describe, expect, it } from 'vitest';
import { emptyDraft, parseDraft, readDraft, type Draft } from '../../../src/renderer/features/new-run/draft.ts';
import { toScenarioDraft } from '../../../src/renderer/features/new-run/scenario-draft.ts';
import type { Plan } from '../../../src/shared/domain/plan.ts';

describe('a draft that was kept', () => {
  it('comes back as it was, with what is wrong in it', () => {
    const draft: Draft = {
      ...emptyDraft,
      models: ['resnet50'],
      batches: ['1', 'two'],
      dims: { seq: '' },
      grade: 'quick',
    };
    const read = parseDraft(JSON.parse(JSON.stringify(draft)));
    expect(read).toEqual(draft);
    expect(readDraft(read, 'standard').problems.batches).toContain('"two"');
  });

  it.each([
    ['a text in place of names', { ...emptyDraft, models: 'resnet50' }],
    ['a number in place of names', { ...emptyDraft, models: 7 }],
    ['a provider that nobody knows', { ...emptyDraft, providers: ['npu'] }],
    ['numbers in place of what was typed', { ...emptyDraft, batches: [1] }],
    ['a field less', { models: ['resnet50'] }],
    ['nothing', null],
    ['a text', 'draft'],
  ])('is the empty one for %s', (_, kept) => {
    expect(parseDraft(kept)).toEqual(emptyDraft);
  });
});

const chosen: Draft = { ...emptyDraft, models: ['resnet50'] };
const planOf = (changes: Partial<Draft>): Plan | null => readDraft({ ...chosen, ...changes }, 'standard').plan;

describe('a plan of a scenario', () => {
  it('has nothing of other scenarios, whatever was written there', () => {
    const plan = planOf({ scenario: 'single-stream', pausesMs: ['x'], limitMs: '', ratesPerS: [], newTokens: '0' });
    expect(plan).toMatchObject({ scenario: 'single-stream', batches: [1] });
    for (const field of ['pausesMs', 'ratesPerS', 'decode', 'batching', 'serviceLevel', 'search', 'instances']) {
      expect(plan).not.toHaveProperty(field);
    }
  });

  it('searches the highest rate of a server, with what it puts together', () => {
    const plan = planOf({ scenario: 'server', batches: ['8'], limitMs: '12.5', maxBatch: '8', maxDelayMs: '2' });
    expect(plan).toMatchObject({
      batches: [1],
      serviceLevel: { percentile: 99, latencyMs: 12.5 },
      batching: { maxBatch: 8, maxDelayMs: 2 },
      search: { kind: 'rate' },
    });
    expect(plan).not.toHaveProperty('ratesPerS');
  });

  it('measures rates that are given, judged or not', () => {
    const rates: Partial<Draft> = { scenario: 'server', load: 'rates', ratesPerS: ['100', '250.5'] };
    expect(planOf({ ...rates, limitMs: '' })).not.toHaveProperty('serviceLevel');
    expect(planOf({ ...rates, limitMs: '20' })).toMatchObject({
      ratesPerS: [100, 250.5],
      serviceLevel: { percentile: 99, latencyMs: 20 },
    });
    expect(planOf(rates)).not.toHaveProperty('search');
  });

  it('says beside each field what is not right', () => {
    const { plan, problems } = readDraft(
      { ...chosen, scenario: 'server', load: 'highest', limitMs: '0', maxBatch: 'many' },
      'standard',
    );
    expect(plan).toBeNull();
    expect(problems).toMatchObject({
      limitMs: 'Give a number above 0.',
      maxBatch: 'Give a whole number from 1 on.',
    });
    expect(readDraft({ ...chosen, scenario: 'idle-gap', pausesMs: ['10', '-1'] }, 'standard').problems.pausesMs).toBe(
      '"-1" is not a number from 0 on.',
    );
  });

  it('searches for what its scenario can tell', () => {
    const search: Partial<Draft> = { search: 'best', objective: 'throughput', batches: ['1', '8'] };
    expect(planOf({ ...search, scenario: 'offline' })).toMatchObject({ search: { objective: 'throughput' } });
    expect(planOf({ ...search, scenario: 'single-stream' })).toMatchObject({ search: { objective: 'latency' } });
    expect(planOf({ ...search, scenario: 'multi-stream' })).not.toHaveProperty('search');
  });

  it('comes back from its plan', () => {
    const written: Partial<Draft>[] = [
      { scenario: 'server', load: 'rates', ratesPerS: ['50', '100'], limitMs: '' },
      { scenario: 'server', load: 'highest', limitMs: '7.5', percentile: '90', maxBatch: '4', maxDelayMs: '1.5' },
      { scenario: 'idle-gap', pausesMs: ['0', '500'] },
      { scenario: 'decode', promptTokens: ['16', '64'], newTokens: '8' },
      { scenario: 'offline', instances: ['1', '2'], search: 'best', objective: 'energy', searchLimitMs: '30' },
    ];
    for (const changes of written) {
      const draft = { ...chosen, ...changes };
      expect({ ...draft, ...toScenarioDraft(planOf(changes)!) }).toEqual(draft);
    }
  });
});
