import { createRunSession, withSensors, withSensorSample } from '../../../src/core/measure/session-state.ts';
import { toRunId } from '../../../src/shared/domain/ids.ts';
import type { Plan } from '../../../src/shared/domain/plan.ts';
import { absent, present } from '../../../src/shared/domain/provenance.ts';
import type { CellState } from '../../../src/shared/domain/run.ts';
import { withProgress, type RunSession } from '../../../src/shared/domain/run-session.ts';
import type { SensorSeries } from '../../../src/shared/domain/telemetry.ts';
import { simulateCell } from '../scenarios/simulated-cell.ts';

/** The batch sweep of the scenario "finished-runs", as the host that measured it would have shown it. */
const startedAt = '2026-01-03T14:30:00.000Z';
const plan: Plan = {
  models: ['resnet50'],
  providers: ['cpu'],
  scenario: 'single-stream',
  batches: [1, 2, 4, 8, 16],
  threads: [0],
  grade: 'standard',
  seed: 7,
  dims: {},
  inputs: null,
  repeats: 1,
};
const runId = toRunId(Date.parse(startedAt), Date.parse(startedAt));
const endedAt = '2026-01-03T14:35:50.000Z';

function createSweep(states: readonly CellState[]): RunSession {
  const begun = createRunSession(plan, new Date(startedAt));
  const cells = begun.cells.map(({ config }, index) => ({ config, state: states[index]! }));
  return { ...begun, phase: 'measuring', runId, cells };
}

const clock = { id: 'cpu-clock', label: 'Processor clock', unit: 'Hz', kind: 'gauge' } as const;
const temperature = { id: 'cpu-temperature', label: 'Processor temperature', unit: '°C', kind: 'gauge' } as const;
const nothingRead = { elapsedNs: [], value: [] };

/** A desktop that shows both sensors of its processor. */
const sensorsOfDesktop: readonly SensorSeries[] = [
  { ...clock, readings: present({ source: 'cpufreq, mean of 16 processors', ...nothingRead }) },
  { ...temperature, readings: present({ source: 'k10temp, hottest of 2 sensors', ...nothingRead }) },
];

/** A virtual machine. */
const noSensors: readonly SensorSeries[] = [
  {
    ...clock,
    readings: absent(
      'this kernel runs no frequency driver, as in most virtual machines',
      'Measure on the physical machine to see it.',
    ),
  },
  {
    ...temperature,
    readings: absent(
      'this kernel shows no sensor, as in most virtual machines',
      'On a physical machine, load coretemp (Intel) or k10temp (AMD).',
    ),
  },
];

/** In the measured part of the fourth of five configurations, on a processor that slows down as it gets hot. */
export function createSweepMeasuring(): RunSession {
  let session = withSensors(
    createSweep(['completed', 'completed', 'completed', 'running', 'pending']),
    sensorsOfDesktop,
  );
  for (let step = 1; step <= 160; step++) {
    const wave = Math.sin(step / 9) + 0.6 * Math.sin(step * 1.7);
    session = withProgress(session, {
      index: 3,
      process: 0,
      stage: 'measured',
      queries: step,
      elapsedNs: step * 29e7,
      remainingNs: 192e9 - step * 29e7,
      latestLatencyNs: 288e6 + 3e6 * wave + (step % 37 === 0 ? 7e7 : 0),
    });
    if (step % 4 !== 0) continue;
    const heat = 1 - Math.exp(-step / 45);
    const values = { [clock.id]: 5.05e9 - 4.2e8 * heat + 1e7 * wave, [temperature.id]: 52 + 36 * heat + 0.4 * wave };
    session = withSensorSample(session, { elapsedNs: step * 29e7 + 1e7, values });
  }
  return session;
}

/** On a machine that shows no sensors. */
export function createSweepWarmingUp(): RunSession {
  const session = withSensors(createSweep(['completed', 'completed', 'completed', 'running', 'pending']), noSensors);
  const progress = { index: 3, process: 0, queries: 12, elapsedNs: 3.5e9, remainingNs: null, latestLatencyNs: 291e6 };
  return { ...session, progress: { ...progress, stage: 'warm-up' } };
}

/** On a machine without the driver of its GPU. */
export function createWithoutGpuSensors(): RunSession {
  const noDriver = absent('NVML could not be loaded', 'Install the NVIDIA driver.');
  return withSensors(createSweepWarmingUp(), [
    { id: 'gpu-clock', label: 'GPU clock', unit: 'Hz', kind: 'gauge', readings: noDriver },
    { id: 'gpu-temperature', label: 'GPU temperature', unit: '°C', kind: 'gauge', readings: noDriver },
  ]);
}

export function createSweepCompleted(): RunSession {
  const session = createSweep(['completed', 'completed', 'completed', 'completed', 'completed']);
  return { ...session, phase: 'ended', end: { at: endedAt, state: 'completed', failure: null, defect: null } };
}

/** The disk was full when the fourth result was to be stored. */
export function createSweepUnsaved(): RunSession {
  const session = createSweep(['completed', 'completed', 'completed', 'running', 'pending']);
  const { config } = session.cells[3]!;
  const { outcome } = simulateCell({ config, grade: 'standard', medianNs: 288e6, queries: [700] });
  const failure = {
    code: 'STORAGE_FULL' as const,
    message: 'The disk that holds the data directory is full.',
    remedy: 'Free some space there, then measure the rest.',
  };
  return {
    ...session,
    phase: 'ended',
    unsaved: [{ index: 3, outcome }],
    end: { at: endedAt, state: 'interrupted', failure, defect: null },
  };
}

/** Another process measures. */
export function createWaiting(): RunSession {
  const begun = createRunSession(plan, new Date(startedAt));
  return { ...begun, phase: 'waiting', waitingFor: { pid: 4711, since: '2026-01-03T14:12:00.000Z' } };
}

/** The reference model is being built. */
export function createPreparing(): RunSession {
  return { ...createRunSession(plan, new Date(startedAt)), preparing: { model: 'resnet50', share: 0.42 } };
}

/** Nobody foresaw it. */
export function createDefective(): RunSession {
  const end = { at: endedAt, state: null, failure: null, defect: 'TypeError: feeds is not iterable' };
  return { ...createRunSession(plan, new Date(startedAt)), phase: 'ended', end };
}
