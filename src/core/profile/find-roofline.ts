import type { Finding } from '../../shared/domain/measurement.ts';
import type { PeaksUse, ProfileNode, ProfilePlan } from '../../shared/domain/profile.ts';
import { present, type Observed, type Reading } from '../../shared/domain/provenance.ts';
import type { Roofline } from '../../shared/domain/roofline.ts';
import type { DetectedMachine } from '../measure/provenance.ts';
import type { PreparedCell } from '../measure/prepared-cell.ts';
import type { RunPorts } from '../measure/run-ports.ts';
import { countWork } from '../roofline/count-work.ts';
import { dataSheetRates } from '../roofline/data-sheet.ts';
import type { PeakRules } from '../roofline/measure-peaks.ts';
import { providePeaks } from '../roofline/provide-peaks.ts';
import { judgePlausibility, lastLevelCacheBytes, readRoofline } from '../roofline/read-roofline.ts';

/** How the peaks come about. */
export interface PeakOptions {
  /** Whether peaks of this machine are measured for the roofline; "measure" unless said otherwise. */
  peaks?: PeaksUse;
  /** Other rules than those of the method, for tests and tools. */
  peakRules?: PeakRules;
}

export interface FindRooflineOptions {
  plan: ProfilePlan;
  ports: RunPorts;
  options: PeakOptions & { signal?: AbortSignal };
  machine: DetectedMachine;
  prepared: PreparedCell;
  allowedCpus: number[];
  nodes: readonly ProfileNode[];
  hostToHost: Reading;
  outputBytes: number;
  /** Called before the peaks are looked for. */
  onPeaks: () => void;
}

/** How near the profiled model comes to the machine's peaks, and the alarms of rates that cannot be. */
export async function findRoofline(
  scope: FindRooflineOptions,
): Promise<{ roofline: Observed<Roofline>; findings: Finding[] }> {
  const { plan, ports, options, machine, prepared, allowedCpus, nodes, hostToHost, outputBytes, onPeaks } = scope;
  const abort = options.signal ? { signal: options.signal } : {};
  const { spawn, directory, storage } = ports;
  const temporaryFolder = directory.temporary;
  const inputBytes = prepared.inputs.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const work = await countWork(prepared.model, { spawn, temporaryFolder, plan, inputBytes, outputBytes, ...abort });
  if (work.status === 'absent') return { roofline: work, findings: [] };
  onPeaks();
  const peaks = await providePeaks(options.peaks ?? 'measure', storage, {
    spawn,
    config: plan,
    allowedCpus,
    machine: machine.report,
    machineFingerprint: machine.fingerprint,
    temporaryFolder,
    ...(options.peakRules === undefined ? {} : { rules: options.peakRules }),
    ...abort,
  });
  if (peaks.status === 'absent') return { roofline: peaks, findings: [] };
  const roofline = readRoofline({
    peaks: peaks.value,
    work: work.value,
    hostToHost,
    nodes,
    lastLevelCacheBytes: plan.provider === 'cpu' ? lastLevelCacheBytes(machine.report) : null,
  });
  const sheet = dataSheetRates(plan.provider, machine.report);
  return { roofline: present(roofline), findings: judgePlausibility(roofline, sheet?.fp32 ?? null) };
}
