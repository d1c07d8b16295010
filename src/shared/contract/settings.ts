import { z } from 'zod';
import { settingsChangesSchema, settingsSchema } from '../domain/settings.ts';
import { operation } from './operation.ts';

const answer = z.object({
  settings: settingsSchema,
  /** Absolute path; chosen when the host starts (--data-dir), not changed from here. */
  dataDirectory: z.string(),
  app: z.object({ version: z.string(), commit: z.string().nullable() }),
});

export const settings = {
  get: operation.output(answer),
  /** Changes what is given and leaves the rest. */
  update: operation.input(settingsChangesSchema).output(answer),
};
