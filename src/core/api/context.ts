import type { MachineReport } from '../../shared/domain/machine.ts';
import { InferometerError } from '../../shared/errors.ts';
import { defaultSpeedRules, type SpeedRules } from '../compare/speed/measure-speed.ts';
import type { Core } from '../create-core.ts';
import { createProviderHealth, type ProviderHealth } from '../engine-client/provider-health.ts';
import { createRunSessions, type RunSessions, type RunSessionsOptions } from '../measure/run-session.ts';

/** What the operations work on: the core of the host, and what lives as long as the host does. */
export interface ApiContext {
  core: Core;
  sessions: RunSessions;
  providers: ProviderHealth;
  /** This machine as it was when somebody first asked: looking again would disturb a measurement. */
  knownMachine: () => Promise<MachineReport>;
  /** Work beside measuring that starts engines or fills processors. */
  background: Set<Promise<unknown>>;
  /** How comparisons measure; the rules of the method unless a test has others. */
  speedRules: SpeedRules;
}

/** Made once by a host. The host closes `sessions` before it closes the core. */
export function createApiContext(core: Core, options: RunSessionsOptions = {}): ApiContext {
  const knownMachine = rememberMachine(core);
  return {
    core,
    sessions: createRunSessions(core, options),
    providers: createProviderHealth(core.spawn, knownMachine),
    knownMachine,
    background: new Set(),
    speedRules: defaultSpeedRules,
  };
}

function rememberMachine(core: Core): () => Promise<MachineReport> {
  let machine: Promise<MachineReport> | null = null;
  return async () => {
    machine ??= core.detectMachine();
    try {
      return await machine;
    } catch (error) {
      machine = null;
      throw error;
    }
  };
}

/**
 * Does work that would spoil a measurement: refuses with MACHINE_BUSY while one runs here, and makes one that is
 * started meanwhile wait for it.
 */
export async function besideMeasuring<T>({ sessions, background }: ApiContext, work: () => Promise<T>): Promise<T> {
  if (sessions.isMeasuring()) {
    throw new InferometerError({
      code: 'MACHINE_BUSY',
      message: 'A measurement is running, which this would disturb.',
      remedy: 'Try again when the measurement has ended.',
    });
  }
  const running = work();
  background.add(running);
  try {
    return await running;
  } finally {
    background.delete(running);
  }
}

/** Resolves when nothing is left that would spoil a measurement. */
export async function untilQuiet({ background }: ApiContext): Promise<void> {
  while (background.size > 0) await Promise.allSettled(background);
}
