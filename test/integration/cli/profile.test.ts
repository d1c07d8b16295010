import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ProfileComparison, ProfileRecord } from '../../../src/shared/domain/profile.ts';
import { createCommandLine, tinyModel, type CommandLine } from './command-line.ts';

let line: CommandLine;

beforeAll(() => {
  line = createCommandLine();
});
afterAll(() => line[Symbol.dispose]());

/** Without the peaks, which take seconds. */
const quickly = ['--threads', '1', '--peaks', 'stored'];

it('profiles two models, sets them side by side, and keeps both until they are deleted', async () => {
  const { document, exitCode } = await line.runJson('profile', 'digits-cnn', '--against', tinyModel, ...quickly);
  expect(exitCode).toBe(0);
  const { profiles, comparison } = document.data as { profiles: ProfileRecord[]; comparison: ProfileComparison };
  expect(profiles.map(({ plan }) => plan.model)).toEqual(['digits-cnn', tinyModel]);
  expect(comparison.rows.map(({ key }) => key)).toContain('Conv');

  const [first, second] = profiles.map(({ id }) => id);
  const shown = await line.run('profiles', 'show', first!, '--against', second!, '--nodes');
  expect(shown.exitCode).toBe(0);
  for (const text of ['host to host', 'profiler overhead', 'Operators', 'Nodes', 'Roofline', 'not available', '█'])
    expect(shown.stdout).toContain(text);
  const listed = await line.runJson('profiles', '--model', 'digits-cnn');
  expect(listed.document.data).toMatchObject({ profiles: [{ id: first }], more: false });
  expect((await line.run('profiles', 'delete', first!)).exitCode).toBe(0);
  expect((await line.runJson('profiles', 'show', first!)).document).toMatchObject({ error: { code: 'NOT_FOUND' } });
});

it('refuses options for a result, which is profiled as it was measured, and words that are no ids', async () => {
  const run = `run_${'0'.repeat(16)}`;
  expect((await line.runJson('profile', run, '--batch', '2')).document).toMatchObject({ error: { code: 'USAGE' } });
  expect((await line.runJson('profile', run)).document).toMatchObject({ error: { code: 'NOT_FOUND' } });
  expect((await line.runJson('profiles', 'show', 'nothing')).document).toMatchObject({ error: { code: 'USAGE' } });
});
