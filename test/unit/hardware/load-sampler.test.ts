import { describe, expect, it } from 'vitest';
import { createLoadSampler, toLoadShares } from '../../../src/core/hardware/load-sampler.ts';
import type { LoadSamplerPorts } from '../../../src/core/hardware/load-sampler.ts';

/** Matches a text that holds `part`. */
const containing = (part: string): unknown => expect.stringContaining(part);

/** A sampler of a system whose /proc says what `proc` holds at the moment. */
function createProcSampler(proc: Record<string, string>, changes: Partial<LoadSamplerPorts> = {}) {
  return createLoadSampler({
    platform: 'linux',
    readProc: (path) => proc[path] ?? null,
    cpuTimes: () => [],
    ownPid: 10,
    ownTimeMs: () => 0,
    ...changes,
  });
}

const toProcess = (user: number, system: number) =>
  `42 (node (a) b) R 1 42 42 0 -1 0 5 0 0 0 ${user} ${system} 0 0 20 0`;

describe('load between two moments', () => {
  it('counts what others used and what the hypervisor took, as shares of all processor time', () => {
    const proc: Record<string, string> = {
      '/proc/stat': 'cpu  100 10 50 800 40 0 0 5 30 0\ncpu0 1 1 1 1',
      '/proc/42/stat': toProcess(60, 20),
    };
    const sampler = createProcSampler(proc);
    const before = sampler.take([42]);
    // 100 ticks more: 50 busy, of which 30 of process 42; 40 idle; 10 stolen. Guest time is within user time.
    proc['/proc/stat'] = 'cpu  140 10 60 835 45 0 0 15 60 0\ncpu0 1 1 1 1';
    proc['/proc/42/stat'] = toProcess(85, 25);
    const shares = toLoadShares(before, sampler.take([42]));
    expect(shares).toEqual({ others: { status: 'present', value: 0.2 }, steal: { status: 'present', value: 0.1 } });
  });

  it('does not go below nothing when a process is counted later than the machine', () => {
    const proc: Record<string, string> = { '/proc/stat': 'cpu  0 0 0 0 0 0 0 0', '/proc/42/stat': toProcess(0, 0) };
    const sampler = createProcSampler(proc);
    const before = sampler.take([42]);
    proc['/proc/stat'] = 'cpu  9 0 0 10 0 0 0 0';
    proc['/proc/42/stat'] = toProcess(10, 0);
    expect(toLoadShares(before, sampler.take([42])).others).toEqual({ status: 'present', value: 0 });
  });

  it('tells no share of others when one of the processes has ended', () => {
    const proc: Record<string, string> = { '/proc/stat': 'cpu  0 0 0 0 0 0 0 0', '/proc/42/stat': toProcess(0, 0) };
    const sampler = createProcSampler(proc);
    const before = sampler.take([42]);
    proc['/proc/stat'] = 'cpu  9 0 0 10 0 0 0 0';
    delete proc['/proc/42/stat'];
    expect(toLoadShares(before, sampler.take([42])).others).toMatchObject({
      status: 'absent',
      reason: containing('42'),
    });
  });

  it('tells nothing when the counters stand still, as in some sandboxes', () => {
    const sampler = createProcSampler({ '/proc/stat': 'cpu  0 0 0 0 0 0 0 0 0 0' });
    const shares = toLoadShares(sampler.take(), sampler.take());
    expect([shares.others.status, shares.steal.status]).toEqual(['absent', 'absent']);
  });

  it('knows no steal time on an old kernel or another system', () => {
    const proc: Record<string, string> = { '/proc/stat': 'cpu  0 0 0 0' };
    const old = createProcSampler(proc);
    const before = old.take();
    proc['/proc/stat'] = 'cpu  5 0 0 5';
    expect(toLoadShares(before, old.take())).toMatchObject({ others: { value: 0.5 }, steal: { status: 'absent' } });

    let user = 0;
    const windows = createProcSampler(
      {},
      {
        platform: 'win32',
        cpuTimes: () => [{ user: (user += 300), nice: 0, sys: 0, idle: user * 2, irq: 0 }],
        ownTimeMs: () => user / 3,
      },
    );
    const start = windows.take([10]);
    const shares = toLoadShares(start, windows.take([10]));
    expect(shares.others.status === 'present' && shares.others.value).toBeCloseTo(200 / 900, 6);
    expect(shares.steal).toMatchObject({ status: 'absent' });
  });
});

describe('the real counters', () => {
  it('advance, and this busy process is not counted among the others when it is named', async () => {
    const sampler = createLoadSampler();
    const before = sampler.take([process.pid]);
    const end = performance.now() + 250;
    while (performance.now() < end) Math.sqrt(end);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const after = sampler.take([process.pid]);
    const withOwn = toLoadShares({ ...before, own: new Map() }, { ...after, own: new Map() }).others;
    const without = toLoadShares(before, after).others;
    expect(withOwn.status === 'present' && without.status === 'present' && withOwn.value > without.value).toBe(true);
  });
});
