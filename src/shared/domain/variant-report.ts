import { type z } from 'zod';
import { quantizationSchema } from './quantization.ts';
import { sensitivitySchema } from './sensitivity.ts';

/** How a variant was made, and what it costs where that was to be bounded; null: no bound was given. */
export const variantReportSchema = quantizationSchema.extend({ sensitivity: sensitivitySchema.nullable() });
export type VariantReport = z.infer<typeof variantReportSchema>;
