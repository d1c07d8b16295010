import { z } from 'zod';
import { settingsChangesSchema, settingsSchema } from '../domain/settings.ts';
import { operation } from './operation.ts';

const answer = z.object({
  settings: settingsSchema,
  /** Absolute path; chosen when the host starts (--data-dir), not changed from here. */
  dataDirectory: z.string(),
  /** How the same data is worked on from a terminal, see command.ts; null where no command line comes with the host. */
  commandLine: z.object({ invocation: z.string(), options: z.string() }).nullable(),
  app: z.object({ version: z.string(), commit: z.string().nullable() }),
});

export const settings = {
  get: operation.output(answer),
  /** Changes what is given and leaves the rest. */
  update: operation.input(settingsChangesSchema).output(answer),
};
