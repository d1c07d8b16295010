import { createHash } from 'node:crypto';
import { fingerprintMachine } from '../../../src/core/hardware/fingerprint.ts';
import { thisProcess } from '../../../src/core/measure/process-identity.ts';
import { findReferenceModel } from '../../../src/core/models/registry.ts';
import type { FinalOutcome } from '../../../src/core/storage/cells.ts';
import type { Storage } from '../../../src/core/storage/open.ts';
import { narrowPlan, toCommand } from '../../../src/shared/command.ts';
import { sha256Schema, toCellId, toRunId, type RunId, type Sha256 } from '../../../src/shared/domain/ids.ts';
import type { MachineReport } from '../../../src/shared/domain/machine.ts';
import type { SampleSeries } from '../../../src/shared/domain/measurement.ts';
import type { CellConfig, Plan } from '../../../src/shared/domain/plan.ts';
import type { Provenance } from '../../../src/shared/domain/run.ts';

export interface RunToStore {
  plan: Plan;
  /** ISO 8601; also the source of its id. */
  createdAt: string;
  cells: readonly { config: CellConfig; outcome: FinalOutcome; samples: readonly SampleSeries[] }[];
  /** From the start of one configuration to that of the next. */
  secondsPerCell: number;
}

/** Stores a run as if it had been measured on that machine, with ids that follow from its time. */
export function storeRun(storage: Storage, report: MachineReport, run: RunToStore): RunId {
  const { plan, createdAt, cells, secondsPerCell } = run;
  const createdAtMs = Date.parse(createdAt);
  const id = toRunId(createdAtMs, createdAtMs);
  const fingerprint = fingerprintMachine(report);
  const machineSha256 = storage.machines.put({ fingerprint, report, seenAt: createdAt });
  const files = { models: plan.models.map((model) => ({ id: model, sha256: hash(model) })), inputsSha256: null };
  storage.runs.create(
    { id, plan, files, machineSha256, createdAt, owner: thisProcess() },
    cells.map(({ config }) => config),
  );
  const after = (index: number): string => new Date(createdAtMs + index * secondsPerCell * 1000).toISOString();
  for (const [index, { config, outcome, samples }] of cells.entries()) {
    const provenance = createProvenance({ plan, config, startedAt: after(index), report, machineSha256, fingerprint });
    storage.cells.start(toCellId(id, index), after(index));
    storage.cells.finish(toCellId(id, index), { outcome, provenance, endedAt: after(index + 1) }, samples);
  }
  storage.runs.markState(id, 'completed', after(cells.length));
  return id;
}

interface Origin {
  plan: Plan;
  config: CellConfig;
  startedAt: string;
  report: MachineReport;
  machineSha256: Sha256;
  fingerprint: Sha256;
}

function createProvenance({ plan, config, startedAt, report, machineSha256, fingerprint }: Origin): Provenance {
  const parameters = findReferenceModel(config.model)?.expected.parameters ?? 1_000;
  const { model: cpu } = report.cpu;
  return {
    schemaVersion: 1,
    app: { version: '0.1.0', commit: null },
    model: {
      id: config.model,
      path: null,
      sha256: hash(config.model),
      opsets: { 'ai.onnx': 17 },
      irVersion: 8,
      sizeBytes: parameters * 4 + 60_000,
      parameters,
    },
    quantization: null,
    inputs: { source: 'generated', seed: config.seed, sha256: hash('inputs'), distinct: 64, remarks: [] },
    runtime: {
      onnxruntime: '1.30.0',
      node: '24.21.0',
      provider: config.provider,
      device: cpu.status === 'present' ? cpu.value : null,
      driver: null,
      cuda: null,
      libraries: [],
    },
    sessionOptions: { executionProviders: [config.provider], intraOpNumThreads: config.threads },
    machineSha256,
    machineFingerprint: fingerprint,
    command: toCommand(narrowPlan(plan, config)),
    startedAt,
  };
}

function hash(text: string): Sha256 {
  return sha256Schema.parse(createHash('sha256').update(text).digest('hex'));
}
