import { narrowPlan, toCommand } from '../../shared/command.ts';
import type { Sha256 } from '../../shared/domain/ids.ts';
import type { Gpu, MachineReport } from '../../shared/domain/machine.ts';
import type { CellConfig, Plan } from '../../shared/domain/plan.ts';
import type { Provenance } from '../../shared/domain/run.ts';
import { readVariantMetadata } from '../models/variant-metadata.ts';
import type { MeasuredCell } from './cell-options.ts';
import type { PreparedCell } from './prepared-cell.ts';

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
  const gpu = findGpu(config, context.machine.report);
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
    providerOptions: engine.providerOptions,
    machineSha256: context.machine.sha256,
    machineFingerprint: context.machine.fingerprint,
    command: toCommand(narrowPlan(context.plan, config)),
    startedAt: context.startedAt,
  };
}

/**
 * The GPU that a device number of CUDA is: engines count along the bus, as NVML does, unless the environment reorders or
 * hides devices, and then only a single GPU leaves no doubt. Other providers do not tell which adapter they use.
 */
function findGpu(
  { provider, device = 0 }: Pick<CellConfig, 'provider' | 'device'>,
  { gpus }: MachineReport,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Gpu | undefined {
  if (provider !== 'cuda' && provider !== 'tensorrt') return undefined;
  if (gpus.status === 'absent' || environment.CUDA_VISIBLE_DEVICES !== undefined) return undefined;
  const nvidia = gpus.value.filter(({ source }) => source !== 'system');
  const isAlongBus = (environment.CUDA_DEVICE_ORDER ?? 'PCI_BUS_ID') === 'PCI_BUS_ID';
  return isAlongBus || nvidia.length === 1 ? nvidia.find(({ index }) => index === device) : undefined;
}
