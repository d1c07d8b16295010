import { readdirSync } from 'node:fs';
import path from 'node:path';
import { readProfile } from '../runtime/profile-file.ts';
import { openInputFile } from '../runtime/input-file.ts';
import { openSession } from '../runtime/session.ts';
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
 * Which nodes ONNX Runtime makes of a model, on which provider each runs, and its share of the time. Ends early after a
 * cancel message.
 * @throws Error with ONNX Runtime's text, also where a provider cannot write the optimized graph.
 */
export async function profile(task: ProfileTask, channel: TaskChannel): Promise<ProfileResult> {
  using inputs = openInputFile(task.inputs);
  channel.enterStage('session');
  const graphPath = task.withGraph ? path.join(task.folder, graphFile) : null;
  const keys = {
    ...task.session.keys,
    ...(graphPath === null
      ? {}
      : {
          'session.optimized_model_external_initializers_file_name': weightsFile,
          'session.optimized_model_external_initializers_min_size_in_bytes': smallestExternalBytes,
        }),
  };
  const feeds = Math.min(task.feeds, task.inputs.feeds);
  {
    await using open = await openSession(
      { ...task.session, keys },
      {
        enableProfiling: true,
        profileFilePrefix: path.join(task.folder, 'profile'),
        ...(graphPath === null ? {} : { optimizedModelFilePath: graphPath }),
      },
    );
    channel.enterStage('measured');
    const startNs = nowNs();
    for (let run = 0; run < runsBefore + task.maxRuns && !channel.isCancelled(); run++) {
      await open.session.run(inputs.read(run % feeds));
      if (run + 1 >= runsBefore + fewestRuns && nowNs() - startNs >= task.maxS * 1e9) break;
    }
  }
  // Releasing the session has written the profile, under a name that ends with the time.
  const file = readdirSync(task.folder).find((name) => name.startsWith('profile') && name.endsWith('.json'));
  if (file === undefined) throw new Error('ONNX Runtime wrote no profile');
  return { kind: 'profile', ...readProfile(path.join(task.folder, file), runsBefore), graphPath };
}
