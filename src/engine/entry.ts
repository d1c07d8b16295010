/**
 * The measuring process: the only home of ONNX Runtime. Started by the core with a message channel, it announces
 * itself, runs one task at a time and ends when the channel closes. It holds no state that matters: killing it at any
 * moment is how the core cancels, enforces deadlines and survives native crashes.
 */
import './runtime/no-telemetry.ts';
import { assertNever } from '../shared/errors.ts';
import {
  protocolVersion,
  toEngineSchema,
  type Barrier,
  type FromEngine,
  type Stage,
  type Task,
  type TaskResult,
} from './protocol.ts';
import { onnxruntimeVersion } from './runtime/session.ts';
import { startCold } from './tasks/cold-start.ts';
import { calibrate } from './tasks/calibrate.ts';
import type { TaskChannel } from './tasks/channel.ts';
import { describe, evaluate } from './tasks/evaluate.ts';
import { evaluatePool } from './tasks/evaluate-pool.ts';
import { checkLoad } from './tasks/load-check.ts';
import { measure } from './tasks/measure.ts';
import { optimize } from './tasks/optimize.ts';
import { pair } from './tasks/pair.ts';
import type { BlockRequest } from './tasks/pair-messages.ts';
import { explain, probe } from './tasks/probe.ts';
import { profile } from './tasks/profile.ts';
import { measureHarness } from './timing/harness.ts';

/** The channel to the core: Node's IPC, or the parent port that Electron's utility process has instead. */
interface Port {
  send(message: FromEngine): void;
  onMessage(listener: (message: unknown) => void): void;
}

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

function openPort(): Port {
  // Ctrl+C in a terminal reaches every process of the group; the core says when and how to stop.
  process.on('SIGINT', () => undefined);
  const { parentPort } = process as { parentPort?: ParentPort };
  if (parentPort !== undefined) {
    return {
      send: (message) => {
        parentPort.postMessage(message);
      },
      onMessage: (listener) => {
        parentPort.on('message', (event) => {
          listener(event.data);
        });
      },
    };
  }
  if (process.send === undefined) {
    process.stderr.write('The engine is started by Inferometer and does not run by itself.\n');
    process.exit(2);
  }
  // The core is gone: whatever is being measured is of no use to anybody.
  process.on('disconnect', () => process.exit(0));
  return {
    send: (message) => {
      process.send?.(message);
    },
    onMessage: (listener) => {
      process.on('message', listener);
    },
  };
}

async function runTask(task: Task, channel: TaskChannel): Promise<TaskResult> {
  switch (task.kind) {
    case 'probe':
      return { kind: 'probe', result: await probe(task.session) };
    case 'explain':
      return { kind: 'explain', result: explain(task.provider, task.thrown, task.stderr) };
    case 'self-test':
      return { kind: 'self-test', harness: await measureHarness(task.identityModel, 0) };
    case 'describe':
      return describe(task);
    case 'evaluate':
      return evaluate(task);
    case 'measure':
      return measure(task, channel);
    case 'cold-start':
      return startCold(task, channel);
    case 'load-check':
      return checkLoad(task, channel);
    case 'evaluate-pool':
      return evaluatePool(task, channel);
    case 'profile':
      return profile(task, channel);
    case 'optimize':
      return optimize(task);
    case 'calibrate':
      return calibrate(task, channel);
    case 'pair':
      return pair(task, channel);
    default:
      return assertNever(task);
  }
}

function serve(port: Port): void {
  let cancelled = false;
  const passed = new Set<Barrier>();
  let stage: Stage = 'start';
  let onTaken: (more: boolean) => void = () => undefined;
  let onTurn: (blocks: readonly BlockRequest[] | null) => void = () => undefined;
  const channel: TaskChannel = {
    send: (message) => {
      port.send(message);
    },
    handOver: (message) =>
      new Promise((resolve) => {
        onTaken = resolve;
        port.send(message);
      }),
    askForTurn: (message) =>
      new Promise((resolve) => {
        onTurn = resolve;
        port.send(message);
        if (cancelled) resolve(null);
      }),
    reach: (barrier) => {
      port.send({ type: 'reached', barrier });
    },
    hasPassed: (barrier) => passed.has(barrier),
    isCancelled: () => cancelled,
    enterStage: (next) => {
      stage = next;
      port.send({ type: 'progress', stage, queries: 0, elapsedNs: 0, remainingNs: null, latestLatencyNs: null });
    },
  };
  port.onMessage((raw) => {
    const message = toEngineSchema.parse(raw);
    if (message.type === 'cancel') {
      cancelled = true;
      onTurn(null);
      return;
    }
    if (message.type === 'taken') {
      onTaken(message.more);
      return;
    }
    if (message.type === 'blocks') {
      onTurn(message.blocks);
      return;
    }
    if (message.type === 'pass') {
      passed.add(message.barrier);
      return;
    }
    cancelled = false;
    passed.clear();
    stage = 'start';
    runTask(message.task, channel).then(
      (result) => {
        port.send({ type: 'done', id: message.id, result });
      },
      (error: unknown) => {
        port.send({
          type: 'failed',
          id: message.id,
          stage,
          message: error instanceof Error ? error.message : String(error),
        });
      },
    );
  });
  port.send({
    type: 'ready',
    protocolVersion,
    versions: { node: process.versions.node, onnxruntime: onnxruntimeVersion },
  });
}

serve(openPort());
