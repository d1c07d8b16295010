import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspectModel } from '../../../src/core/onnx/inspect.ts';
import { InferometerError } from '../../../src/shared/errors.ts';
import { externalGraph, floats, modelBytes, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';

const fixtures = path.join(import.meta.dirname, '../../fixtures/onnx');
const identity = {
  node: [{ opType: 'Identity', input: ['x'], output: ['y'] }],
  input: [tensorInfo('x', [1])],
  output: [tensorInfo('y', [1])],
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-bad-'));
});
afterAll(() => rm(directory, { recursive: true }));

const at = (name: string): string => path.join(directory, name);

async function failureOf(file: string): Promise<InferometerError> {
  const error: unknown = await inspectModel(file).then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof InferometerError)) throw new Error(`Not an expected failure: ${String(error)}`);
  return error;
}

async function failureOfBytes(name: string, bytes: Uint8Array | string): Promise<InferometerError> {
  await writeFile(at(name), bytes);
  return failureOf(at(name));
}

describe('a path that is not a readable file', () => {
  test('nothing there', async () => {
    const failure = await failureOf(at('nothing.onnx'));
    expect(failure).toMatchObject({ code: 'MODEL_NOT_FOUND' });
    // Shown in a terminal and on a screen, which has no current folder.
    expect(failure.remedy).not.toContain('folder');
  });

  test('a folder', async () => {
    expect(await failureOf(directory)).toMatchObject({ code: 'MODEL_IS_DIRECTORY' });
  });

  test('0 bytes', async () => {
    expect(await failureOfBytes('empty.onnx', '')).toMatchObject({ code: 'MODEL_EMPTY' });
  });

  test('a file that this user may not read', async () => {
    await writeFile(at('secret.onnx'), modelBytes(identity));
    await chmod(at('secret.onnx'), 0o000);
    await chmod(directory, 0o755);
    expect(await failureAsOrdinaryUser(at('secret.onnx'))).toBe('MODEL_NO_PERMISSION');
  });
});

