import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { recipeIdSchema } from '../domain/quantization.ts';
import { quantizingProgressSchema } from '../domain/quantizing.ts';
import { providerIdSchema } from '../domain/provider.ts';
import { recipeAdviceSchema } from '../domain/recipe-advice.ts';
import { recipeDescriptionSchema } from '../domain/recipe-form.ts';
import { variantReportSchema } from '../domain/variant-report.ts';
import { operation } from './operation.ts';
import { uploadedModelSchema as inspectedSchema } from './upload.ts';

const modelName = z.object({ name: z.string().min(1) });

export const quantization = {
  /** Every recipe with the parameters that a form can show. */
  recipes: operation.output(z.array(recipeDescriptionSchema)),
  /** What to make of a model for a provider of this machine, best first, and why. Runs the model once. */
  proposals: operation.input(modelName.extend({ provider: providerIdSchema })).output(recipeAdviceSchema),
  /** Nodes that can be excluded, in the order of the graph. */
  nodes: operation
    .input(modelName)
    .output(z.array(z.object({ node: z.string(), operator: z.string(), weightBytes: z.number().int() }))),
  /**
   * Makes a variant, which is listed under `saveAs`; the stream ends after "quantized". Leaving the stream cancels and
   * leaves nothing. Fails with MACHINE_BUSY while a measurement runs.
   */
  quantize: operation
    .input(
      modelName.extend({
        recipe: recipeIdSchema,
        /** Those that differ from the recipe's defaults. */
        parameters: z.record(z.string(), z.unknown()).default({}),
        /** Names of nodes, or of their outputs, that stay as they are. */
        excluded: z.array(z.string()).default([]),
        /**
         * File or folder on this machine, for recipes that calibrate; null: the samples that a reference model was
         * trained with, else generated inputs, with which quality is void.
         */
        calibration: z.string().min(1).nullable().default(null),
        /**
         * Largest loss on the evaluation data, as a share: nodes are left until it is met. Fails with
         * QUALITY_BOUND_MISSED where none meets it, and with USAGE where there is only generated data.
         */
        maxDrop: z.number().gt(0).lte(1).nullable().default(null),
        /**
         * File or folder with evaluation data; null: a part of the calibration data that is kept apart, else samples
         * that a reference model was not trained with.
         */
        evaluation: z.string().min(1).nullable().default(null),
        /** Ranks every node by what it costs alone, also without a bound; on generated inputs that is void. */
        ranks: z.boolean().default(false),
        /** Sizes of open dimensions, by their names. */
        dims: z.record(z.string(), z.number().int().min(0)).default({}),
        saveAs: z.string().trim().min(1).max(200),
      }),
    )
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          z.object({ type: z.literal('progress'), ...quantizingProgressSchema.shape }),
          z.object({ type: z.literal('quantized'), model: inspectedSchema, report: variantReportSchema }),
        ]),
      ),
    ),
  /** How a variant came to be; null for a model that was not made here. */
  report: operation.input(modelName).output(variantReportSchema.nullable()),
};
