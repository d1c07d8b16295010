import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readModel } from '../../../src/core/onnx/read.ts';
import { readTensor } from '../../../src/core/onnx/tensor-data.ts';

const fixtures = path.join(import.meta.dirname, '../../fixtures/onnx');
/** Values as the ONNX reference library reads them (make-fixtures.py). */
const golden = JSON.parse(readFileSync(path.join(fixtures, 'types.json'), 'utf8')) as Record<
  string,
  (number | string)[]
>;

describe.each([
  ['kept in the message', Infinity],
  ['left in the file', 0],
])('tensor data %s', (_, keepBytes) => {
  test.each(Object.keys(golden))('%s has the values of the reference library', async (name) => {
    const loaded = await readModel(path.join(fixtures, 'types.onnx'), { keepBytes });
    const tensor = loaded.graph.initializer.find((candidate) => candidate.name === name);
    if (!tensor) throw new Error(`no tensor ${name}`);
    const { values, dims } = readTensor(loaded, tensor);
    const items: Iterable<number | bigint> = values;
    expect(Array.from(items, (value) => (typeof value === 'bigint' ? String(value) : value))).toEqual(golden[name]);
    expect(dims.reduce((size, dim) => size * dim, 1)).toBe(values.length);
  });
});
