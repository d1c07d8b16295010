import { expect, it } from 'vitest';
import { readVariantMetadata } from '../../../src/core/models/variant-metadata.ts';

const sha = 'a'.repeat(64);

it('says nothing of a model that was not quantized here', () => {
  expect(readVariantMetadata({ producer: 'somebody' })).toBeNull();
});

it('names recipe, source and calibration data', () => {
  const calibration = JSON.stringify({ method: 'min-max', source: 'files', samples: 32, sha256: sha });
  expect(
    readVariantMetadata({
      'inferometer.recipe': 'int8-static',
      'inferometer.source_sha256': sha,
      'inferometer.calibration': calibration,
    }),
  ).toEqual({ recipe: 'int8-static', sourceSha256: sha, calibration: { sha256: sha, source: 'files' } });
});

it.each(['', '{', '7', '{"sha256":"short","source":"files"}'])('takes %j for no calibration', (text) => {
  expect(readVariantMetadata({ 'inferometer.recipe': 'fp16', 'inferometer.calibration': text })).toEqual({
    recipe: 'fp16',
    sourceSha256: null,
    calibration: null,
  });
});
