import type { BlockRequest, PairResult, PairTask } from '../../../engine/protocol.ts';
import type { InferometerError } from '../../../shared/errors.ts';
import type { Engine, EngineTurn, TaskEnd, TaskOptions } from '../../engine-client/engine-client.ts';
import type { SpawnEngine } from '../../engine-client/engine-process.ts';
import { requireEngine } from '../../engine-client/evaluate.ts';
import { toEngineError } from '../../engine-client/explain-failure.ts';

/** What an engine says of its sessions once they are warm. */
export type OpenedSides = NonNullable<EngineTurn['opened']>;
/** Stamps of one block, ns since the end of warm-up in its process. */
export type Block = EngineTurn['blocks'][number];

/** An engine with warm sessions that runs blocks on demand; disposing of it ends the process. */
export interface Conductor extends AsyncDisposable {
  engine: Engine;
  opened: OpenedSides;
  /** Runs blocks in order. Throws what ended the task, CANCELLED included. */
  run(requests: readonly BlockRequest[]): Promise<Block[]>;
  /** Lets the task end by itself. */
  finish(): Promise<PairResult>;
}

/** Starts an engine, opens and warms up the sides of the task, and waits. Throws what running a model throws. */
export async function conductBlocks(spawn: SpawnEngine, task: PairTask, options: TaskOptions): Promise<Conductor> {
  const engine = await requireEngine(spawn);
  let arrived = Promise.withResolvers<EngineTurn>();
  let answer: (blocks: readonly BlockRequest[]) => void = () => undefined;
  const ended = engine.run(task, {
    ...options,
    onTurn: (turn) => {
      const next = Promise.withResolvers<readonly BlockRequest[]>();
      answer = next.resolve;
      arrived.resolve(turn);
      return next.promise;
    },
  });
  const endedEarly = ended.then((end): never => {
    throw toError(end);
  });
  // Whoever waits for a turn hears of it; between turns nobody does.
  endedEarly.catch(() => undefined);
  try {
    const { opened } = await Promise.race([arrived.promise, endedEarly]);
    if (opened === null) throw new Error('The engine began its turns without saying what it opened');
    return {
      engine,
      opened,
      async run(requests) {
        arrived = Promise.withResolvers();
        answer(requests);
        return (await Promise.race([arrived.promise, endedEarly])).blocks;
      },
      async finish() {
        answer([]);
        const end = await ended;
        if (end.state !== 'done') throw toError(end);
        return end.result;
      },
      [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
    };
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}

/** A task that ends while blocks are wanted was cancelled, or went wrong. */
function toError(end: TaskEnd<'pair'>): InferometerError {
  return toEngineError(end.state === 'done' ? { state: 'cancelled', stage: 'measured' } : end);
}
