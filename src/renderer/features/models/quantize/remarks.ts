import type { Quantization } from '../../../../shared/domain/quantization.ts';

/** What is to be known of a variant before it is used, one sentence each; the gravest first. */
export function remarksOn({ recipe, parameters, calibration, check, opsetUpgrade }: Quantization): string[] {
  const remarks: string[] = [];
  if (calibration?.source === 'generated') {
    remarks.push('Speed only: it was calibrated with generated inputs, so its quality is void.');
  }
  if (recipe === 'fp16') {
    remarks.push(
      'On CPUs ONNX Runtime computes it in float32: neither its speed nor its error there says anything about float16.',
    );
  }
  if (parameters.reduceRange === true) {
    remarks.push(
      'Weights are within 7 bits, for processors whose sums of 8-bit products saturate; that about doubles their error.',
    );
  }
  if (calibration?.source === 'files') {
    remarks.push(`Ranges of activations come from ${calibration.samples} samples of data.`);
  }
  remarks.push(...(calibration?.remarks ?? []));
  if (opsetUpgrade !== null) {
    remarks.push(
      `It was converted from operator set ${opsetUpgrade.from} to ${opsetUpgrade.to}, which the recipe needs.`,
    );
  }
  if (!check.ran) remarks.push(`ONNX Runtime loads it, and it was not run: ${check.reason}`);
  else remarks.push(check.remark ?? 'ONNX Runtime loads it, and ran it once on generated inputs.');
  remarks.push('Whether it is faster here, and what it costs in quality, is known when it is compared.');
  return remarks;
}
