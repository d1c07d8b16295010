import type { Finding } from '../../../shared/domain/measurement.ts';
import { readVariantMetadata } from '../../models/variant-metadata.ts';
import { fewWeights, halfShare, type ComparisonContext, type ExplainedSide } from './cause.ts';

/** Differences as large as those between inputs: another model, or a broken one. */
const unrelated = 1;

/** A side as far as its quality goes; `metadata` is that of the file. */
interface QualitySide extends Pick<ExplainedSide, 'provider' | 'weightPrecision'> {
  metadata: Readonly<Record<string, string>>;
}

/** Why the quality of a comparison must not be read as that of the models; null where it may. */
export function findVoidReason(sides: { baseline: QualitySide; candidate: QualitySide }): string | null {
  for (const [name, side] of [['The candidate', sides.candidate] as const, ['The baseline', sides.baseline] as const]) {
    if (readVariantMetadata(side.metadata)?.calibration?.source === 'generated') {
      return `${name} was calibrated with generated inputs, so what it loses on real data is not known.`;
    }
    if (isHalfOnCpu(side)) {
      return `${name} is float16, which CPUs compute in float32, so its rounding does not show here.`;
    }
  }
  return null;
}

function isHalfOnCpu(side: Pick<ExplainedSide, 'provider' | 'weightPrecision'>): boolean {
  return side.provider === 'cpu' && halfShare(side) > fewWeights;
}

/** What to know before reading the quality. */
export function findInQuality({ quality, baseline, candidate }: ComparisonContext): Finding[] {
  if (quality === null) return [];
  const findings: Finding[] = [];
  const add = (code: string, reason: string, remedy: string) =>
    findings.push({ code, severity: 'remark', reason, remedy });
  // float16 on the CPU is a finding of its own.
  if (quality.voidReason !== null && !isHalfOnCpu(candidate) && !isHalfOnCpu(baseline)) {
    add('QUALITY_VOID', quality.voidReason, 'Quantize it again with inputs of your own: --calibration <folder>.');
  }
  if (quality.source === 'generated') {
    add(
      'GENERATED_INPUTS',
      'The outputs were compared on generated inputs, which tells the size of the numerical error but not what it costs on your data.',
      'Give inputs of your own, with labels where there are any: --data <folder>.',
    );
  }
  const worst = quality.outputs.find(({ centredRelativeError }) => (centredRelativeError ?? 0) >= unrelated);
  if (worst?.centredRelativeError) {
    add(
      'OUTPUTS_UNRELATED',
      `The output "${worst.output}" of the candidate is further from the baseline's than two inputs are from each other (relative error ${worst.centredRelativeError.toPrecision(2)}).`,
      'Check that both are variants of one model; if so, exclude nodes by `inferometer quantize --max-drop`.',
    );
  }
  return findings;
}
