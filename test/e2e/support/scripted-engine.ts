import type { EngineProcess, SpawnEngine } from '../../../src/core/engine-client/engine-process.ts';
import { protocolVersion, type FromEngine, type Task, type TaskResult } from '../../../src/engine/protocol.ts';
import type { Harness } from '../../../src/shared/domain/measurement.ts';
import type { ProviderId, ProviderStatus } from '../../../src/shared/domain/provider.ts';
import type { ExitReason } from '../../../src/shared/domain/run.ts';

/** What measuring costs on the machine of the pictures. */
export const fixedHarness: Harness = {
  clockResolutionNs: 20,
  clockCallNs: 31,
  nullModelNs: 9_400,
  outputCopyNsPerMiB: 210_000,
  bindingCopyNs: 800,
};

const notInBuild = (name: string, systems: string): ProviderStatus => ({
  status: 'unavailable',
  cause: 'not-in-build',
  reason: `this build of ONNX Runtime has no ${name}`,
  remedy: `${name} exists on ${systems} only.`,
});

const missingLibrary = (library: string): ProviderStatus => ({
  status: 'unavailable',
  cause: 'missing-library',
  reason: `${library} cannot be loaded`,
  remedy: 'Install the NVIDIA driver, then run inferometer gpu install.',
});

const providers: Readonly<Record<ProviderId, ProviderStatus>> = {
  cpu: { status: 'available', device: 'Intel(R) Xeon(R) Gold 6430', software: null, probeMs: 12 },
  cuda: missingLibrary('libcudnn.so.9'),
  tensorrt: missingLibrary('libnvinfer.so.10'),
  dml: notInBuild('DirectML', 'Windows'),
  webgpu: { status: 'available', device: 'llvmpipe (LLVM 15.0.6, 256 bits)', software: true, probeMs: 214 },
  coreml: notInBuild('Core ML', 'macOS'),
};

/**
 * Engines that answer at once, and always the same, what depends on the machine: probes of providers and the cost of
 * the harness. Any other task goes to a real engine.
 */
export function createScriptedSpawner(spawnReal: SpawnEngine): SpawnEngine {
  return (options) => {
    const listeners: ((message: FromEngine) => void)[] = [];
    const emit = (message: FromEngine): void => listeners.forEach((listener) => listener(message));
    const exit = Promise.withResolvers<ExitReason>();
    let real: EngineProcess | null = null;

    const startReal = (): EngineProcess => {
      const started = spawnReal(options);
      // The double has announced itself already.
      started.onMessage((message) => message.type !== 'ready' && emit(message));
      void started.exited.then(exit.resolve);
      return started;
    };

    setImmediate(() => {
      const versions = { node: process.versions.node, onnxruntime: '1.30.0' };
      emit({ type: 'ready', protocolVersion, versions });
    });
    return {
      pid: process.pid,
      send(message) {
        const result = message.type === 'task' && real === null ? answer(message.task) : null;
        if (message.type !== 'task') real?.send(message);
        else if (result === null) (real ??= startReal()).send(message);
        else setImmediate(() => emit({ type: 'done', id: message.id, result }));
      },
      onMessage: (listener) => void listeners.push(listener),
      stderrTail: () => real?.stderrTail() ?? '',
      kill() {
        if (real === null) exit.resolve({ exitCode: null, signal: 'SIGKILL', stderrTail: '' });
        else real.kill();
      },
      exited: exit.promise,
    };
  };
}

function answer(task: Task): TaskResult | null {
  if (task.kind === 'probe') return { kind: 'probe', result: providers[task.session.provider] };
  return task.kind === 'self-test' ? { kind: 'self-test', harness: fixedHarness } : null;
}
