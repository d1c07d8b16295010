import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { QuantizeData } from '../../../src/cli/output/documents.ts';
import { floats, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';
import { wave } from '../../support/random-network.ts';
import { toNpy } from '../../support/write-numpy.ts';
import { createCommandLine, waitForText, type CommandLine } from './command-line.ts';

const width = 16;
let line: CommandLine;
let model: string;
beforeAll(async () => {
  line = createCommandLine();
  model = await writeGraph(path.join(line.folder, 'model.onnx'), {
    name: 'products',
    input: [tensorInfo('x', ['batch', width])],
    output: [tensorInfo('y', ['batch', width])],
    initializer: [
      floats('w1', [width, width], wave(width * width, 1, 0.5)),
      floats('w2', [width, width], wave(width * width, 2, 0.5)),
    ],
    node: [
      { opType: 'MatMul', name: 'first', input: ['x', 'w1'], output: ['h'] },
      { opType: 'Relu', name: 'relu', input: ['h'], output: ['r'] },
      { opType: 'MatMul', name: 'second', input: ['r', 'w2'], output: ['y'] },
    ],
  });
});
afterAll(() => {
  line[Symbol.dispose]();
});

const output = (): string => path.join(line.folder, 'out.onnx');

it('keeps a part apart where calibration and evaluation are named by the same file', async () => {
  const file = path.join(line.folder, 'data.npy');
  const data = new Uint8Array(Float32Array.from(wave(80 * width, 3, 1)).buffer);
  await writeFile(file, toNpy({ descriptor: '<f4', dims: [80, width], data }));
  const files = ['--calibration', file, '--evaluate', path.join(line.folder, '.', 'data.npy')];
  const { document } = await line.runJson(
    'quantize',
    model,
    '--to',
    'int8-static',
    ...files,
    '--max-drop',
    '0.5',
    '-o',
    output(),
  );
  expect(document).toMatchObject({ ok: true });
  const { calibration, sensitivity } = document.data as QuantizeData;
  expect([calibration?.samples, sensitivity?.evaluation.samples]).toEqual([60, 20]);
});

it('says which blocks there are', async () => {
  const { exitCode, stderr } = await line.run(
    'quantize',
    model,
    '--to',
    'int4-weight',
    '--block',
    '64',
    '-o',
    output(),
  );
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/--block <rows>.*64.*Choose from: 32, 128\./);
});

it('proposes within the width of the terminal', async () => {
  const { stdout } = await line.run('quantize', model);
  // A command stays whole, so that it can be copied.
  expect(stdout.split('\n').filter((text) => text.length > 80 && !text.startsWith('$'))).toEqual([]);
  expect(stdout).toMatch(/^Speeds and errors in these reasons .{1,60}$/m);
});

it('that is stopped says that nothing is kept, and keeps nothing', async () => {
  const target = path.join(line.folder, 'stopped.onnx');
  const { child, ended } = line.start('quantize', 'resnet50', '--to', 'int8-dynamic', '-o', target);
  const said = waitForText(child, /Stopping/);
  await waitForText(child, /resnet50/);
  child.kill('SIGINT');
  expect(await said).toContain('Stopping. Nothing is kept; Ctrl+C again ends at once.');
  expect((await ended).exitCode).toBe(130);
  expect(existsSync(target)).toBe(false);
  expect(readdirSync(path.join(line.folder, 'data', 'tmp'))).toEqual([]);
});
