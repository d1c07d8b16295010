import type { Barrier } from '../../../engine/protocol.ts';

/** Where engines that work at once wait for each other: each is let through when `count` have come there. */
export function createBarriers(count: number): (barrier: Barrier) => Promise<void> {
  const waiting = new Map<Barrier, { come: number; passed: Promise<void>; pass: () => void }>();
  return (barrier) => {
    const at = waiting.get(barrier) ?? createBarrier();
    waiting.set(barrier, at);
    at.come++;
    if (at.come === count) at.pass();
    return at.passed;
  };
}

function createBarrier() {
  let pass = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    pass = resolve;
  });
  return { come: 0, passed, pass };
}
