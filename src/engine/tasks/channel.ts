import type { FromEngine, Stage } from '../protocol.ts';

/** What a task may do towards the core: send, learn of cancellation, and say where it is. */
export interface TaskChannel {
  send(message: FromEngine): void;
  /** Sends outputs and waits until the core has dealt with them, so that they never pile up. */
  handOver(message: Extract<FromEngine, { type: 'outputs' }>): Promise<void>;
  isCancelled(): boolean;
  enterStage(stage: Stage): void;
}
