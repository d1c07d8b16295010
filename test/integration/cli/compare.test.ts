import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompareData } from '../../../src/cli/output/documents.ts';
import { createCommandLine, waitForText, type CommandLine } from './command-line.ts';

let line: CommandLine;
beforeAll(() => {
  line = createCommandLine();
});
afterAll(() => {
  line[Symbol.dispose]();
});

/** One model with one and with two threads, which need no other model to be built. */
const sides = ['mlp-tabular@cpu:1', 'mlp-tabular@cpu:2'];

describe('compare', () => {
  it('measures what was named, stores it, and writes it as one document', async () => {
    const { document, exitCode } = await line.runJson('compare', ...sides, '--max-duration', '1s', '--margin', '50%');
    expect(exitCode).toBe(0);
    const { comparisons, stored } = document.data as CompareData;
    expect(stored).toBeNull();
    expect(comparisons).toHaveLength(1);
    const { id, plan, result, command } = comparisons[0]!;
    expect(plan).toMatchObject({
      baseline: { model: 'mlp-tabular', provider: 'cpu', threads: 1 },
      candidates: [{ model: 'mlp-tabular', provider: 'cpu', threads: 2 }],
      margin: 0.5,
      maxDurationS: 1,
    });
    expect(result.speed?.pairs).toBeGreaterThan(0);
    expect(result.quality?.outputs).toMatchObject([{ centredRelativeError: 0, cosine: 1 }]);
    expect(result.candidate.kernels?.operators.length).toBeGreaterThan(0);
    expect(command).toMatch(
      /^inferometer compare mlp-tabular@cpu:1 mlp-tabular@cpu:2 .*--margin 0\.5 --max-duration 1s$/,
    );
    const shown = await line.run('comparisons', 'show', id);
    expect(shown.stdout).toMatch(/speed-up +\d.* × .*● measured/);
    expect((await line.run('comparisons')).stdout).toMatch(new RegExp(`^${id} .*1 thread +mlp-.*2 threads `, 'm'));
  });

  it('ends with 130 after Ctrl+C', async () => {
    const { child, ended } = line.start('compare', ...sides, '--max-duration', '10m', '--margin', '0.01%');
    await waitForText(child, /preparing|warming up/);
    child.kill('SIGINT');
    const { exitCode, stderr } = await ended;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('Stopping.');
  });

  it.each([
    [['mlp-tabular'], 'Only one thing was named.'],
    [['mlp-tabular', 'digits-cnn', '--stored'], 'is no id of a run'],
    [['run_0mib3p8a01k2j3x4', 'digits-cnn'], 'run_0mib3p8a01k2j3x4'],
    [['mlp-tabular', 'nowhere.onnx'], 'nowhere.onnx'],
  ])('refuses %j', async (words, message) => {
    const { exitCode, stderr } = await line.run('compare', ...words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
