import { expect, it } from 'vitest';
import { explainWithoutNvidia } from '../../../src/core/engine-client/explain-without-nvidia.ts';
import { detectMachine } from '../../../src/core/hardware/detect-machine.ts';
import type { ProviderReport } from '../../../src/shared/domain/provider.ts';
import { createMachinePorts, readMachine } from '../hardware/support/machines.ts';

const missing: ProviderReport = {
  id: 'cuda',
  name: 'CUDA',
  deviceNumber: null,
  unreachable: [],
  status: {
    status: 'unavailable',
    cause: 'missing-library',
    reason: 'the shared library libonnxruntime_providers_cuda.so cannot be found',
    remedy: 'Run `inferometer gpu install`',
  },
};

const machine = (name: string) => () => detectMachine(createMachinePorts(readMachine(name)));

it.each(['cuda', 'tensorrt'] as const)('%s on a machine without an NVIDIA GPU lacks the device first', async (id) => {
  const { status } = await explainWithoutNvidia({ ...missing, id }, machine('amd-desktop'));
  expect(status).toMatchObject({ cause: 'no-device', remedy: expect.not.stringContaining('gpu install') as string });
});

it('leaves the cause where there is an NVIDIA GPU, even one without its driver', async () => {
  expect(await explainWithoutNvidia(missing, machine('xeon-two-socket'))).toEqual(missing);
});

it.each<ProviderReport>([
  { ...missing, id: 'cpu' },
  { ...missing, status: { status: 'unavailable', cause: 'not-in-build', reason: 'not in the build', remedy: null } },
  { ...missing, status: { status: 'available', device: 'CUDA device 0', software: false, probeMs: 10 } },
])('looks at no machine for $id, $status.status $status.cause', async (report) => {
  const looked = () => Promise.reject(new Error('the machine was asked'));
  expect(await explainWithoutNvidia(report, looked)).toEqual(report);
});
