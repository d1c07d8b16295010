import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { runIdSchema } from '../domain/ids.ts';
import { machineReportSchema } from '../domain/machine.ts';
import { harnessSchema } from '../domain/measurement.ts';
import { methodCheckSchema } from '../domain/method-check.ts';
import { providerReportSchema } from '../domain/provider.ts';
import { foundSensorSchema } from '../domain/telemetry.ts';
import { operation } from './operation.ts';

const diagnosisSchema = z.object({
  machine: machineReportSchema,
  providers: z.array(providerReportSchema),
  /** Those of a GPU as CUDA would find it. */
  sensors: z.array(foundSensorSchema),
  /** null: the engine did not start; `problems` says why. */
  harness: harnessSchema.nullable(),
  dataDirectory: z.object({ path: z.string(), usable: z.boolean(), freeBytes: z.number().nullable() }),
  lock: z.object({ pid: z.number().int(), since: z.string() }).nullable(),
  resumableRuns: z.array(runIdSchema),
  /** null where ONNX Runtime has no GPU libraries for this platform. */
  gpuLibraries: z
    .object({ status: z.enum(['not-installed', 'complete', 'incomplete']), missing: z.array(z.string()) })
    .nullable(),
  problems: z.array(
    z.object({
      subject: z.string(),
      severity: z.enum(['blocking', 'advice']),
      message: z.string(),
      remedy: z.string().nullable(),
    }),
  ),
});

export const doctor = {
  /**
   * Checks everything that a measurement needs, in a few seconds; the stream ends after "diagnosis". Fails with
   * MACHINE_BUSY while a measurement runs here, because it starts engines.
   */
  diagnose: operation.output(
    eventIterator(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('step'), what: z.string() }),
        z.object({ type: z.literal('diagnosis'), diagnosis: diagnosisSchema }),
      ]),
    ),
  ),
  /**
   * Checks how load is generated and timed, with a service of known time instead of a model; takes two minutes unless
   * `seconds` is given for each of its two loads. Leaving the stream stops it. Fails with MACHINE_BUSY.
   */
  checkMethod: operation
    .input(z.object({ seconds: z.number().min(0.5).max(600).optional() }))
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          z.object({ type: z.literal('step'), what: z.string(), share: z.number() }),
          z.object({ type: z.literal('checked'), check: methodCheckSchema }),
        ]),
      ),
    ),
};
