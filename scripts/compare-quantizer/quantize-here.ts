/**
 * Quantizes a model as the application does. As a script, `node scripts/compare-quantizer/quantize-here.ts <request>`
 * does it once in a process of its own, whose time and memory are compared with Python's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { SpawnEngine } from '../../src/core/engine-client/engine-process.ts';
import { createNodeSpawner } from '../../src/core/engine-client/node-spawner.ts';
import type { InputPool } from '../../src/core/models/inputs/generate-inputs.ts';
import { quantizeModel } from '../../src/core/quantize/quantize-model.ts';
import { engineEntryPath } from '../../src/core/resources.ts';
import { recipeIdSchema, type Quantization } from '../../src/shared/domain/quantization.ts';

const requestSchema = z.object({
  source: z.string(),
  target: z.string(),
  /** Sizes of symbolic dimensions. */
  dims: z.record(z.string(), z.number()),
  recipe: recipeIdSchema,
  parameters: z.record(z.string(), z.unknown()),
  /** Calibration inputs, for recipes that need them. */
  pool: z.custom<InputPool>().nullable(),
});
export type QuantizeRequest = z.infer<typeof requestSchema>;

export async function quantizeHere(
  { source, target, dims, recipe, parameters, pool }: QuantizeRequest,
  ports: { spawn: SpawnEngine; temporaryFolder: string },
): Promise<Quantization> {
  const calibration = pool === null ? {} : { calibration: pool };
  return quantizeModel(source, { target, dims, recipe, parameters, version: '0', ...calibration, ...ports });
}

if (import.meta.main) {
  const request = requestSchema.parse(JSON.parse(process.argv[2] ?? ''));
  const temporaryFolder = mkdtempSync(path.join(tmpdir(), 'inferometer-compare-'));
  try {
    await quantizeHere(request, { spawn: createNodeSpawner(engineEntryPath()), temporaryFolder });
  } finally {
    rmSync(temporaryFolder, { recursive: true });
  }
}
