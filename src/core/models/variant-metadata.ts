import { z } from 'zod';
import { sha256Schema, type Sha256 } from '../../shared/domain/ids.ts';

/** What a file says of how this application quantized it (docs/method/quantization.md). */
export interface VariantMetadata {
  recipe: string;
  /** Content of the model that it was made from. */
  sourceSha256: Sha256 | null;
  /** Inputs that ranges of activations come from; null where the recipe uses none, or says nothing that can be read. */
  calibration: { sha256: Sha256; source: 'generated' | 'files' } | null;
}

const calibrationSchema = z.object({ sha256: sha256Schema, source: z.enum(['generated', 'files']) });

/** Reads the metadata that quantizing adds to a model; null for a model that was not quantized here. */
export function readVariantMetadata(metadata: Readonly<Record<string, string>>): VariantMetadata | null {
  const recipe = metadata['inferometer.recipe'];
  if (recipe === undefined) return null;
  const source = sha256Schema.safeParse(metadata['inferometer.source_sha256']);
  const calibration = calibrationSchema.safeParse(parseJson(metadata['inferometer.calibration']));
  return {
    recipe,
    sourceSha256: source.success ? source.data : null,
    calibration: calibration.success ? calibration.data : null,
  };
}

/** Anybody may have written the metadata of a file. */
function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
