import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { buildSaturationModel } from '../../../scripts/build-engine-models.ts';
import { createNodeSpawner } from '../../../src/core/engine-client/node-spawner.ts';
import { probeSaturation } from '../../../src/core/quantize/saturation-probe.ts';
import { engineEntryPath, resourcePath } from '../../../src/core/resources.ts';

it('tells whether this processor computes 64 products of 255 and 127 exactly', async () => {
  const { saturates, exact, found } = await probeSaturation(createNodeSpawner(engineEntryPath()));
  expect(exact).toBe(2_072_640);
  // 32 sums of two products that end at 32,767 are the least that a saturating processor gives.
  expect(found).toBeGreaterThanOrEqual(32 * 32_767);
  expect(found).toBeLessThanOrEqual(exact);
  expect(saturates).toBe(found < exact);
});

it('multiplies with the weights that the script writes', async () => {
  const shipped = await readFile(resourcePath('engine', 'saturation.onnx'));
  expect(Buffer.compare(shipped, buildSaturationModel())).toBe(0);
});
