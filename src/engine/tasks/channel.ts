import type { Barrier, FromEngine, Stage } from '../protocol.ts';
import type { BlockRequest } from './pair-messages.ts';

/** What a task may do towards the core: send, learn of cancellation, and say where it is. */
export interface TaskChannel {
  send(message: FromEngine): void;
  /** Sends outputs and waits until the core has dealt with them, so that they never pile up; false: it wants no more. */
  handOver(message: Extract<FromEngine, { type: 'outputs' }>): Promise<boolean>;
  /** Sends what was measured in turn and waits for the blocks of the next one; null: cancelled meanwhile. */
  askForTurn(message: Extract<FromEngine, { type: 'turn' }>): Promise<readonly BlockRequest[] | null>;
  /** Says that this engine has come to a point where it waits for others, see `Barrier`. */
  reach(barrier: Barrier): void;
  /** Whether all have come there. */
  hasPassed(barrier: Barrier): boolean;
  isCancelled(): boolean;
  enterStage(stage: Stage): void;
}
