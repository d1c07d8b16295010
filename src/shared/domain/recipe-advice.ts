import { z } from 'zod';
import { recipeIdSchema } from './quantization.ts';

/** What is said of one recipe for one model on one provider. */
export const recipeOpinionSchema = z.object({
  recipe: recipeIdSchema,
  stance: z.enum(['proposed', 'against']),
  /** Why, one sentence or two. */
  reason: z.string().min(1),
  /** What may spoil it all the same, as a sentence; null where nothing is known. */
  caution: z.string().min(1).nullable(),
  /** Parameters that should differ from the recipe's defaults here. */
  parameters: z.record(z.string(), z.unknown()),
  /** What the file would have, computed from the weights that the recipe changes. */
  sizeBytes: z.number().int().nonnegative(),
});
export type RecipeOpinion = z.infer<typeof recipeOpinionSchema>;

/** What the opinions rest on; shares are of one execution at batch 1. */
export const adviceBasisSchema = z.object({
  /** "macs": the model was run once; "weights": it could not be, so the shares are those of the weights. */
  kind: z.enum(['macs', 'weights']),
  /** Share of matrix products with a constant weight. */
  productShare: z.number().min(0).max(1),
  convolutionShare: z.number().min(0).max(1),
});

/** All recipes, those that are proposed first and the best of them at the head. */
export const recipeAdviceSchema = z.object({
  /** Of the model that would be quantized. */
  sizeBytes: z.number().int().nonnegative(),
  basis: adviceBasisSchema,
  /** True: nothing more can be made of it. */
  isQuantized: z.boolean(),
  opinions: z.array(recipeOpinionSchema),
  /** What recipes calibrate with where no data is given; with generated inputs their quality is void. */
  calibration: z.enum(['training-samples', 'generated']),
  /** Where the numbers in the reasons come from, one sentence. */
  evidence: z.string(),
  /** One sentence where nothing is proposed; null otherwise. */
  nothing: z.string().nullable(),
});
export type RecipeAdvice = z.infer<typeof recipeAdviceSchema>;
