import { readdirSync } from 'node:fs';
import path from 'node:path';
import { providers } from '../providers/registry.ts';
import { readProfile } from '../runtime/profile-file.ts';
import { openInputFile } from '../runtime/input-file.ts';
import { loadedGpuLibraries } from '../runtime/own-process.ts';
import { openSession } from '../runtime/session.ts';
import { tensorBytes } from '../runtime/tensors.ts';
import { nowNs } from '../timing/clock.ts';
import type { TaskChannel } from './channel.ts';
import type { ProfileResult, ProfileTask } from './profile-messages.ts';

/** The first run allocates memory and starts threads; what nodes take in it says nothing about the others. */
const runsBefore = 1;
const fewestRuns = 3;
const graphFile = 'optimized.onnx';
/** Weights go into a file of their own: a graph with them inside cannot pass 2 GB, and only the graph is read. */
const weightsFile = 'optimized.onnx.data';
const smallestExternalBytes = '1024';

/**
 * Which nodes ONNX Runtime makes of a model, on which provider each runs, and its share of the time; or the same runs
 * without the profiler. Ends early after a cancel message.
 * @throws Error with ONNX Runtime's text, also where a provider cannot write the optimized graph.
 */
export async function profile(task: ProfileTask, channel: TaskChannel): Promise<ProfileResult> {
  const { withProfiler = true } = task;
  const graphPath = task.withGraph ? path.join(task.folder, graphFile) : null;
  const ran = await runModel(task, channel, {
    ...(withProfiler ? { enableProfiling: true, profileFilePrefix: path.join(task.folder, 'profile') } : {}),
    ...(graphPath === null ? {} : { optimizedModelFilePath: graphPath }),
  });
  if (!withProfiler) return { kind: 'profile', ...ran, runsNs: [], nodes: [], graphPath };
  // Releasing the session has written the profile, under a name that ends with the time.
  const file = readdirSync(task.folder).find((name) => name.startsWith('profile') && name.endsWith('.json'));
  if (file === undefined) throw new Error('ONNX Runtime wrote no profile');
  return { kind: 'profile', ...ran, ...readProfile(path.join(task.folder, file), runsBefore), graphPath };
}

/** Runs the feeds in turn and times each run from host to host; what is written is complete when this returns. */
async function runModel(
  task: ProfileTask,
  channel: TaskChannel,
  written: Parameters<typeof openSession>[1],
): Promise<Pick<ProfileResult, 'hostNs' | 'outputBytes' | 'sessionOptions' | 'providerOptions' | 'libraries'>> {
  using inputs = openInputFile(task.inputs);
  channel.enterStage('session');
  const keys = {
    ...task.session.keys,
    ...(task.withGraph
      ? {
          'session.optimized_model_external_initializers_file_name': weightsFile,
          'session.optimized_model_external_initializers_min_size_in_bytes': smallestExternalBytes,
        }
      : {}),
  };
  const feeds = Math.min(task.feeds, task.inputs.feeds);
  const hostNs: number[] = [];
  let outputBytes = 0;
  await using open = await openSession({ ...task.session, keys }, written);
  channel.enterStage('measured');
  const startNs = nowNs();
  for (let run = 0; run < runsBefore + task.maxRuns && !channel.isCancelled(); run++) {
    const feed = inputs.read(run % feeds);
    const issuedNs = nowNs();
    const outputs = await open.session.run(feed);
    const completedNs = nowNs();
    outputBytes = Object.values(outputs).reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
    if (run >= runsBefore) hostNs.push(completedNs - issuedNs);
    if (run + 1 >= runsBefore + fewestRuns && completedNs - startNs >= task.maxS * 1e9) break;
  }
  return {
    hostNs,
    outputBytes,
    sessionOptions: { ...open.options },
    providerOptions: providers[task.session.provider].resolveOptions(task.session.deviceId, process.env),
    libraries: loadedGpuLibraries(),
  };
}
