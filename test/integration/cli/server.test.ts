import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoctorData, RunData } from '../../../src/cli/output/documents.ts';
import { createCommandLine, hasty, short, tinyModel, type CommandLine } from './command-line.ts';

let line: CommandLine;
beforeAll(() => {
  line = createCommandLine();
});
afterAll(() => {
  line[Symbol.dispose]();
});

describe('run --scenario server', () => {
  it('says latency, its two parts, how many queries shared a call, and how the limit fared', async () => {
    const options = [
      '--rate',
      '200',
      '--max-batch',
      '4',
      '--slo-ms',
      '10000',
      '--percentile',
      '90',
      '--override',
      short,
    ];
    const { stdout, stderr } = await line.run('run', tinyModel, '--scenario', 'server', ...options);
    expect(stderr).toMatch(/1 configuration, quick grade, server: at least/);
    expect(stdout).toMatch(/server · 200\/s · up to 4 a call/);
    expect(stdout).toMatch(/p90 latency +(?:[\d.,]+|not earned)/);
    expect(stdout).toMatch(/p50 queue delay +[\d.,]+/);
    expect(stdout).toMatch(/p50 service +[\d.,]+/);
    expect(stdout).toMatch(/batches +[\d,]+ calls: [\d.]+ % of 1 \(/);
    expect(stdout).toMatch(/lateness +99 % of calls less than/);
    expect(stdout).toMatch(/service level +✓ kept: p90 within 10(?:\.0+)? s/);
  });

  it('refuses a limit below the service time with the measured one', async () => {
    const { stdout, exitCode } = await line.run(
      ...['run', tinyModel, '--scenario', 'server', '--slo-ms', '0.0001', '--percentile', '90', '--override', hasty],
    );
    expect(exitCode).toBe(2);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /refused A lone query takes [\d.,]+ [µm]s \(p\d+\), so no rate keeps p90 within 0\.0001 ms/,
    );
    const [, runId = ''] = /Run (run_\w+) is completed/.exec(stdout) ?? [];
    const { document } = await line.runJson('results', 'show', runId);
    expect((document.data as RunData).rateSearches).toMatchObject([{ isLimitBelowService: true, steps: [] }]);
  });

  it.each([
    [['--scenario', 'server']],
    [['--scenario', 'server', '--rate', '0']],
    [['--scenario', 'server', '--percentile', '99']],
    [['--scenario', 'server', '--rate', '5', '--max-delay-ms', '2']],
    [['--rate', '5']],
  ])('%j ends with 2 and the code USAGE', async (options) => {
    const { exitCode, document } = await line.runJson('run', tinyModel, ...options);
    expect(exitCode).toBe(2);
    expect(document).toMatchObject({ ok: false, error: { code: 'USAGE' } });
  });
});

it('doctor --method tells what was measured of known times', async () => {
  const { document, exitCode } = await line.runJson('doctor', '--method', '--seconds', '0.5');
  const { method } = document.data as DoctorData;
  expect(method?.queues.map(({ load }) => load)).toEqual([0.5, 0.8]);
  expect(exitCode).toBe(method?.passed ? 0 : 3);
});
