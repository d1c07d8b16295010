import type {
  BlockRequest,
  EngineVersions,
  InputFile,
  PairResult,
  PairTask,
  SessionConfig,
} from '../../../engine/protocol.ts';
import type { WarmUpRule } from '../../../shared/domain/plan.ts';
import type { TaskOptions } from '../../engine-client/engine-client.ts';
import type { SpawnEngine } from '../../engine-client/engine-process.ts';
import { conductBlocks, type Block, type Conductor, type OpenedSides } from './conduct-blocks.ts';

/** One side as an engine opens it. */
export interface PairSide {
  session: SessionConfig;
  inputs: InputFile;
  /** Output whose leading dimension tells what was executed; null where none carries the batch. */
  batchOutput: string | null;
}

/**
 * Where the sessions live: both in one process; each in a process of its own that stays; each in a process that is
 * started anew whenever its turn comes, because memory holds one at a time.
 */
export type Residence = 'together' | 'apart' | 'in-turn';

export interface PairSourceOptions {
  spawn: SpawnEngine;
  sides: readonly [PairSide, PairSide];
  residence: Residence;
  warmUp: WarmUpRule;
  /** null: what a call costs is not wanted. */
  identityModel: string | null;
  task: TaskOptions;
}

/** Both sides warm, ready to run blocks; side 0 is the baseline. Disposing of it ends the processes. */
export interface PairSource extends AsyncDisposable {
  opened: readonly [OpenedSides['sides'][number], OpenedSides['sides'][number]];
  libraries: readonly string[];
  versions: EngineVersions;
  pids(): number[];
  run(requests: readonly BlockRequest[]): Promise<Block[]>;
  /** Lets the engines end by themselves and tells what a call costs in them. */
  finish(): Promise<PairResult['harness']>;
}

/** Starts engines and warms both sides up, one after the other. Throws what running a model throws, and CANCELLED. */
export function openPairSource(options: PairSourceOptions): Promise<PairSource> {
  switch (options.residence) {
    case 'together':
      return openTogether(options);
    case 'apart':
      return openApart(options);
    case 'in-turn':
      return openInTurn(options);
  }
}

function toTask(sides: readonly PairSide[], options: PairSourceOptions, withHarness: boolean): PairTask {
  return {
    kind: 'pair',
    sides: sides.map(({ session, inputs, batchOutput }) => ({
      session,
      inputs: { path: inputs.path, feeds: inputs.feeds, tensors: inputs.tensors },
      batchOutput,
    })),
    warmUp: options.warmUp,
    identityModel: withHarness ? options.identityModel : null,
  };
}

async function openTogether(options: PairSourceOptions): Promise<PairSource> {
  const conductor = await conductBlocks(options.spawn, toTask(options.sides, options, true), options.task);
  const { sides } = conductor.opened;
  return {
    opened: [sides[0]!, sides[1]!],
    libraries: conductor.opened.libraries,
    versions: conductor.engine.versions,
    pids: () => [conductor.engine.pid],
    run: (requests) => conductor.run(requests),
    finish: async () => (await conductor.finish()).harness,
    [Symbol.asyncDispose]: () => conductor[Symbol.asyncDispose](),
  };
}

/** Runs the blocks of one side in its process: there it is the only side. */
async function runAlone(conductor: Conductor, request: BlockRequest): Promise<Block[]> {
  const blocks = await conductor.run([{ ...request, side: 0 }]);
  return blocks.map((block) => ({ ...block, side: request.side }));
}

async function openApart(options: PairSourceOptions): Promise<PairSource> {
  const { spawn, sides, task } = options;
  await using opening = new AsyncDisposableStack();
  const baseline = opening.use(await conductBlocks(spawn, toTask([sides[0]], options, true), task));
  const candidate = opening.use(await conductBlocks(spawn, toTask([sides[1]], options, false), task));
  const resources = opening.move();
  return {
    opened: [baseline.opened.sides[0]!, candidate.opened.sides[0]!],
    libraries: mergeNames(baseline.opened.libraries, candidate.opened.libraries),
    versions: baseline.engine.versions,
    pids: () => [baseline.engine.pid, candidate.engine.pid],
    async run(requests) {
      const blocks: Block[] = [];
      for (const request of requests)
        blocks.push(...(await runAlone(request.side === 0 ? baseline : candidate, request)));
      return blocks;
    },
    async finish() {
      const { harness } = await baseline.finish();
      await candidate.finish();
      return harness;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function openInTurn(options: PairSourceOptions): Promise<PairSource> {
  const { spawn, sides, task } = options;
  let current: { side: number; conductor: Conductor } | null = null;
  let lastNs = 0;
  let originNs = 0;

  async function switchTo(side: number, withHarness = false): Promise<Conductor> {
    if (current?.side === side) return current.conductor;
    await current?.conductor[Symbol.asyncDispose]();
    current = null;
    const conductor = await conductBlocks(spawn, toTask([sides[side]!], options, withHarness), task);
    current = { side, conductor };
    // The clock of a process starts anew; stamps of one side have to go on.
    originNs = lastNs;
    return conductor;
  }
  const baseline = (await switchTo(0)).opened;
  const { opened: candidate, engine } = await switchTo(1);
  return {
    opened: [baseline.sides[0]!, candidate.sides[0]!],
    libraries: mergeNames(baseline.libraries, candidate.libraries),
    versions: engine.versions,
    pids: () => (current === null ? [] : [current.conductor.engine.pid]),
    async run(requests) {
      const blocks: Block[] = [];
      for (const request of requests) {
        const conductor = await switchTo(request.side);
        for (const block of await runAlone(conductor, request)) {
          const shift = (stamps: Float64Array) => Float64Array.from(stamps, (stamp) => stamp + originNs);
          blocks.push({ side: block.side, issuedNs: shift(block.issuedNs), completedNs: shift(block.completedNs) });
          lastNs = blocks.at(-1)?.completedNs.at(-1) ?? lastNs;
        }
      }
      return blocks;
    },
    finish: async () => (await (await switchTo(0, true)).finish()).harness,
    async [Symbol.asyncDispose]() {
      await current?.conductor[Symbol.asyncDispose]();
    },
  };
}

function mergeNames(left: readonly string[], right: readonly string[]): string[] {
  return [...new Set([...left, ...right])].toSorted();
}
