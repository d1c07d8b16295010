/** Quantizes the model in SOURCE to TARGET by RECIPE and sends each share of the work, and in the end what it took. */
import { createNodeSpawner } from '../../src/core/engine-client/node-spawner.ts';
import { quantizeModel } from '../../src/core/quantize/quantize-model.ts';
import { engineEntryPath } from '../../src/core/resources.ts';
import { recipeIdSchema } from '../../src/shared/domain/quantization.ts';

const { SOURCE = '', TARGET = '', RECIPE, TEMPORARY = '' } = process.env;
await quantizeModel(SOURCE, {
  recipe: recipeIdSchema.parse(RECIPE),
  target: TARGET,
  version: '1.2.3',
  spawn: createNodeSpawner(engineEntryPath()),
  temporaryFolder: TEMPORARY,
  dims: {},
  onProgress: (share) => process.send?.({ share }),
});
process.send?.({ peakBytes: process.resourceUsage().maxRSS * 1024 });
process.disconnect();
