import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createNodeSpawner } from '../../src/core/engine-client/node-spawner.ts';
import { runOnce } from '../../src/core/engine-client/evaluate.ts';
import { plainSession } from '../../src/core/engine-client/session-config.ts';
import { createGraphBuilder } from '../../src/core/onnx/build.ts';
import { readModel } from '../../src/core/onnx/read.ts';
import { writeModel } from '../../src/core/onnx/write.ts';
import { groupOperators } from '../../src/core/profile/group-operators.ts';
import { readNodes } from '../../src/core/profile/read-nodes.ts';
import { passLimits } from '../../src/core/profile/run-pass.ts';
import { engineEntryPath } from '../../src/core/resources.ts';
import { readProfile } from '../../src/engine/runtime/profile-file.ts';
import { medianOf } from '../../src/engine/timing/clock.ts';
import {
  formatMegabytes,
  formatMilliseconds,
  limitedFigure,
  lockMachine,
  plainFigure,
  type PerformancePart,
} from './part.ts';

const wantedNodes = 1000;
const width = 16;
const limitMs = 1000;

/** How long it takes to make operators of the file that ONNX Runtime's profiler writes for a large graph. */
export const profileParsing: PerformancePart = {
  id: 'profile-parsing',
  title: 'Reading the profile of a model of 1,000 nodes',
  async run(options) {
    const { quick, workspace, say } = options;
    const modelPath = path.join(workspace, 'chain.onnx');
    await writeChain(modelPath);
    const inputs = path.join(workspace, 'inputs.bin');
    await writeFile(inputs, new Uint8Array(Float32Array.from({ length: width }, (_, index) => index / width).buffer));
    const folder = path.join(workspace, 'profile');
    await mkdir(folder);
    const tensors = [{ name: 'x', type: 'float32' as const, dims: [1, width], byteLength: 4 * width }];
    say('profiling');
    using _lock = await lockMachine(options);
    const profile = await runOnce(createNodeSpawner(engineEntryPath()), {
      kind: 'profile',
      session: plainSession(modelPath, { threads: 1 }),
      inputs: { path: inputs, feeds: 1, tensors },
      ...passLimits,
      folder,
      withGraph: true,
    });
    const name = (await readdir(folder)).find((one) => one.endsWith('.json'));
    if (name === undefined || profile.graphPath === null) throw new Error('The engine left no profile');
    const file = path.join(folder, name);
    const { graph: source } = await readModel(modelPath);
    const times: number[] = [];
    let nodes = 0;
    for (let repeat = 0; repeat < (quick ? 3 : 15); repeat++) {
      const startMs = performance.now();
      const read = readProfile(file, 1);
      const { graph } = await readModel(profile.graphPath);
      const found = readNodes({ profile: { ...profile, ...read }, graph }, source, tensors);
      groupOperators(found);
      times.push(performance.now() - startMs);
      nodes = found.length;
    }
    if (nodes < wantedNodes) throw new Error(`The optimized graph has ${nodes} nodes`);
    const { size } = await stat(file);
    return {
      state: 'measured',
      figures: [
        limitedFigure(
          `nodes and operators of a profile of ${nodes.toLocaleString('en')} nodes, slowest of ${times.length}`,
          Math.max(...times),
          limitMs,
          formatMilliseconds,
          `${formatMilliseconds(Math.max(...times))} (median ${formatMilliseconds(medianOf(times))})`,
        ),
        plainFigure('the file', `${formatMegabytes(size)}, ${profile.runsNs.length} runs`),
      ],
      notes: [
        'From the file of ONNX Runtime to nodes with their share, source and operations, grouped by operator and shape: reading and checking the JSON, reading the optimized graph, and matching the two. The first reading, without any caches of the program, is among them.',
      ],
    };
  },
};

/** Pairs of a product and a sine, which nothing joins or folds. */
async function writeChain(file: string): Promise<void> {
  const graph = createGraphBuilder();
  const data = Float32Array.from({ length: width * width }, (_, index) => Math.cos(index) / width);
  let tensor = graph.input('x', 'float32', [1, width]);
  for (let index = 0; index < wantedNodes / 2; index++) {
    const weight = graph.weight(`w${index}`, [width, width], () => [new Uint8Array(data.buffer)]);
    tensor = graph.node('Sin', [graph.node('MatMul', [tensor, weight])]);
  }
  graph.output('y', tensor, 'float32', [1, width]);
  const { model, tensorData } = graph.build('chain');
  await writeModel(model, file, { tensorData });
}
