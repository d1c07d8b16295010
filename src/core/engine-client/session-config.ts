import type { SessionConfig } from '../../engine/protocol.ts';
import type { CellConfig } from '../../shared/domain/plan.ts';

/** A session on the CPU with defaults, for work that is not measured. */
export function plainSession(modelPath: string, changes: Partial<SessionConfig> = {}): SessionConfig {
  return {
    modelPath,
    provider: 'cpu',
    deviceId: 0,
    threads: 0,
    allowedCpus: [],
    graphOptimization: 'all',
    keys: {},
    ...changes,
  };
}

/** The session that a configuration is measured with. */
export function measuredSession(
  config: Pick<CellConfig, 'provider' | 'threads' | 'device'>,
  modelPath: string,
  allowedCpus: number[],
): SessionConfig {
  const { provider, threads, device = 0 } = config;
  return plainSession(modelPath, { provider, threads, deviceId: device, allowedCpus });
}
