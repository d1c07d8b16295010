import { describe, expect, it } from 'vitest';
import { engineEnvironment } from '../../../src/core/engine-client/engine-environment.ts';
import { measuredSession } from '../../../src/core/engine-client/session-config.ts';
import { refuseDevice } from '../../../src/core/measure/check-plan.ts';
import { expandPlan } from '../../../src/core/measure/expand-plan.ts';
import { narrowPlan, toCommand } from '../../../src/shared/command.ts';
import { shortPlan } from '../../support/short-plan.ts';

describe('a device number', () => {
  const plan = shortPlan({ models: ['a'], providers: ['cpu', 'cuda'], device: 2 });

  it('belongs to the configurations whose provider has them, and reaches their sessions', () => {
    const configs = expandPlan(plan);
    expect(configs.map(({ provider, device }) => [provider, device])).toEqual([
      ['cpu', undefined],
      ['cuda', 2],
    ]);
    expect(configs.map((config) => measuredSession(config, 'a.onnx', []).deviceId)).toEqual([0, 2]);
  });

  it('is in the command of a configuration that has it, and in no other', () => {
    const [onCpu, onGpu] = expandPlan(plan).map((config) => toCommand(narrowPlan(plan, config)));
    expect(onCpu).not.toContain('--device');
    expect(onGpu).toContain('--provider cuda');
    expect(onGpu).toContain('--device 2');
  });

  it('is refused where no provider of the plan has a meaning for it', () => {
    expect(() => refuseDevice(plan)).not.toThrow();
    expect(() => refuseDevice({ providers: ['cpu', 'webgpu'], device: 1 })).toThrow(
      /No provider of this plan takes a device number: CPU, WebGPU/,
    );
    expect(() => refuseDevice({ providers: ['cpu'] })).not.toThrow();
  });
});

it('engines count CUDA devices along the bus, as nvidia-smi does, unless somebody wants otherwise', () => {
  expect(engineEnvironment({}).CUDA_DEVICE_ORDER).toBe(process.env.CUDA_DEVICE_ORDER ?? 'PCI_BUS_ID');
  expect(engineEnvironment({ CUDA_DEVICE_ORDER: 'FASTEST_FIRST' }).CUDA_DEVICE_ORDER).toBe('FASTEST_FIRST');
});
