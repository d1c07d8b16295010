import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { SpawnEngine } from '../../src/core/engine-client/engine-process.ts';
import type { InputPool } from '../../src/core/models/inputs/generate-inputs.ts';
import type { Quantization } from '../../src/shared/domain/quantization.ts';
import { InferometerError } from '../../src/shared/errors.ts';
import { writeCalibrationPool } from './calibration-pool.ts';
import type { QuantizerCase } from './cases.ts';
import { compareTensors, type TensorComparison } from './compare-tensors.ts';
import type { ComparedModel } from './models.ts';
import { quantizeHere } from './quantize-here.ts';

/** What both tools made of one model in one way. */
export interface CaseResult {
  model: string;
  name: string;
  /** null where a tool failed. */
  tensors: TensorComparison | null;
  /** What a tool said that did not quantize the model. */
  failedHere: { code: string; message: string } | null;
  failedPython: string | null;
  /** How Python quantized a model that it fails on otherwise; null where it needs no help. */
  helpForPython: string | null;
}

const pythonSchema = z.object({ failed: z.string().nullable(), help: z.string().nullable() });

/** Few are enough: the ranges of both tools are the same for one input, or are not. */
const calibrationSamples = 4;

const run = promisify(execFile);

/** Quantizes a model in every way with both tools, at the same time, and compares the files. */
export async function compareModel(
  model: ComparedModel,
  cases: readonly QuantizerCase[],
  { interpreter, folder, spawn }: { interpreter: string; folder: string; spawn: SpawnEngine },
): Promise<CaseResult[]> {
  const workplace = path.join(folder, model.name);
  mkdirSync(workplace, { recursive: true });
  const file = (side: string, index: number): string => path.join(workplace, `${side}-${index}.onnx`);
  try {
    const pool = await writeCalibrationPool(model, calibrationSamples, path.join(workplace, 'calibration.bin'));
    const [made, python] = await Promise.all([
      (async () => {
        const all: (Quantization | InferometerError)[] = [];
        for (const [index, one] of cases.entries()) {
          const request = {
            source: model.path,
            dims: model.dims,
            ...one,
            pool: poolOf(one, pool),
            target: file('here', index),
          };
          all.push(await resultOf(quantizeHere(request, { spawn, temporaryFolder: workplace })));
        }
        return all;
      })(),
      askPython(interpreter, workplace, {
        source: model.path,
        pool,
        cases: cases.map((one, index) => ({ ...one.python, target: file('python', index) })),
      }),
    ]);
    const results: CaseResult[] = [];
    for (const [index, { name }] of cases.entries()) {
      const here = made[index];
      if (here === undefined) throw new Error(`No result of ${name} came back.`);
      const failedHere = here instanceof InferometerError ? { code: here.code, message: here.message } : null;
      const { failed: failedPython, help: helpForPython } = pythonSchema.parse(python[index]);
      const tensors =
        here instanceof InferometerError || failedPython !== null
          ? null
          : await compareTensors(file('here', index), file('python', index), maskingNodes(here));
      results.push({ model: model.name, name, tensors, failedHere, failedPython, helpForPython });
    }
    return results;
  } finally {
    rmSync(workplace, { recursive: true });
  }
}

function poolOf({ recipe }: QuantizerCase, pool: InputPool): InputPool | null {
  return recipe === 'int8-static' ? pool : null;
}

async function resultOf(work: Promise<Quantization>): Promise<Quantization | InferometerError> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof InferometerError)) throw error;
    return error;
  }
}

function maskingNodes({ nodes }: Quantization): Set<string> {
  return new Set(
    nodes.flatMap(({ node, outcome }) => (outcome.kind === 'left' && outcome.reason === 'mask' ? [node] : [])),
  );
}

/** The lines about the cases, after the one about the start. In `folder`, where symbolic shape inference leaves files. */
async function askPython(interpreter: string, folder: string, request: unknown): Promise<unknown[]> {
  const script = path.join(import.meta.dirname, 'python_quantizer.py');
  const { stdout } = await run(interpreter, [script, JSON.stringify(request)], { cwd: folder });
  const lines = stdout.trim().split('\n').slice(1);
  return lines.map((line): unknown => JSON.parse(line));
}
