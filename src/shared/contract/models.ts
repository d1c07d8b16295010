import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { modelCostSchema } from '../domain/model.ts';
import { readingSchema } from '../domain/provenance.ts';
import { operation } from './operation.ts';
import { uploadedModelSchema as inspectedSchema } from './upload.ts';

const modelName = z.object({ name: z.string().min(1) });

const listedModelSchema = z.object({
  name: z.string(),
  kind: z.enum(['reference', 'imported', 'quantized']),
  title: z.string(),
  /** Where it comes from: a citation, or the absolute path of the file. */
  source: z.string(),
  parameters: readingSchema,
  /** Multiply-accumulates of one sample; null where the model has to be looked into first. */
  macs: readingSchema.nullable(),
  /** null: a reference model that was not built yet. */
  sizeBytes: z.number().int().nullable(),
  /** False: a file is not where it was. */
  present: z.boolean(),
  /** Absolute path of the first file that is gone: the model itself, or external data of it. */
  missing: z.string().nullable(),
  /** True: the file is the application's own, a copy of one that was handed to it or a variant; it goes with the model. */
  copied: z.boolean(),
  /**
   * Of a file that this application quantized: the model that it was made from (null: not listed any more), how, and
   * whether generated inputs calibrated it, so that it tells of speed only.
   */
  variant: z.object({ of: z.string().nullable(), recipe: z.string(), isQualityVoid: z.boolean() }).nullable(),
});

export const models = {
  list: operation.output(z.array(listedModelSchema)),
  /** Reads a model, which builds a reference model on first use; the stream ends after "inspected". */
  inspect: operation
    .input(modelName)
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          z.object({ type: z.literal('preparing'), share: z.number() }),
          z.object({ type: z.literal('inspected'), model: inspectedSchema }),
        ]),
      ),
    ),
  /** Operations and bytes node by node, found by running the model once. */
  cost: operation
    .input(
      modelName.extend({
        batch: z.number().int().positive(),
        dims: z.record(z.string(), z.number().int().nonnegative()),
      }),
    )
    .output(modelCostSchema),
  /** Checks a file of this machine and gives it a name, by default the file's; the file stays where it is. */
  add: operation
    .input(z.object({ path: z.string().min(1), name: z.string().min(1).optional() }))
    .output(inspectedSchema),
  /** Forgets a model. Its results stay, and its file unless it is a copy that no unfinished run needs. */
  remove: operation.input(modelName).output(z.void()),
};
