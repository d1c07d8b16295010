import { InferometerError } from '../../shared/errors.ts';
import type { Core } from '../create-core.ts';
import { createProviderHealth, type ProviderHealth } from '../engine-client/provider-health.ts';
import { createRunSessions, type RunSessions, type RunSessionsOptions } from '../measure/run-session.ts';

/** What the operations work on: the core of the host, and what lives as long as the host does. */
export interface ApiContext {
  core: Core;
  sessions: RunSessions;
  providers: ProviderHealth;
}

/** Made once by a host. The host closes `sessions` before it closes the core. */
export function createApiContext(core: Core, options: RunSessionsOptions = {}): ApiContext {
  return { core, sessions: createRunSessions(core, options), providers: createProviderHealth(core.spawn) };
}

/** Work that starts engines or fills processors would spoil a measurement. Throws MACHINE_BUSY while one runs here. */
export function refuseWhileMeasuring({ sessions }: ApiContext): void {
  if (!sessions.isMeasuring()) return;
  throw new InferometerError({
    code: 'MACHINE_BUSY',
    message: 'A measurement is running, which this would disturb.',
    remedy: 'Try again when the measurement has ended.',
  });
}
