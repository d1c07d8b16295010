import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TuneData } from '../../../src/cli/output/documents.ts';
import { createCommandLine, short, type CommandLine } from './command-line.ts';

let line: CommandLine;
beforeAll(() => {
  line = createCommandLine();
});
afterAll(() => {
  line[Symbol.dispose]();
});

const small = ['tune', 'digits-cnn', '--batch', '1,4', '--threads', '1', '--instances', '1', '--override', short];

describe('tune', () => {
  it('answers with the winner, what it gains over the defaults, its cost, and the command that repeats it', async () => {
    const { document, exitCode } = await line.runJson(...small, '--price-per-hour', '3.6');
    const { run, cells, tuning } = document.data as TuneData;
    expect(run.state).toBe('completed');
    expect(tuning).toMatchObject({ objective: 'throughput', candidates: 2, tried: 2 });
    const confirmed = cells.filter(({ config }) => config.trial?.purpose === 'confirm');
    expect(confirmed.map(({ id }) => id)).toContain(tuning.winner);
    expect(confirmed.map(({ id }) => id)).toContain(tuning.defaults);
    expect(tuning.merit).toMatchObject({ unit: 'samples/s', kind: 'measured' });
    // 3.6 an hour are 0.001 a second.
    expect(tuning.costOfThousand?.value).toBeCloseTo(1 / (tuning.merit?.value ?? 0), 12);
    expect(tuning.command).toContain('inferometer run digits-cnn --provider cpu --scenario offline --batch ');
    expect(exitCode).toBe(0);
  });

  it.each([
    [['tune'], 'No model was named.'],
    [['tune', 'digits-cnn', '--percentile', '99'], 'there is none'],
    [['tune', 'digits-cnn', '--resume', 'run_0mib3p8a01k2j3x4'], 'has its models'],
  ])('refuses %j', async (command, message) => {
    const { exitCode, stderr } = await line.run(...command);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
