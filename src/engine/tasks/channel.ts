import type { FromEngine, Stage } from '../protocol.ts';

/** What a task may do towards the core: send, learn of cancellation, and say where it is. */
export interface TaskChannel {
  send(message: FromEngine): void;
  isCancelled(): boolean;
  enterStage(stage: Stage): void;
}
