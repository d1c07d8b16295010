import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSuspensionWatch, type SuspensionPorts } from '../../../src/core/measure/watch-suspension.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A machine whose clocks go on together until they are told otherwise. */
function createMachine() {
  const clock = { nowMs: 1000, bootMs: 5000 as number | null, isStopped: false };
  const ports: SuspensionPorts = {
    nowMs: () => clock.nowMs,
    bootMs: () => clock.bootMs,
    isStopped: () => clock.isStopped,
  };
  return {
    clock,
    ports,
    /** Time passes in steps of the watch. */
    run(ms: number) {
      for (let passed = 0; passed < ms; passed += 250) {
        clock.nowMs += 250;
        if (clock.bootMs !== null) clock.bootMs += 250;
        vi.advanceTimersByTime(250);
      }
    },
  };
}

describe('a watch for time in which nothing could run', () => {
  it('finds none in an ordinary measured part, however long', () => {
    const machine = createMachine();
    using watch = createSuspensionWatch(1, machine.ports);
    watch.progressed('measured');
    machine.run(600_000);
    watch.progressed('checks');
    expect(watch.suspendedNs()).toBe(0);
  });

  it('finds sleep by the clock that goes on in it', () => {
    const machine = createMachine();
    using watch = createSuspensionWatch(1, machine.ports);
    watch.progressed('measured');
    machine.run(1000);
    machine.clock.bootMs! += 3600e3;
    machine.run(1000);
    watch.progressed('checks');
    expect(watch.suspendedNs()).toBe(3600e9);
  });

  it('finds sleep by its own delay where both clocks go on', () => {
    const machine = createMachine();
    machine.clock.bootMs = null;
    using watch = createSuspensionWatch(1, machine.ports);
    watch.progressed('measured');
    machine.run(1000);
    machine.clock.nowMs += 60e3;
    machine.run(1000);
    watch.progressed('checks');
    expect(watch.suspendedNs()).toBeCloseTo(60.25e9, -8);
  });

  it('finds an engine that is stopped', () => {
    const machine = createMachine();
    using watch = createSuspensionWatch(1, machine.ports);
    watch.progressed('measured');
    machine.run(1000);
    machine.clock.isStopped = true;
    machine.run(2000);
    machine.clock.isStopped = false;
    machine.run(1000);
    watch.progressed('checks');
    expect(watch.suspendedNs()).toBe(2e9);
  });

  it('looks at the measured part alone', () => {
    const machine = createMachine();
    using watch = createSuspensionWatch(1, machine.ports);
    watch.progressed('warm-up');
    machine.clock.bootMs! += 3600e3;
    watch.progressed('measured');
    machine.run(1000);
    watch.progressed('checks');
    machine.clock.bootMs! += 3600e3;
    machine.run(1000);
    expect(watch.suspendedNs()).toBe(0);
  });
});
