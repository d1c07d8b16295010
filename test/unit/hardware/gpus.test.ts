import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { matchAccelerator, parseAccelerators, readAccelerators } from '../../../src/core/catalogue/accelerators.ts';
import { readNvmlGpus } from '../../../src/core/hardware/gpu-nvml.ts';
import { parseSmiGpus } from '../../../src/core/hardware/gpu-smi.ts';
import { openNvml } from '../../../src/core/hardware/nvml.ts';
import { detectMachine } from '../../../src/core/hardware/detect-machine.ts';
import { gpuSchema } from '../../../src/shared/domain/machine.ts';
import { createMachinePorts, readMachine } from './support/machines.ts';
import { createNvmlDouble } from './support/nvml-double.ts';

/** Matches a text that holds `part`. */
const containing = (part: string): unknown => expect.stringContaining(part);

const MEBIBYTE = 1024 ** 2;
const smiOutput = readFileSync(new URL('../../fixtures/hardware/nvidia-smi.csv', import.meta.url), 'utf8');

const H200 = {
  nvmlDeviceGetCount_v2: [1],
  nvmlDeviceGetHandleByIndex_v2: [77],
  nvmlSystemGetDriverVersion: '580.159.03',
  nvmlSystemGetCudaDriverVersion_v2: [12080],
  nvmlDeviceGetName: 'NVIDIA H200',
  nvmlDeviceGetMemoryInfo: [143_771 * MEBIBYTE, 143_000 * MEBIBYTE, 771 * MEBIBYTE],
  nvmlDeviceGetPowerManagementLimit: [700_000],
  nvmlDeviceGetPowerManagementLimitConstraints: [200_000, 700_000],
  nvmlDeviceGetMigMode: [1, 0],
  nvmlDeviceGetEccMode: { status: 3 },
  nvmlDeviceGetClockInfo: [345],
};

describe('NVML', () => {
  it('reads a device and finds its catalogue row', () => {
    const gpus = readNvmlGpus(createNvmlDouble(H200));
    const [gpu] = gpus.status === 'present' ? gpus.value : [];
    expect(gpuSchema.parse(gpu)).toMatchObject({
      name: 'NVIDIA H200',
      memoryBytes: { value: 143_771 * MEBIBYTE },
      memoryUsedBytes: { value: 771 * MEBIBYTE },
      cudaDriverVersion: { value: '12.8' },
      powerLimitW: { value: 700 },
      powerLimitMaxW: { value: 700 },
      migEnabled: { value: true },
      catalogueIds: { value: ['h200-sxm'] },
    });
  });

  it('turns a refused or missing function into a reason', () => {
    const gpus = readNvmlGpus(createNvmlDouble(H200));
    const [gpu] = gpus.status === 'present' ? gpus.value : [];
    expect(gpu?.eccEnabled).toMatchObject({ status: 'absent', reason: 'this GPU or driver does not support it' });
    expect(gpu?.vbios).toMatchObject({ status: 'absent', reason: 'the driver has no such function' });
  });

  it('says so when the driver shows no device', () => {
    expect(readNvmlGpus(createNvmlDouble({ nvmlDeviceGetCount_v2: [0] }))).toMatchObject({ status: 'absent' });
  });

  it('is closed after detection and preferred to what the bus shows', async () => {
    const nvml = createNvmlDouble(H200);
    const ports = createMachinePorts(readMachine('xeon-two-socket'), {
      openNvml: () => Promise.resolve({ status: 'present', value: nvml }),
    });
    const { gpus } = await detectMachine(ports);
    expect(gpus.status === 'present' ? gpus.value.map((gpu) => gpu.source) : gpus).toEqual(['nvml']);
    expect(nvml.closed).toBe(true);
  });

  it('is absent with a remedy where no library can be loaded', async () => {
    const opened = await openNvml('linux', ['libdoes-not-exist-nvml.so.1']);
    expect(opened).toMatchObject({ status: 'absent', reason: containing('could not be loaded') });
    expect(opened.status === 'absent' && opened.remedy).toContain('driver');
  });
});

