import { fingerprintMachine } from '../hardware/fingerprint.ts';
import { api } from './implement.ts';

export const machine = {
  detect: api.machine.detect.handler(async ({ context: { core } }) => {
    const report = await core.detectMachine();
    return { sha256: fingerprintMachine(report), report };
  }),
  get: api.machine.get.handler(({ context: { core }, input: { sha256 } }) => ({
    sha256,
    ...core.storage.machines.get(sha256),
  })),
};
