import { expect, it } from 'vitest';
import { explainWithoutNvidia } from '../../src/core/engine-client/explain-without-nvidia.ts';
import { probeProvider } from '../../src/core/engine-client/probe-provider.ts';
import { runPlan } from '../../src/core/measure/run-plan.ts';
import { shortPlan } from '../support/short-plan.ts';
import { openGpuCore } from './support/gpu-core.ts';

it.each(['cuda', 'tensorrt'] as const)(
  '%s measures a model as accurately as the CPU, or says what is missing',
  async (id) => {
    await using gpu = await openGpuCore();
    const { core, options } = gpu;
    const report = await explainWithoutNvidia(await probeProvider(core.spawn, id), core.detectMachine);
    if (report.status.status === 'unavailable') {
      expect(report.status.cause).toMatch(/^(missing-library|driver-too-old|no-device|not-in-build)$/);
      expect(report.status.reason.length).toBeGreaterThan(10);
      return;
    }
    const plan = shortPlan({ models: ['digits-cnn'], providers: ['cpu', id] });
    const [cpu, device] = core.storage.cells.ofRun(await runPlan(plan, core, options)).map(({ outcome }) => outcome);
    if (cpu?.state !== 'completed' || device?.state !== 'completed') throw new Error(JSON.stringify(device));
    expect(device.measurement.accuracy?.correct).toBe(cpu.measurement.accuracy?.correct);
    expect(device.measurement.placement).toMatchObject({ status: 'present', value: { label: 'device' } });
  },
);

it.each([
  ['dml', 'win32'],
  ['coreml', 'darwin'],
] as const)('%s is refused before anything runs on the CPU under its name, unless on %s', async (id, platform) => {
  await using gpu = await openGpuCore();
  const { status } = await probeProvider(gpu.core.spawn, id);
  if (process.platform === platform)
    expect(status.status === 'available' || status.cause !== 'not-in-build').toBe(true);
  else expect(status).toMatchObject({ status: 'unavailable', cause: 'not-in-build' });
});
