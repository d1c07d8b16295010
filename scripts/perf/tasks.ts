import { open, writeFile } from 'node:fs/promises';
import type { Core } from '../../src/core/create-core.ts';
import { evaluateModel } from '../../src/core/engine-client/evaluate.ts';
import { measuredSession } from '../../src/core/engine-client/session-config.ts';
import { allowedCpuNumbers } from '../../src/core/measure/allowed-cpus.ts';
import { defaultWarmUp, maxKeptSamples } from '../../src/core/measure/measuring-rules.ts';
import { prepareCell } from '../../src/core/measure/prepare-cell.ts';
import { resolveModel } from '../../src/core/models/resolve-model.ts';
import { resourcePath } from '../../src/core/resources.ts';
import type { InputFile, MeasureTask } from '../../src/engine/protocol.ts';

/**
 * The task that the product would send for a reference model on the CPU at batch 1; built on first use. `dims` are
 * sizes that differ from the model's own.
 */
export async function prepareTask(
  core: Core,
  modelId: string,
  threads: number,
  dims: Readonly<Record<string, number>> = {},
): Promise<MeasureTask> {
  const model = await resolveModel(modelId, core);
  const allowedCpus = allowedCpuNumbers();
  const config = {
    model: modelId,
    provider: 'cpu' as const,
    scenario: 'single-stream' as const,
    batch: 1,
    threads,
    dims: { ...dims },
    seed: 0,
  };
  const { inputs, batchOutput } = await prepareCell({
    spawn: core.spawn,
    plan: { inputs: null },
    model,
    config,
    allowedCpus,
    temporaryFolder: core.directory.temporary,
  });
  return {
    kind: 'measure',
    session: measuredSession(config, model.path, allowedCpus),
    inputs: { path: inputs.path, feeds: inputs.feeds, tensors: inputs.tensors },
    scenario: config.scenario,
    batch: config.batch,
    batchOutput,
    minDurationS: 1,
    minQueries: 1,
    warmUp: defaultWarmUp,
    maxKept: maxKeptSamples,
    identityModel: resourcePath('engine', 'identity.onnx'),
  };
}

async function readFirstFeed({ path, tensors }: InputFile): Promise<Uint8Array> {
  const bytes = new Uint8Array(tensors.reduce((sum, { byteLength }) => sum + byteLength, 0));
  await using file = await open(path);
  await file.read(bytes, 0, bytes.length, 0);
  return bytes;
}

/** An input file that holds only the first feed of another, beside it. */
export async function keepFirstFeed(inputs: InputFile): Promise<InputFile> {
  const single = { ...inputs, path: `${inputs.path}.first`, feeds: 1 };
  await writeFile(single.path, await readFirstFeed(inputs));
  return single;
}

/** Sum of the magnitudes of every output for the first feed, as one run in the engine computes them. */
export async function sumOutputs(core: Core, { session, inputs }: MeasureTask): Promise<Record<string, number>> {
  const bytes = await readFirstFeed(inputs);
  let offset = 0;
  const feeds = Object.fromEntries(
    inputs.tensors.map(({ name, type, dims, byteLength }) => {
      const data = bytes.slice(offset, offset + byteLength);
      offset += byteLength;
      return [name, { type, dims, data }];
    }),
  );
  const outputs = await evaluateModel(core.spawn, session.modelPath, feeds, { session });
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { type, data }]) => {
      if (type !== 'float32') throw new Error(`The output ${name} is ${type}; only float32 is summed`);
      const values = new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
      return [name, values.reduce((sum, value) => sum + Math.abs(value), 0)];
    }),
  );
}