describe('nvidia-smi', () => {
  it('reads each line and takes answers in brackets for none', () => {
    const gpus = parseSmiGpus(smiOutput);
    const list = gpus.status === 'present' ? gpus.value.map((gpu) => gpuSchema.parse(gpu)) : [];
    expect(list.map((gpu) => [gpu.index, gpu.name])).toEqual([
      [0, 'NVIDIA A100-SXM4-40GB'],
      [1, 'Tesla T4'],
    ]);
    expect(list[0]).toMatchObject({
      migEnabled: { value: false },
      eccEnabled: { value: true },
      pcieWidth: { max: { value: 16 } },
    });
    expect(list[1]).toMatchObject({
      migEnabled: { status: 'absent' },
      powerLimitW: { value: 70 },
      memoryBytes: { value: 15_360 * MEBIBYTE },
      catalogueIds: { value: ['t4'] },
    });
  });

  it('is asked when NVML cannot be loaded', async () => {
    const ports = createMachinePorts(new Map(), {
      run: () => Promise.resolve({ status: 'present', value: smiOutput }),
    });
    const { gpus } = await detectMachine(ports);
    expect(gpus.status === 'present' && gpus.value.length).toBe(2);
  });

  it('finds nothing in a message of failure', () => {
    expect(parseSmiGpus('NVIDIA-SMI has failed because it could not communicate with the driver.\n').status).toBe(
      'absent',
    );
  });
});

describe('finding a GPU in the catalogue', () => {
  it.each([
    ['NVIDIA H200', 143_771, 'h200-sxm'],
    ['NVIDIA H100 80GB HBM3', 81_559, 'h100-sxm'],
    ['NVIDIA H100 PCIe', 81_559, 'h100-pcie'],
    ['NVIDIA H100 NVL', 95_830, 'h100-nvl-94'],
    ['NVIDIA A100-SXM4-80GB', 81_920, 'a100-sxm-80'],
    ['NVIDIA A100 80GB PCIe', 81_920, 'a100-pcie-80'],
    ['Tesla V100-SXM2-16GB', 16_160, 'v100-sxm2-16'],
    ['NVIDIA L40S', 46_068, 'l40s'],
    ['NVIDIA A10G', 23_028, 'a10g'],
    ['NVIDIA GeForce RTX 4090', 24_564, 'rtx-4090'],
    ['NVIDIA RTX 6000 Ada Generation', 49_140, 'rtx-6000-ada'],
    ['NVIDIA RTX PRO 6000 Blackwell Server Edition', 97_887, 'rtx-pro-6000-blackwell'],
    ['Intel(R) Arc(TM) A770 Graphics', 16_288, 'arc-a770-16'],
  ])('takes %s of %i MiB for %s', (name, mebibytes, id) => {
    const match = matchAccelerator(name, mebibytes * MEBIBYTE);
    expect(match.status === 'matched' ? match.accelerator.id : match).toBe(id);
  });

  it.each([
    ['a laptop variant', 'NVIDIA GeForce RTX 4090 Laptop GPU', 16_376],
    ['another generation of the same number', 'Quadro RTX 6000', 24_220],
    ['a variant with other memory', 'NVIDIA GeForce RTX 3080', 12_288],
    ['a form that has no row', 'NVIDIA H200 NVL', 143_771],
    ['a part of a GPU', 'NVIDIA A100-SXM4-40GB MIG 1g.5gb', 4864],
    ['a faster sibling', 'NVIDIA GeForce RTX 4070 Ti', 12_282],
  ])('knows no row for %s', (_what, name, mebibytes) => {
    expect(matchAccelerator(name, mebibytes * MEBIBYTE).status).toBe('unknown');
  });

  it('gives every candidate when neither name nor memory decides', () => {
    const match = matchAccelerator('A100', 81_920 * MEBIBYTE);
    const ids = match.status === 'ambiguous' ? match.candidates.map((candidate) => candidate.id) : [];
    expect(ids.sort()).toEqual(['a100-pcie-80', 'a100-sxm-80']);
  });

  it('tells variants of an Apple chip apart by their cores', () => {
    expect(matchAccelerator('Apple M1 Pro', null, 16)).toMatchObject({ status: 'matched' });
    expect(matchAccelerator('Apple M1 Pro', null, 14)).toMatchObject({ status: 'unknown' });
    expect(matchAccelerator('Apple M1 Pro', null)).toMatchObject({ status: 'ambiguous' });
  });

  it('finds each row by its own name and memory, or lists it among the candidates', () => {
    for (const accelerator of readAccelerators()) {
      const cores = Number(/\((\d+)-core/.exec(accelerator.name)?.[1]) || null;
      const match = matchAccelerator(accelerator.name, accelerator.memoryGB * 1024 ** 3, cores);
      const ids =
        match.status === 'matched'
          ? [match.accelerator.id]
          : match.status === 'ambiguous'
            ? match.candidates.map(({ id }) => id)
            : [];
      expect(ids).toContain(accelerator.id);
    }
  });

  it('refuses a catalogue with a repeated id or a rate of 0', () => {
    const [row] = readAccelerators();
    expect(() => parseAccelerators([row, row])).toThrow('share an id');
    expect(() => parseAccelerators([{ ...row, fp16Tflops: 0 }])).toThrow();
  });
});
