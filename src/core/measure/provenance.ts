import { narrowPlan, toCommand } from '../../shared/command.ts';
import type { Sha256 } from '../../shared/domain/ids.ts';
import type { Gpu, MachineReport } from '../../shared/domain/machine.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { Provenance } from '../../shared/domain/run.ts';
import { readVariantMetadata } from '../models/variant-metadata.ts';
import type { MeasuredCell } from './measure-cell.ts';
import type { PreparedCell } from './prepare-cell.ts';

/** The machine as the process that measures found it, under the hashes of docs/method/hardware.md. */
export interface DetectedMachine {
  report: MachineReport;
  sha256: Sha256;
  fingerprint: Sha256;
}

export interface ProvenanceContext {
  plan: Plan;
  app: { version: string; commit: string | null };
  machine: DetectedMachine;
  startedAt: string;
}

/** Everything needed to repeat or distrust a result; null where the engine never got as far as a session. */
export function toProvenance(
  prepared: PreparedCell,
  engine: NonNullable<MeasuredCell['engine']>,
  context: ProvenanceContext,
): Provenance {
  const { model, inputs, config } = prepared;
  const { summary } = model;
  const variant = readVariantMetadata(summary.metadata);
  const gpu = findGpu(config.provider, context.machine.report);
  const cpu = context.machine.report.cpu.model;
  return {
    schemaVersion: 1,
    app: context.app,
    model: {
      id: model.id,
      path: model.reference === null ? model.path : null,
      sha256: summary.sha256,
      opsets: summary.opsets,
      irVersion: summary.irVersion,
      sizeBytes: summary.sizeBytes,
      parameters: summary.parameters,
    },
    quantization:
      variant === null ? null : { recipe: variant.recipe, calibrationSha256: variant.calibration?.sha256 ?? null },
    inputs: {
      source: inputs.source,
      seed: inputs.seed,
      sha256: inputs.sha256,
      distinct: inputs.distinctSamples,
      remarks: inputs.remarks,
    },
    runtime: {
      onnxruntime: engine.versions.onnxruntime,
      node: engine.versions.node,
      provider: config.provider,
      device: config.provider === 'cpu' ? (cpu.status === 'present' ? cpu.value : null) : (gpu?.name ?? engine.device),
      driver: gpu?.driverVersion.status === 'present' ? gpu.driverVersion.value : null,
      cuda: gpu?.cudaDriverVersion.status === 'present' ? gpu.cudaDriverVersion.value : null,
      libraries: engine.libraries,
    },
    sessionOptions: engine.sessionOptions,
    machineSha256: context.machine.sha256,
    machineFingerprint: context.machine.fingerprint,
    command: toCommand(narrowPlan(context.plan, config)),
    startedAt: context.startedAt,
  };
}

/**
 * The GPU that CUDA's device 0 is, where there is no doubt: one NVIDIA GPU and nothing that reorders or hides devices.
 * Other providers do not tell which adapter they use, and several GPUs are numbered differently by CUDA and NVML.
 */
function findGpu(provider: string, { gpus }: MachineReport): Gpu | undefined {
  if (provider !== 'cuda' && provider !== 'tensorrt') return undefined;
  if (gpus.status === 'absent' || process.env.CUDA_VISIBLE_DEVICES !== undefined) return undefined;
  const nvidia = gpus.value.filter(({ source }) => source !== 'system');
  return nvidia.length === 1 ? nvidia[0] : undefined;
}
