import { modelSummarySchema } from '../domain/model.ts';
import { z } from 'zod';

/**
 * How a page hands over a model file whose path no browser tells: `POST <path>?name=<file name>&size=<bytes>` with the
 * file as the body, to the web host alone. It answers as `models.add` does, or with a failure of errors.ts as JSON.
 */
export const modelUpload = {
  path: '/models/upload',
  /** Protobuf refuses messages of 2 GiB and more, so no single ONNX file is larger. */
  maxBytes: 2 ** 31 - 1,
} as const;

/** What a successful upload answers, the same as `models.add`. */
export const uploadedModelSchema = z.object({ name: z.string(), path: z.string(), summary: modelSummarySchema });
