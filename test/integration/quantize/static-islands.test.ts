import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createNodeSpawner } from '../../../src/core/engine-client/node-spawner.ts';
import { readModel } from '../../../src/core/onnx/read.ts';
import { quantizeModel } from '../../../src/core/quantize/quantize-model.ts';
import { engineEntryPath } from '../../../src/core/resources.ts';
import { floats, integers, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';
import { wave } from '../../support/random-network.ts';

let directory: string;
let source: string;
const same = integers('pads', [1, 1, 1, 1]);
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-islands-'));
  await mkdir(path.join(directory, 'temporary'));
  source = await writeGraph(path.join(directory, 'model.onnx'), {
    name: 'swish',
    input: [tensorInfo('x', [1, 3, 8, 8])],
    output: [tensorInfo('y', [1, 8, 8, 8])],
    initializer: [floats('w1', [8, 3, 3, 3], wave(216, 1, 0.3)), floats('w2', [8, 8, 3, 3], wave(576, 2, 0.3))],
    node: [
      { opType: 'Conv', name: 'first', input: ['x', 'w1'], output: ['c1'], attribute: [same] },
      { opType: 'HardSwish', name: 'swish', input: ['c1'], output: ['a1'] },
      { opType: 'Conv', name: 'second', input: ['a1', 'w2'], output: ['c2'], attribute: [same] },
      { opType: 'HardSwish', input: ['c2'], output: ['a2'] },
      { opType: 'Erf', name: 'erf', input: ['a2'], output: ['e'] },
      { opType: 'Sqrt', name: 'last', input: ['e'], output: ['y'] },
    ],
  });
});
afterAll(() => rm(directory, { recursive: true }));

function quantize(excluded: readonly string[] = []) {
  return quantizeModel(source, {
    recipe: 'int8-static',
    excluded,
    target: path.join(directory, 'quantized.onnx'),
    version: '1.2.3',
    spawn: createNodeSpawner(engineEntryPath()),
    temporaryFolder: path.join(directory, 'temporary'),
    dims: {},
  });
}

it('names parts of an operator after it, and reports those in float32 between conversions', async () => {
  const { nodes, target } = await quantize();
  expect(nodes.map(({ node, operator, outcome }) => [node, operator, outcome.kind])).toEqual([
    ['first', 'Conv', 'changed'],
    ['swish/HardSigmoid', 'HardSigmoid of HardSwish', 'left'],
    ['swish/Mul', 'Mul of HardSwish', 'changed'],
    ['second', 'Conv', 'changed'],
    ['a2/HardSigmoid', 'HardSigmoid of HardSwish', 'left'],
    ['a2/Mul', 'Mul of HardSwish', 'changed'],
  ]);
  expect(nodes[1]?.outcome).toMatchObject({ reason: 'not-supported' });
  const { graph } = await readModel(target.path);
  const names = graph.node.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['swish/HardSigmoid', 'swish/Mul', 'a2/HardSigmoid', 'a2/Mul']));
});

it('leaves all parts of an operator that is excluded', async () => {
  const { nodes } = await quantize(['swish']);
  expect(nodes.filter(({ outcome }) => outcome.kind === 'left' && outcome.reason === 'excluded')).toMatchObject([
    { node: 'swish/HardSigmoid' },
    { node: 'swish/Mul' },
  ]);
});
