import { expect, it } from 'vitest';
import { printRoofline } from '../../../src/cli/output/roofline.ts';
import { disturbedPeaksWords } from '../../../src/shared/disturbed-peaks.ts';
import { present } from '../../../src/shared/domain/provenance.ts';
import { captureTerminal } from '../../support/captured-terminal.ts';
import { sampleRoofline } from '../charts/profile-samples.ts';

function print(achieved: number, otherLoad: number): string {
  const { terminal, lines } = captureTerminal(100);
  const roofline = sampleRoofline(achieved);
  printRoofline(terminal, present({ ...roofline, peaks: { ...roofline.peaks, otherLoad } }));
  return lines.join(' ').replaceAll(/\s+/g, ' ');
}

it('says what a share above the whole means where others held the peaks down', () => {
  expect(print(1.4e11, 0.3)).toContain(`of the FP32 peak; ${disturbedPeaksWords}`);
});

it.each([
  [1.4e11, 0.01],
  [0.6e11, 0.3],
])('leaves the words out at %d FLOP/s with %d of the processors used by others', (achieved, otherLoad) => {
  expect(print(achieved, otherLoad)).toContain('of the FP32 peak');
  expect(print(achieved, otherLoad)).not.toContain(disturbedPeaksWords);
});
