import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import type { SpawnEngine } from '../../../src/core/engine-client/engine-process.ts';
import { resumePlan, runPlan } from '../../../src/core/measure/run-plan.ts';
import type { RunOptions } from '../../../src/core/measure/run-ports.ts';
import { createGraphBuilder } from '../../../src/core/onnx/build.ts';
import { DataType } from '../../../src/core/onnx/element-types.ts';
import { TensorProtoSchema } from '../../../src/core/onnx/gen/onnx_pb.js';
import { writeModel } from '../../../src/core/onnx/write.ts';
import { readRunExport } from '../../../src/core/report/run-export.ts';
import type { RunId } from '../../../src/shared/domain/ids.ts';
import type { MachineReport } from '../../../src/shared/domain/machine.ts';
import type { Plan } from '../../../src/shared/domain/plan.ts';
import { InferometerError } from '../../../src/shared/errors.ts';
import { shortPlan } from '../../support/short-plan.ts';

let folder: string;
let core: Core;
let options: RunOptions;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'resume-'));
  core = createCore({ dataDirectory: path.join(folder, 'data') });
  options = { lockPath: path.join(folder, 'lock') };
});
afterEach(async () => {
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

async function writeUnaryModel(operator: 'Relu' | 'Abs'): Promise<string> {
  const file = path.join(folder, 'own.onnx');
  const graph = createGraphBuilder();
  graph.output('y', graph.node(operator, [graph.input('x', 'float32', [1, 4])]), 'float32', [1, 4]);
  await writeModel(graph.build('own').model, file);
  return file;
}

async function writeTestData(values: number[]): Promise<string> {
  const set = path.join(folder, 'inputs', 'test_data_set_0');
  await mkdir(set, { recursive: true });
  const tensor = create(TensorProtoSchema, {
    name: 'x',
    dataType: DataType.FLOAT,
    dims: [1n, 4n],
    floatData: values,
  });
  await writeFile(path.join(set, 'input_0.pb'), toBinary(TensorProtoSchema, tensor));
  return path.join(folder, 'inputs');
}

/** Measures the first of two configurations of a plan; the second is left to be resumed. */
async function measureHalf(changes: Pick<Plan, 'models'> & Partial<Plan>): Promise<RunId> {
  const abort = new AbortController();
  return runPlan(shortPlan({ threads: [1, 2], ...changes }), core, {
    ...options,
    signal: abort.signal,
    onEvent: ({ type }) => {
      if (type === 'cell-finished') abort.abort();
    },
  });
}

/** The same machine a while later, on battery. */
async function detectLater(): Promise<MachineReport> {
  const report = await core.detectMachine();
  return { ...report, powerSource: { status: 'present', value: 'battery' } };
}

describe('resuming', () => {
  it('states for each configuration the machine as it was when that was measured', async () => {
    const runId = await measureHalf({ models: ['digits-cnn'] });
    await resumePlan(runId, { ...core, detectMachine: detectLater }, options);
    const [before, after] = core.storage.cells.ofRun(runId).map(({ provenance }) => provenance);
    if (!before || !after) throw new Error('not measured');
    expect(before.machineSha256).toBe(core.storage.runs.get(runId).machineSha256);
    expect(before.machineFingerprint).toBe(after.machineFingerprint);
    const { machines } = readRunExport(core.storage, runId).head;
    expect(machines.map(({ sha256 }) => sha256)).toEqual([before.machineSha256, after.machineSha256]);
    expect(machines[1]?.report).toMatchObject({ powerSource: { value: 'battery' } });
  });

  it('is refused on a machine with other hardware', async () => {
    const runId = await measureHalf({ models: ['digits-cnn'] });
    const detectMachine = async (): Promise<MachineReport> => {
      const report = await core.detectMachine();
      return { ...report, cpu: { ...report.cpu, model: { status: 'present', value: 'Another Processor' } } };
    };
    await expect(resumePlan(runId, { ...core, detectMachine }, options)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('is refused when the file of a model has changed, and leaves the run as it was', async () => {
    const runId = await measureHalf({ models: [await writeUnaryModel('Relu')] });
    const before = core.storage.cells.ofRun(runId);
    await writeUnaryModel('Abs');
    await expect(resumePlan(runId, core, options)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    expect(core.storage.cells.ofRun(runId)).toEqual(before);
    expect(core.storage.runs.get(runId).state).toBe('cancelled');
  });

  it('finds relative inputs from another folder, and is refused when they have changed', async () => {
    const inputs = path.relative(process.cwd(), await writeTestData([1, 2, 3, 4]));
    const runId = await measureHalf({ models: [await writeUnaryModel('Relu')], inputs });
    expect(core.storage.runs.get(runId).plan.inputs).toBe(path.join(folder, 'inputs'));
    await writeTestData([1, 2, 3, 5]);
    await expect(resumePlan(runId, core, options)).rejects.toMatchObject({ code: 'INPUTS_INVALID' });
    await writeTestData([1, 2, 3, 4]);
    await resumePlan(runId, core, options);
    expect(core.storage.cells.ofRun(runId).map(({ outcome }) => outcome.state)).toEqual(['completed', 'completed']);
  });

  it('is refused, and changes nothing, when the model can no longer be run', async () => {
    const runId = await measureHalf({ models: [await writeUnaryModel('Relu')] });
    const spawn: SpawnEngine = () => {
      throw new InferometerError({ code: 'ENGINE_FAILED', message: 'No engine.', remedy: '-' });
    };
    await expect(resumePlan(runId, { ...core, spawn }, options)).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    expect(core.storage.cells.ofRun(runId).map(({ outcome }) => outcome.state)).toEqual(['completed', 'pending']);
    expect(core.storage.runs.get(runId).state).toBe('cancelled');
  });
});
