import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AttributeProto_AttributeType as AttributeType,
  GraphProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType as DataType,
} from '../../../src/core/onnx/gen/onnx_pb.js';
import { readModel } from '../../../src/core/onnx/read.ts';
import { readTensor } from '../../../src/core/onnx/tensor-data.ts';
import { writeModel } from '../../../src/core/onnx/write.ts';
import { openGraph } from '../../../src/core/quantize/graph/editable-graph.ts';
import { outerReferences, renameReferences, sortNodes } from '../../../src/core/quantize/graph/scopes.ts';
import { floats, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';

type NodeParts = MessageInitShape<typeof NodeProtoSchema>;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-graph-'));
});
afterAll(() => rm(directory, { recursive: true }));

const node = (opType: string, input: string[], output: string[], more: Partial<NodeParts> = {}) =>
  create(NodeProtoSchema, { opType, input, output, ...more } as NodeParts);

/** An If whose branches return what is given. */
function choice(condition: string, output: string, branches: readonly ReturnType<typeof body>[]) {
  const names = ['then_branch', 'else_branch'];
  const attribute = branches.map((g, index) => ({ name: names[index] ?? '', type: AttributeType.GRAPH, g }));
  return node('If', [condition], [output], { attribute });
}

const body = (nodes: ReturnType<typeof node>[], output: string) =>
  create(GraphProtoSchema, { name: 'body', node: nodes, output: [{ name: output }] });

describe('names of bodies', () => {
  const inner = body([node('Neg', ['outer'], ['mine'])], 'mine');
  const outer = body(
    [choice('decide', 'r', [inner, body([node('Abs', ['own'], ['t'])], 't')]), node('Neg', ['x'], ['own'])],
    'r',
  );

  it('that come from outside are found at any depth', () => {
    expect([...outerReferences(outer)].toSorted()).toEqual(['decide', 'outer', 'x']);
  });

  it('are replaced at any depth', () => {
    renameReferences(
      outer,
      new Map([
        ['outer', 'renamed'],
        ['x', 'y'],
      ]),
    );
    expect([...outerReferences(outer)].toSorted()).toEqual(['decide', 'renamed', 'y']);
  });
});

describe('the order of nodes', () => {
  it('puts each behind what it needs, captured tensors of a body included, and changes nothing else', () => {
    const first = node('Neg', ['x'], ['a']);
    const last = choice('a', 'y', [body([node('Neg', ['b'], ['t'])], 't'), body([node('Abs', ['b'], ['e'])], 'e')]);
    const between = node('Abs', ['a'], ['b']);
    const unrelated = node('Exp', ['x'], ['z']);
    expect(sortNodes([first, unrelated, last, between])).toEqual([first, unrelated, between, last]);
  });

  it('of thousands in reverse is found without deep recursion', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => node('Neg', [`t${index}`], [`t${index + 1}`]));
    expect(sortNodes(chain.toReversed())).toEqual(chain);
  });
});

async function reopen(name: string, graph: MessageInitShape<typeof GraphProtoSchema>, versions = {}) {
  const file = await writeGraph(path.join(directory, name), graph, versions);
  const opened = openGraph(await readModel(file, { keepBytes: 64 }));
  const save = async () => {
    const target = path.join(directory, `changed-${name}`);
    const { model, tensorData } = opened.finish();
    await writeModel(model, target, { tensorData });
    return readModel(target);
  };
  return { opened, save };
}

const constant = (name: string, dims: readonly number[]) =>
  node('Constant', [], [name], {
    attribute: [{ name: 'value', type: AttributeType.TENSOR, t: { ...floats('', dims) } }],
  });

describe('a graph that was opened', () => {
  it('takes weights out of Constant nodes, the data that is still in the file included', async () => {
    const { opened, save } = await reopen('constant.onnx', {
      input: [tensorInfo('x', [40])],
      node: [constant('w', [40]), node('Add', ['x', 'w'], ['y'])],
      output: [tensorInfo('y', [40])],
    });
    expect(opened.constant('w')?.dims).toEqual([40n]);
    const saved = await save();
    expect(saved.graph.node.map(({ opType }) => opType)).toEqual(['Add']);
    const [w] = saved.graph.initializer;
    expect(w && [...readTensor(saved, w).values].slice(0, 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 0, 1]);
  });

  it('keeps what a body reads and drops what nothing does', async () => {
    const branches = [body([node('Identity', ['kept'], ['t'])], 't'), body([node('Identity', ['x'], ['e'])], 'e')];
    const { save } = await reopen('unused.onnx', {
      input: [tensorInfo('x', [2]), tensorInfo('c', [], DataType.BOOL)],
      initializer: [floats('kept', [2]), floats('dropped', [2])],
      node: [node('Neg', ['x'], ['nobody']), choice('c', 'y', branches)],
      valueInfo: [tensorInfo('nobody', [2])],
      output: [tensorInfo('y', [2])],
    });
    const { graph } = await save();
    expect(graph.initializer.map(({ name }) => name)).toEqual(['kept']);
    expect(graph.node.map(({ opType }) => opType)).toEqual(['If']);
    expect(graph.valueInfo).toEqual([]);
    expect(graph.input.map(({ name }) => name)).toEqual(['x', 'c']);
  });

  it('makes constants of initializers that old files list as inputs', async () => {
    const { save } = await reopen(
      'old.onnx',
      {
        input: [tensorInfo('x', [2]), tensorInfo('w', [2])],
        initializer: [floats('w', [2])],
        node: [node('Add', ['x', 'w'], ['y'])],
        output: [tensorInfo('y', [2])],
      },
      { ir: 3, opset: 8 },
    );
    const { graph, model } = await save();
    expect(graph.input.map(({ name }) => name)).toEqual(['x']);
    expect(model.irVersion).toBe(4n);
  });

  it('gives no name twice, those inside bodies included', async () => {
    const { opened } = await reopen('names.onnx', {
      input: [tensorInfo('x', [2]), tensorInfo('c', [], DataType.BOOL)],
      node: [choice('c', 'y', [body([node('Neg', ['x'], ['t'])], 't'), body([node('Abs', ['x'], ['t_1'])], 't_1')])],
      output: [tensorInfo('y', [2])],
    });
    expect([opened.freeName('t'), opened.freeName('t'), opened.freeName('new')]).toEqual(['t_2', 't_3', 'new']);
  });
});
