import type { TestProject } from 'vitest/node';
import { ensureSoftwareAdapter } from '../../../scripts/browser/software-adapter.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Variables for engines; empty for the adapter of the machine. */
    adapterEnvironment: Record<string, string>;
  }
}

/**
 * Before the tests of the project "gpu": finds the environment in which engines have a WebGPU adapter in software, or,
 * with INFEROMETER_GPU_TESTS=system, that of the machine. Fails where there is no such adapter, so that the tests never
 * pass by not running.
 */
export default async function prepareAdapter(project: TestProject): Promise<void> {
  const isSystem = process.env.INFEROMETER_GPU_TESTS === 'system';
  project.provide(
    'adapterEnvironment',
    isSystem ? {} : await ensureSoftwareAdapter((line) => process.stdout.write(`${line}\n`)),
  );
}
