import type { Quality, SideEvidence } from '../../shared/domain/comparison.ts';
import type { Finding } from '../../shared/domain/measurement.ts';
import { InferometerError } from '../../shared/errors.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import type { ResolvedModel } from '../models/resolve-model.ts';
import { readVariantMetadata } from '../models/variant-metadata.ts';
import { findVoidReason } from './causes/quality-findings.ts';
import { examineSide, type ExaminedSide } from './kernels/examine-side.ts';
import { probeSaturation } from '../quantize/saturation-probe.ts';
import { haveSameInputs, type PreparedSide } from './prepare-sides.ts';
import { measureQuality } from './quality/measure-quality.ts';

export interface EvidenceOptions {
  spawn: SpawnEngine;
  baseline: PreparedSide;
  candidate: PreparedSide;
  batch: number;
  temporaryFolder: string;
  signal?: AbortSignal;
  onStage?: (stage: 'quality' | 'kernels') => void;
}

/** What stands beside a speed. */
export interface Evidence {
  baseline: SideEvidence;
  candidate: SideEvidence;
  quality: Quality | null;
  /** null where a side was not examined. */
  examined: { baseline: ExaminedSide; candidate: ExaminedSide } | null;
  /** Whether sums of 8-bit products saturate on this processor; null: not asked, because neither side has any. */
  saturates: boolean | null;
  findings: Finding[];
}

/** What is known of a side without running it. */
function describeSide({ summary, path }: ResolvedModel): SideEvidence {
  return {
    modelSha256: summary.sha256,
    path,
    sizeBytes: summary.sizeBytes,
    peakRssBytes: null,
    recipe: readVariantMetadata(summary.metadata)?.recipe ?? null,
    weightPrecision: summary.weightPrecision,
    kernels: null,
  };
}

/** Evidence of a comparison that ended before any was gathered, with the reason where that was none of the user's. */
export function withoutEvidence(
  baseline: ResolvedModel,
  candidate: ResolvedModel,
  failure: InferometerError | null = null,
): Evidence {
  return {
    baseline: describeSide(baseline),
    candidate: describeSide(candidate),
    quality: null,
    examined: null,
    saturates: null,
    findings: failure === null ? [] : [toFinding('EVIDENCE_UNKNOWN', failure.message, failure.remedy)],
  };
}

/**
 * Runs both models for what stands beside their speed: which kernels ran, and how far their outputs are apart. What
 * cannot be found out is a remark, since the speed was measured all the same. Throws CANCELLED and STORAGE_*.
 */
export async function gatherEvidence(options: EvidenceOptions): Promise<Evidence> {
  const { baseline, candidate } = options;
  options.onStage?.('kernels');
  const examined = { baseline: await examine(baseline, options), candidate: await examine(candidate, options) };
  const saturates = [baseline, candidate].some(hasBytesOnCpu)
    ? (await probeSaturation(options.spawn, options.signal ? { signal: options.signal } : {})).saturates
    : null;
  options.onStage?.('quality');
  const { quality, peakRss, findings } = await compareQuality(options);
  return {
    baseline: {
      ...describeSide(baseline.model),
      peakRssBytes: peakRss?.baseline ?? null,
      kernels: examined.baseline.kernels,
    },
    candidate: {
      ...describeSide(candidate.model),
      peakRssBytes: peakRss?.candidate ?? null,
      kernels: examined.candidate.kernels,
    },
    quality,
    examined,
    saturates,
    findings: [
      ...Object.values(examined).flatMap(({ remark }) =>
        remark === null ? [] : [toFinding('KERNELS_UNKNOWN', remark)],
      ),
      ...findings,
      ...findReusedCalibration(baseline, candidate),
    ],
  };
}

function hasBytesOnCpu({ side, model }: PreparedSide): boolean {
  const { int8 = 0, uint8 = 0 } = model.summary.weightPrecision;
  return side.provider === 'cpu' && int8 + uint8 > 0;
}

function examine(side: PreparedSide, { spawn, temporaryFolder, signal }: EvidenceOptions): Promise<ExaminedSide> {
  return examineSide({
    spawn,
    session: side.session,
    pool: side.inputs.pool,
    temporaryFolder,
    ...(signal ? { signal } : {}),
  });
}

async function compareQuality({ baseline, candidate, batch, spawn, temporaryFolder, signal }: EvidenceOptions) {
  if (!haveSameInputs(baseline, candidate)) return { quality: null, peakRss: null, findings: [] };
  try {
    const { quality, peakRss, remarks } = await measureQuality({
      spawn,
      baseline: baseline.session,
      candidate: candidate.session,
      pool: baseline.inputs.pool,
      batch,
      labels: baseline.inputs.labels,
      voidReason: findVoidReason({ baseline: toQualitySide(baseline), candidate: toQualitySide(candidate) }),
      temporaryFolder,
      ...(signal ? { signal } : {}),
    });
    return { quality, peakRss, findings: remarks.map((remark) => toFinding('QUALITY_UNKNOWN', remark)) };
  } catch (error) {
    const isExpected = error instanceof InferometerError && error.code !== 'CANCELLED';
    if (!isExpected || error.code.startsWith('STORAGE')) throw error;
    return { quality: null, peakRss: null, findings: [toFinding('QUALITY_UNKNOWN', error.message, error.remedy)] };
  }
}

/** Ranges fit the inputs that they were taken from: quality on these is better than on others. */
function findReusedCalibration(baseline: PreparedSide, candidate: PreparedSide): Finding[] {
  const judges = candidate.inputs.pool;
  const isReused = [baseline, candidate].some(
    ({ model }) => readVariantMetadata(model.summary.metadata)?.calibration?.sha256 === judges.sha256,
  );
  if (!isReused || judges.source === 'generated') return [];
  return [
    toFinding(
      'CALIBRATION_REUSED',
      'The inputs that the outputs were compared on are those that the variant was calibrated with, so its quality looks better than it is.',
      'Compare with other inputs: --data <folder>.',
    ),
  ];
}

function toQualitySide({ side, model }: PreparedSide) {
  const { weightPrecision, metadata } = model.summary;
  return { provider: side.provider, weightPrecision, metadata };
}

function toFinding(code: string, reason: string, remedy = 'Compare the outputs with another tool.'): Finding {
  return { code, severity: 'remark', reason, remedy };
}
