import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { runIdSchema, sha256Schema } from '../domain/ids.ts';
import { operation } from './operation.ts';

const request = z.object({ runId: runIdSchema, format: z.string().min(1) });

export const exports = {
  formats: operation.output(z.array(z.object({ id: z.string(), extension: z.string(), mediaType: z.string() }))),
  /** Writes a run into the exports folder of the data directory. Callers choose no path. */
  write: operation
    .input(request)
    .output(z.object({ path: z.string(), sizeBytes: z.number().int(), sha256: sha256Schema })),
  /** The same text piece by piece, for a caller that keeps it itself. */
  read: operation.input(request).output(eventIterator(z.string())),
};
