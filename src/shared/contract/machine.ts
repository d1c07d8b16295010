import { z } from 'zod';
import { sha256Schema } from '../domain/ids.ts';
import { machineReportSchema } from '../domain/machine.ts';
import { operation } from './operation.ts';

export const machine = {
  /** This machine as it was detected when the host first asked. */
  detect: operation.output(z.object({ sha256: sha256Schema, report: machineReportSchema })),
  /** A machine that a stored run was measured on, as it was written then. Fails with NOT_FOUND. */
  get: operation
    .input(z.object({ sha256: sha256Schema }))
    .output(z.object({ sha256: sha256Schema, report: z.record(z.string(), z.json()), firstSeen: z.string() })),
};
