/**
 * Compares the quantizer with the one in the official Python package of ONNX Runtime: bytes of quantized weights,
 * scales and zero points, time and memory. `npm run compare:quantizer` takes reference models by name and .onnx files
 * by path; without any, mobilenet-v2 and bert-base. Needs a Python with onnxruntime 1.30 and onnx (`INFEROMETER_PYTHON`,
 * else .venv-perf). Ends with 1 when a byte differs.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { createCore } from '../src/core/create-core.ts';
import { resolveModel } from '../src/core/models/resolve-model.ts';
import type { RecipeId } from '../src/shared/domain/quantization.ts';
import { formatQuantity } from '../src/shared/units.ts';
import { compareTensors, type TensorComparison } from './compare-quantizer/compare-tensors.ts';
import { findPython } from './perf/python-session.ts';

interface Case {
  recipe: RecipeId;
  parameters: Record<string, unknown>;
  /** The same for the Python script. */
  python: Record<string, unknown>;
}

const blocks = (bits: 4 | 8, symmetric: boolean): Case => {
  const parameters = { blockSize: 32, symmetric, accuracyLevel: 4 };
  return { recipe: bits === 4 ? 'int4-weight' : 'int8-weight', parameters, python: { ...parameters, bits } };
};
const dynamic = (perChannel: boolean, reduceRange: boolean): Case => {
  const parameters = { perChannel, reduceRange };
  return { recipe: 'int8-dynamic', parameters, python: parameters };
};
const cases: readonly Case[] = [
  dynamic(true, false),
  dynamic(false, true),
  blocks(4, true),
  blocks(4, false),
  blocks(8, true),
  blocks(8, false),
];

const pythonSchema = z.object({ version: z.string(), importS: z.number(), workS: z.number(), peakBytes: z.number() });
const hereSchema = z.object({ writeS: z.number(), workS: z.number(), peakBytes: z.number(), changed: z.number() });

const found = await findPython();
if ('reason' in found) {
  console.error(found.reason);
  process.exit(2);
}
const { interpreter } = found;
const names = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), 'inferometer-compare-'));
const run = promisify(execFile);
let differs = false;
try {
  using core = createCore();
  for (const name of names.length === 0 ? ['mobilenet-v2', 'bert-base'] : names) {
    const { path: source, reference } = await resolveModel(name, core);
    const dims = Object.fromEntries(
      Object.entries(reference?.defaultDims ?? {}).filter(([symbol]) => symbol !== 'batch'),
    );
    console.log(`\n${name}  ${formatQuantity(statSync(source).size, 'B').text}`);
    for (const one of cases) differs = (await compareCase(source, dims, one)) || differs;
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = differs ? 1 : 0;

async function compareCase(source: string, dims: Record<string, number>, one: Case): Promise<boolean> {
  const { recipe, parameters } = one;
  const here = path.join(folder, 'here.onnx');
  const python = path.join(folder, 'python.onnx');
  console.log(`  ${recipe} ${JSON.stringify(parameters)}`);
  try {
    const ours = await timed(hereSchema, process.execPath, [
      path.join(import.meta.dirname, 'compare-quantizer-child.ts'),
      JSON.stringify({ source, target: here, recipe, parameters, dims }),
    ]);
    const theirs = await timed(pythonSchema, interpreter, [
      path.join(import.meta.dirname, 'compare-quantizer', 'python_quantizer.py'),
      JSON.stringify({ source, target: python, recipe, ...one.python }),
    ]);
    const { answer: mine } = ours;
    const { answer: other } = theirs;
    const seconds = (value: number): string => `${value.toFixed(2)} s`;
    const size = (bytes: number): string => formatQuantity(bytes, 'B').text;
    console.log(
      `    here    ${seconds(ours.wallS)} with start and check, ${seconds(mine.workS)} without start, ${seconds(mine.writeS)} without check; peak ${size(mine.peakBytes)}; ${mine.changed} nodes`,
    );
    console.log(
      `    python  ${seconds(theirs.wallS)} with start, ${seconds(other.workS)} without start and imports; peak ${size(other.peakBytes)}; ONNX Runtime ${other.version}`,
    );
    console.log(
      `    ratio   time ${(ours.wallS / theirs.wallS).toFixed(2)}, memory ${(mine.peakBytes / other.peakBytes).toFixed(2)}`,
    );
    return printComparison(await compareTensors(here, python));
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    console.log(
      `    failed  ${(
        stderr
          .trim()
          .split('\n')
          .findLast((line) => line.includes('rror')) ?? message
      ).slice(0, 300)}`,
    );
    return false;
  }
}

/** Says what is the same; true when something is not. */
function printComparison({ tensors, bytes, different, onlyHere, onlyPython }: TensorComparison): boolean {
  const names = different.slice(0, 5).map((one) => `${one.name} (${one.bytes} bytes)`);
  const same = tensors === 0 ? 'nothing in common' : 'all the same';
  const result = different.length === 0 ? same : `${different.length} differ: ${names.join(', ')}`;
  console.log(`    bytes   ${tensors} tensors, ${bytes} bytes compared, ${result}`);
  if (onlyHere.length > 0) console.log(`    only here    ${onlyHere.length}, e.g. ${onlyHere[0] ?? ''}`);
  if (onlyPython.length > 0) console.log(`    only python  ${onlyPython.length}, e.g. ${onlyPython[0] ?? ''}`);
  return different.length > 0;
}

/** Runs a process that answers with one line of JSON, and times it from start to end. */
async function timed<T>(schema: z.ZodType<T>, command: string, words: string[]): Promise<{ wallS: number; answer: T }> {
  const startNs = process.hrtime.bigint();
  const { stdout } = await run(command, words);
  const wallS = Number(process.hrtime.bigint() - startNs) / 1e9;
  return { wallS, answer: schema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')) };
}