/** Root may read everything, so the check runs in a child that gives that up after its code is loaded. */
async function failureAsOrdinaryUser(file: string): Promise<string> {
  const inspect = path.join(import.meta.dirname, '../../../src/core/onnx/inspect.ts');
  const code = `
    import { inspectModel } from ${JSON.stringify(inspect)};
    if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
    inspectModel(${JSON.stringify(file)}).then(() => console.log('read'), (error) => console.log(error.code));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  return output.trim();
}

describe('a file that is not ONNX', () => {
  const safetensors = Buffer.concat([
    Buffer.from([0x40, 0, 0, 0, 0, 0, 0, 0]),
    Buffer.from('{"__metadata__":{"format":"pt"}}'.padEnd(64)),
  ]);
  test.each([
    ['a text file', 'import torch\nmodel = torch.load("x")\n', 'text'],
    ['a PNG image', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'PNG'],
    ['a ZIP archive as torch.save writes it', Buffer.from('504b030400000808000000000000', 'hex'), 'PyTorch'],
    ['a pickle as old torch.save wrote it', Buffer.from('80028a0a6cfc9c46f9206aa85019', 'hex'), 'pickle'],
    ['a safetensors file', safetensors, 'safetensors'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\n', 'Git LFS'],
  ])('%s is named', async (name, bytes, word) => {
    const failure = await failureOfBytes(`${name}.onnx`, bytes);
    expect(failure.code).toBe('MODEL_NOT_ONNX');
    expect(failure.message).toContain(word);
  });

  test('bytes that are no protobuf message', async () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 167 + 255) % 256);
    expect(await failureOfBytes('noise.onnx', bytes)).toMatchObject({ code: 'MODEL_NOT_ONNX' });
  });
});

describe('an ONNX file that is damaged', () => {
  test.each([0.3, 0.6, 0.95])('cut off after %d of its length', async (share) => {
    const whole = await readFile(path.join(fixtures, 'conv.onnx'));
    const failure = await failureOfBytes('cut.onnx', whole.subarray(0, Math.floor(whole.length * share)));
    expect(failure).toMatchObject({ code: 'MODEL_TRUNCATED' });
  });

  test('weights that do not fill their dimensions', async () => {
    const weight = { ...floats('w', [4]), dims: [5n] };
    const failure = await failureOf(await writeGraph(at('short.onnx'), { ...identity, initializer: [weight] }));
    expect(failure).toMatchObject({ code: 'MODEL_INVALID' });
    expect(failure.message).toContain('16 bytes of data where 20 are needed');
  });

  test('graphs nested deeper than a parser goes', async () => {
    let graph = {};
    for (let depth = 0; depth < 40; depth++) graph = { node: [{ opType: 'If', attribute: [{ name: 'g', g: graph }] }] };
    expect(await failureOf(await writeGraph(at('deep.onnx'), graph))).toMatchObject({ code: 'MODEL_INVALID' });
  });
});

describe('an ONNX file that the runtime does not take', () => {
  test('IR version 14', async () => {
    const failure = await failureOf(await writeGraph(at('ir.onnx'), identity, { ir: 14 }));
    expect(failure).toMatchObject({ code: 'MODEL_IR_TOO_NEW', data: { irVersion: 14, max: 13 } });
  });

  test.each([6, 27])('operator set %d', async (opset) => {
    const failure = await failureOf(await writeGraph(at('opset.onnx'), identity, { opset }));
    expect(failure).toMatchObject({ code: 'MODEL_OPSET_UNSUPPORTED', data: { opset, min: 7, max: 26 } });
  });

  test('an operator of a custom library', async () => {
    const graph = { node: [{ opType: 'Tokenizer', domain: 'my.company', input: ['x'], output: ['y'] }] };
    const failure = await failureOf(await writeGraph(at('custom.onnx'), graph));
    expect(failure).toMatchObject({ code: 'MODEL_UNKNOWN_OPERATOR', data: { operator: 'my.company:Tokenizer' } });
  });

  test('2 GiB in one file', async () => {
    await writeFile(at('large.onnx'), modelBytes(identity));
    const length = 2 ** 31;
    // A sparse tail inside one unknown field: the file is large, its content is not.
    const header = Buffer.from([0xf2, 0x01, ...varint(length)]);
    await writeFile(at('large.onnx'), Buffer.concat([modelBytes(identity), header]));
    await truncate(at('large.onnx'), modelBytes(identity).length + header.length + length);
    expect(await failureOf(at('large.onnx'))).toMatchObject({ code: 'MODEL_TOO_LARGE' });
  });
});

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

describe('external data', () => {
  test('a file that is not there', async () => {
    const failure = await failureOf(await writeGraph(at('external.onnx'), externalGraph('gone.bin')));
    expect(failure).toMatchObject({ code: 'MODEL_EXTERNAL_DATA_MISSING', data: { location: 'gone.bin' } });
  });

  test.each(['../outside.bin', 'sub/../../outside.bin', '/etc/passwd', 'C:\\weights.bin'])('%s', async (location) => {
    await mkdir(at('models'), { recursive: true });
    await writeFile(at('outside.bin'), new Uint8Array(16));
    const failure = await failureOf(await writeGraph(at('models/escaping.onnx'), externalGraph(location)));
    expect(failure).toMatchObject({ code: 'MODEL_EXTERNAL_DATA_ESCAPES' });
  });

  test('a link that leads out of the folder', async () => {
    await mkdir(at('linked'), { recursive: true });
    await writeFile(at('elsewhere.bin'), new Uint8Array(16));
    await symlink('../elsewhere.bin', at('linked/w.bin'));
    const failure = await failureOf(await writeGraph(at('linked/m.onnx'), externalGraph('w.bin')));
    expect(failure).toMatchObject({ code: 'MODEL_EXTERNAL_DATA_ESCAPES' });
  });

  test.each([{}, { offset: '0', length: '16' }, { offset: '9007199254740991' }])(
    'too short for %j',
    async (entries) => {
      await writeFile(at('short.bin'), new Uint8Array(15));
      const failure = await failureOf(await writeGraph(at('short-external.onnx'), externalGraph('short.bin', entries)));
      expect(failure).toMatchObject({ code: 'MODEL_EXTERNAL_DATA_TRUNCATED', data: { tensor: 'w' } });
    },
  );

  test.each([{ offset: '-4' }, { length: '1e9' }, { length: '12' }])('nonsense in %j', async (entries) => {
    await writeFile(at('fine.bin'), new Uint8Array(16));
    const failure = await failureOf(await writeGraph(at('nonsense.onnx'), externalGraph('fine.bin', entries)));
    expect(failure).toMatchObject({ code: 'MODEL_INVALID' });
  });
});

test('every failure has one sentence for what happened and one for what to do', async () => {
  for (const file of [at('nothing.onnx'), directory, path.join(fixtures, 'types.json')]) {
    const { message, remedy } = await failureOf(file);
    expect(message).toMatch(/^[^\n]+\.$/);
    expect(remedy).toMatch(/^[A-Z][^\n]+\.$/);
  }
});
