import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const neededMajor = 24;
if (Number(process.versions.node.split('.')[0]) < neededMajor) {
  throw new Error(`The tests need Node ${neededMajor}, this is ${process.version}: start them with "npm test".`);
}

interface Suite {
  name: string;
  timeoutMs: number;
  /** What of the folder with this name; everything when left out. */
  include?: readonly string[];
  exclude?: readonly string[];
  /** One file after another: what these tests say of time, a neighbour would spoil. */
  alone: boolean;
  /** Prepares what the suite needs and fails where that cannot be had. */
  setup?: string;
}

/** Integration tests that judge durations. */
const timed = ['test/integration/measure/**/*.test.ts', 'test/integration/compare/**/*.test.ts'];

const suites: readonly Suite[] = [
  { name: 'unit', timeoutMs: 20_000, alone: false },
  { name: 'property', timeoutMs: 60_000, alone: false },
  { name: 'contract', timeoutMs: 120_000, alone: false },
  { name: 'integration', timeoutMs: 120_000, exclude: timed, alone: false },
  { name: 'timed', timeoutMs: 120_000, include: timed, alone: true },
  ...gpuSuites(),
];

/**
 * WebGPU on a software adapter, which is installed where it is missing; on the adapter of the machine with
 * INFEROMETER_GPU_TESTS=system. Elsewhere than on Linux x64 no such adapter can be installed, and one line says so.
 */
function gpuSuites(): Suite[] {
  const { platform, arch } = process;
  if ((platform === 'linux' && arch === 'x64') || process.env.INFEROMETER_GPU_TESTS === 'system') {
    return [{ name: 'gpu', timeoutMs: 240_000, alone: true, setup: 'test/gpu/support/prepare-adapter.ts' }];
  }
  process.stdout.write(
    `The project gpu did not run: no software adapter can be installed on ${platform} ${arch}. INFEROMETER_GPU_TESTS=system runs it on the adapter of this machine.\n`,
  );
  return [];
}

export default defineConfig({
  test: {
    // Native add-ons crash in worker threads.
    pool: 'forks',
    restoreMocks: true,
    // Most tests with engines wait more than they compute.
    maxWorkers: availableParallelism() + 1,
    // Tests that load ONNX Runtime themselves; see src/engine/runtime/no-telemetry.ts.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    setupFiles: ['test/support/own-lock.ts'],
    projects: suites.map(({ name, timeoutMs, include, exclude, alone, setup }, index) => ({
      extends: true,
      test: {
        name,
        include: [...(include ?? [`test/${name}/**/*.test.ts`])],
        exclude: [...(exclude ?? [])],
        testTimeout: timeoutMs,
        hookTimeout: timeoutMs,
        ...(setup === undefined ? {} : { globalSetup: [setup] }),
        fileParallelism: !alone,
        sequence: { groupOrder: alone ? index : 0 },
      },
    })),
  },
});
