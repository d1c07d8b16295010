import { readInputFile, type Feeds } from '../runtime/input-file.ts';
import { loadedGpuLibraries } from '../runtime/own-process.ts';
import { openSession, type OpenSession } from '../runtime/session.ts';
import { nowNs } from '../timing/clock.ts';
import { measureHarness } from '../timing/harness.ts';
import type { TaskChannel } from './channel.ts';
import type { BlockRequest, PairResult, PairTask } from './pair-messages.ts';
import { createRotation, warmUpRotation, type Rotation } from './rotation.ts';

interface Side {
  open: OpenSession;
  rotation: Rotation;
}

/** Opens a session and runs its first inference, which is no part of any block. */
async function openSide(
  { session, batchOutput }: PairTask['sides'][number],
  feeds: readonly Feeds[],
  resources: AsyncDisposableStack,
): Promise<Side> {
  const open = resources.use(await openSession(session));
  const rotation = createRotation(open.session, feeds, batchOutput);
  await rotation.issue();
  return { open, rotation };
}

/** Stamps of one block, or null when it was cancelled before its end. */
async function runBlock({ rotation }: Side, request: BlockRequest, originNs: number, channel: TaskChannel) {
  const issued = new Float64Array(request.queries);
  const completed = new Float64Array(request.queries);
  rotation.startAt(request.firstFeed);
  for (let query = 0; query < request.queries; query++) {
    if (channel.isCancelled()) return null;
    const stamps = await rotation.issue();
    issued[query] = stamps.issuedNs - originNs;
    completed[query] = stamps.completedNs - originNs;
  }
  return { side: request.side, issuedNs: issued, completedNs: completed };
}

type Block = NonNullable<Awaited<ReturnType<typeof runBlock>>>;

/** Runs turns until the core has enough or cancels. Only whole blocks are handed over. */
async function takeTurns(sides: readonly Side[], warmUp: PairTask['warmUp'], channel: TaskChannel): Promise<void> {
  const warm: Awaited<ReturnType<typeof warmUpRotation>>[] = [];
  for (const { rotation } of sides) warm.push(await warmUpRotation(warmUp, channel, rotation));
  if (channel.isCancelled()) return;
  channel.enterStage('measured');
  const opened = {
    sides: sides.map(({ open, rotation }, side) => ({
      sessionOptions: { ...open.options },
      executedBatch: rotation.executedBatch(),
      ...warm[side]!,
    })),
    libraries: loadedGpuLibraries(),
  };
  const originNs = nowNs();
  let requests = await channel.askForTurn({ type: 'turn', opened, blocks: [] });
  while (requests !== null && requests.length > 0) {
    const blocks: Block[] = [];
    for (const request of requests) {
      const block = await runBlock(sides[request.side]!, request, originNs, channel);
      if (block === null) return;
      blocks.push(block);
    }
    requests = await channel.askForTurn({ type: 'turn', opened: null, blocks });
  }
}

/**
 * Measures one or two sessions in turns of blocks. With two, both stay resident and warm, so that a block of one
 * follows a block of the other within microseconds; latency is host to host as in `measure`.
 */
export async function pair(task: PairTask, channel: TaskChannel): Promise<PairResult> {
  await using resources = new AsyncDisposableStack();
  channel.enterStage('session');
  const sides: Side[] = [];
  // Sides with one file read the same memory, so that its place is no difference between them.
  const pools = new Map(task.sides.map(({ inputs }) => [inputs.path, readInputFile(inputs)]));
  for (const side of task.sides) sides.push(await openSide(side, pools.get(side.inputs.path) ?? [], resources));
  channel.enterStage('warm-up');
  await takeTurns(sides, task.warmUp, channel);
  const cancelled = channel.isCancelled();
  channel.enterStage('checks');
  const harness = cancelled || task.identityModel === null ? null : await measureHarness(task.identityModel, 0);
  return { kind: 'pair', cancelled, harness };
}
