import { fingerprintMachine } from '../hardware/fingerprint.ts';
import { api } from './implement.ts';

export const machine = {
  detect: api.machine.detect.handler(async ({ context: { knownMachine } }) => {
    const report = await knownMachine();
    return { sha256: fingerprintMachine(report), report };
  }),
  get: api.machine.get.handler(({ context: { core }, input: { sha256 } }) => ({
    sha256,
    ...core.storage.machines.get(sha256),
  })),
};
