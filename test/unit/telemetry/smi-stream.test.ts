import { describe, expect, it } from 'vitest';
import { openSmiStream, type StartLines } from '../../../src/core/hardware/smi-stream.ts';
import { shareStream } from '../../../src/core/telemetry/share-stream.ts';
import { onCuda, openSensor, portsOf } from './support/sensor-machine.ts';

const line = '1, NVIDIA L4, 2040, 2040, 55, 71.88, 913, 100, 0x0000000000000024';

/** A program that writes these lines as soon as it is started. */
function writing(...lines: string[]) {
  const state = {
    args: [] as string[],
    stopped: 0,
    write: (_: string): void => undefined,
    end: (_: string): void => undefined,
  };
  const start: StartLines = (_, args, onLine, onEnd) => {
    state.args = [...args];
    state.write = onLine;
    state.end = onEnd;
    for (const one of lines) onLine(one);
    return { stop: () => void (state.stopped += 1) };
  };
  return { state, start };
}

describe('nvidia-smi in the place of its library', () => {
  it('is started once for all sensors, read by its newest line, and ended with the last of them', async () => {
    const { state, start } = writing(line);
    const ports = portsOf(new Map(), { openSmi: shareStream((gpu) => openSmiStream(gpu, start)) });
    const [power, reasons, energy] = [
      await openSensor('gpu-power', onCuda, ports),
      await openSensor('gpu-throttling', onCuda, ports),
      await openSensor('gpu-energy', onCuda, ports),
    ];
    if (power.status === 'absent' || reasons.status === 'absent') throw new Error('nvidia-smi was not read');
    expect(state.args).toContain('--loop-ms=500');
    expect(power.value.source).toBe('nvidia-smi, NVIDIA L4');
    expect([await power.value.read(), await reasons.value.read()]).toEqual([71.88, 0x24]);
    state.write(line.replace('71.88', '[N/A]'));
    expect(await power.value.read()).toBeNull();
    // It has no counter of energy, and what NVML said is why.
    expect(energy).toMatchObject({
      status: 'absent',
      reason: expect.stringContaining('could not be loaded') as string,
    });
    state.end('it has ended');
    expect(await reasons.value.read()).toBeNull();
  });

  it('is not guessed with among several GPUs, unless one is named', async () => {
    const two = writing(line.replace(/^1/, '2'));
    expect(await openSmiStream(null, two.start)).toMatchObject({
      status: 'absent',
      reason: expect.stringContaining('2 GPUs') as string,
    });
    expect(two.state.stopped).toBe(1);
    const named = writing(line.replace(/^1/, '2'));
    const stream = await openSmiStream('GPU-5e1c', named.start);
    expect(named.state.args).toContain('--id=GPU-5e1c');
    expect(stream).toMatchObject({ status: 'present' });
  });

  it('that refuses gives its own words as the reason', async () => {
    const { state, start } = writing('Field "power.draw" is not a valid field to query.');
    expect(await openSmiStream(null, start)).toMatchObject({
      reason: expect.stringContaining('not a valid field') as string,
    });
    expect(state.stopped).toBe(1);
    const missing: StartLines = (_command, _args, _onLine, onEnd) => {
      onEnd('spawn nvidia-smi ENOENT');
      return { stop: () => undefined };
    };
    expect(await openSmiStream(null, missing)).toMatchObject({ reason: expect.stringContaining('ENOENT') as string });
  });
});
