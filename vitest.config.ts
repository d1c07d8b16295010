import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const neededMajor = 24;
if (Number(process.versions.node.split('.')[0]) < neededMajor) {
  throw new Error(`The tests need Node ${neededMajor}, this is ${process.version}: start them with "npm test".`);
}

interface Suite {
  name: string;
  timeoutMs: number;
  /** Suites that start engines or measure run alone, one file after another: a neighbour would spoil their timing. */
  alone: boolean;
  /** Prepares what the suite needs and fails where that cannot be had. */
  setup?: string;
}

const suites: readonly Suite[] = [
  { name: 'unit', timeoutMs: 20_000, alone: false },
  { name: 'property', timeoutMs: 60_000, alone: false },
  { name: 'contract', timeoutMs: 60_000, alone: true },
  { name: 'integration', timeoutMs: 120_000, alone: true },
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
    // Tests that load ONNX Runtime themselves; see src/engine/runtime/no-telemetry.ts.
    // And a lock of their own: a measurement on this machine is none of their business, nor are they of its.
    env: {
      ORT_DISABLE_TELEMETRY: '1',
      INFEROMETER_LOCK: join(tmpdir(), `inferometer-tests-${process.pid}.lock`),
    },
    projects: suites.map(({ name, timeoutMs, alone, setup }, index) => ({
      extends: true,
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        testTimeout: timeoutMs,
        hookTimeout: timeoutMs,
        ...(setup === undefined ? {} : { globalSetup: [setup] }),
        fileParallelism: !alone,
        sequence: { groupOrder: alone ? index : 0 },
      },
    })),
  },
});
