import { readFile } from 'node:fs/promises';
import { resourcePath } from '../../resources.ts';
import type { LabelledData } from './define-reference-model.ts';

export const DIGIT_SIZE = 8;
const PIXELS = DIGIT_SIZE * DIGIT_SIZE;
/** Grey levels of the data set run from 0 to 16. */
const BRIGHTEST = 16;
/** The last 540 of the 1,797 rows, 30 %, are never trained on. */
const HELD_OUT_ROWS = 540;

export type DigitsPart = 'training' | 'held-out';

/** The handwritten digits as [count, 1, 8, 8] with grey levels from 0 to 1, in the order of the file. */
export async function readDigits(part: DigitsPart): Promise<LabelledData> {
  const text = await readFile(resourcePath('models', 'digits', 'digits.csv'), 'utf8');
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number));
  const chosen = part === 'training' ? rows.slice(0, -HELD_OUT_ROWS) : rows.slice(-HELD_OUT_ROWS);
  const features = new Float32Array(chosen.length * PIXELS);
  chosen.forEach(([, ...pixels], row) => {
    if (pixels.length !== PIXELS)
      throw new Error(`A row of digits.csv has ${pixels.length} pixels instead of ${PIXELS}.`);
    features.set(
      pixels.map((grey) => grey / BRIGHTEST),
      row * PIXELS,
    );
  });
  const labels = Int32Array.from(chosen, (row) => row[0] ?? -1);
  return { features, featureDims: [1, DIGIT_SIZE, DIGIT_SIZE], labels };
}
